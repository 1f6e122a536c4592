/** The way in. */
import { api, ask, type Person } from '../api.ts'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { Field, onSubmit, valueOf } from '../parts/field.tsx'
import { Front } from './front.tsx'
import { useAction } from '../state/action.ts'
import { text } from '../text.ts'

interface LoginPageProps {
  /** A session was lost, rather than none begun. */
  ended: boolean
  onLogin: (person: Person) => void
  /** Absent where the hub is known to have an owner. */
  onSetUp: (() => void) | undefined
}

export function LoginPage({ ended, onLogin, onSetUp }: LoginPageProps) {
  const login = useAction(async (form: HTMLFormElement) => {
    const json = { login: valueOf(form, 'login'), password: valueOf(form, 'password') }
    const { user } = await ask(api.api.auth.login.$post({ json }))
    onLogin(user)
  })
  return (
    <Front title={text.login.title}>
      {ended && (
        <p class="lede" role="status">
          {text.login.ended}
        </p>
      )}
      <form onSubmit={onSubmit(login.run)}>
        <Field label={text.login.login} name="login" error={login.error}>
          {(control) => (
            <input {...control} required autocomplete="username" autocapitalize="none" spellcheck={false} />
          )}
        </Field>
        <Field label={text.login.password} name="password" error={login.error}>
          {(control) => <input {...control} type="password" required autocomplete="current-password" />}
        </Field>
        <ErrorNotice error={login.error} fields={['login', 'password']} />
        <button class="button primary" aria-disabled={login.busy}>
          {text.login.submit}
        </button>
        {onSetUp && (
          <button class="button" type="button" onClick={onSetUp}>
            {text.login.setUp}
          </button>
        )}
      </form>
    </Front>
  )
}
