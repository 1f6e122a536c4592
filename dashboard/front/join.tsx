/** An account by invitation: the link that brought the person here opens registration once. */
import { api, ask, type Person } from '../api.ts'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { Field, onSubmit, valueOf } from '../parts/field.tsx'
import { Front } from './front.tsx'
import { useAction } from '../state/action.ts'
import { text } from '../text.ts'

interface JoinPageProps {
  invitation: string
  onJoined: (person: Person) => void
  /** For whom has an account already. */
  onLeave: () => void
}

export function JoinPage({ invitation, onJoined, onLeave }: JoinPageProps) {
  const join = useAction(async (form: HTMLFormElement) => {
    const json = { username: valueOf(form, 'username'), password: valueOf(form, 'password'), invitation }
    const { user } = await ask(api.api.auth.register.$post({ json }))
    onJoined(user)
  })
  const { error } = join

  return (
    <Front title={text.join.title}>
      <p class="lede">{text.join.lede}</p>
      <form onSubmit={onSubmit(join.run)}>
        <Field label={text.claim.username} name="username" hint={text.claim.usernameHint} error={error}>
          {(control) => (
            <input {...control} required autocomplete="username" autocapitalize="none" spellcheck={false} />
          )}
        </Field>
        <Field label={text.claim.password} name="password" hint={text.claim.passwordHint} error={error}>
          {(control) => <input {...control} type="password" required autocomplete="new-password" />}
        </Field>
        <ErrorNotice error={error} fields={['username', 'password']} />
        <button class="button primary" aria-disabled={join.busy}>
          {text.join.submit}
        </button>
        <button class="button" type="button" onClick={onLeave}>
          {text.join.login}
        </button>
      </form>
    </Front>
  )
}
