/** The first account of a fresh hub. */
import { useState } from 'preact/hooks'
import { api, ApiError, ask, type Person } from '../api.ts'
import { Field, valueOf } from '../parts/field.tsx'
import { useAction } from '../state/action.ts'
import { text } from '../text.ts'
import { AccountForm } from './account-form.tsx'
import { Front } from './front.tsx'

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
  return (
    <Front title={text.claim.title}>
      <p class="lede">{text.claim.lede}</p>
      <AccountForm submit={text.claim.submit} action={claim} fields={['setupToken']}>
        {needsSetupToken && (
          <Field
            label={text.claim.setupToken}
            name="setupToken"
            hint={text.claim.setupTokenHint}
            error={claim.error}
          >
            {(control) => <input {...control} type="password" autocomplete="off" />}
          </Field>
        )}
      </AccountForm>
    </Front>
  )
}
