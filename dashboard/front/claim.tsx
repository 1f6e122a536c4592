/** The first account of a fresh hub. */
import { useState } from 'preact/hooks'
import { api, ApiError, ask, type Person } from '../api.ts'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { Field, onSubmit, valueOf } from '../parts/field.tsx'
import { Front } from './front.tsx'
import { useAction } from '../state/action.ts'
import { text } from '../text.ts'

export function ClaimPage({ onClaimed }: { onClaimed: (person: Person) => void }) {
  const [needsSetupToken, setNeedsSetupToken] = useState(false)
  const claim = useAction(async (form: HTMLFormElement) => {
    const setupToken = valueOf(form, 'setupToken').trim()
    const json = {
      username: valueOf(form, 'username'),
      password: valueOf(form, 'password'),
      ...(setupToken && { setupToken }),
    }
    try {
      const { user } = await ask(api.api.auth.register.$post({ json }))
      onClaimed(user)
    } catch (thrown) {
      // Only a deployed hub asks for it, and only it can tell.
      if (thrown instanceof ApiError && thrown.param === 'setupToken') setNeedsSetupToken(true)
      throw thrown
    }
  })
  const { error } = claim

  return (
    <Front title={text.claim.title}>
      <p class="lede">{text.claim.lede}</p>
      <form onSubmit={onSubmit(claim.run)}>
        <Field label={text.claim.username} name="username" hint={text.claim.usernameHint} error={error}>
          {(control) => (
            <input {...control} required autocomplete="username" autocapitalize="none" spellcheck={false} />
          )}
        </Field>
        <Field label={text.claim.password} name="password" hint={text.claim.passwordHint} error={error}>
          {(control) => <input {...control} type="password" required autocomplete="new-password" />}
        </Field>
        {needsSetupToken && (
          <Field
            label={text.claim.setupToken}
            name="setupToken"
            hint={text.claim.setupTokenHint}
            error={error}
          >
            {(control) => <input {...control} type="password" autocomplete="off" />}
          </Field>
        )}
        <ErrorNotice error={error} fields={['username', 'password', 'setupToken']} />
        <button class="button primary" aria-disabled={claim.busy}>
          {text.claim.submit}
        </button>
      </form>
    </Front>
  )
}
