/** What a person chooses to log in with from now on. */
import type { ComponentChildren } from 'preact'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { Field, onSubmit } from '../parts/field.tsx'
import type { Action } from '../state/action.ts'
import { text } from '../text.ts'

interface AccountFormProps {
  submit: string
  action: Action<[form: HTMLFormElement]>
  /** Further fields that show their own errors. */
  fields?: readonly string[]
  children?: ComponentChildren
  /** Stands below the button. */
  other?: ComponentChildren
}

export function AccountForm({ submit, action, fields = [], children, other }: AccountFormProps) {
  const { error } = action
  return (
    <form onSubmit={onSubmit(action.run)}>
      <Field label={text.account.username} name="username" hint={text.account.usernameHint} error={error}>
        {(control) => (
          <input {...control} required autocomplete="username" autocapitalize="none" spellcheck={false} />
        )}
      </Field>
      <Field label={text.account.password} name="password" hint={text.account.passwordHint} error={error}>
        {(control) => <input {...control} type="password" required autocomplete="new-password" />}
      </Field>
      {children}
      <ErrorNotice error={error} fields={['username', 'password', ...fields]} />
      <button class="button primary" aria-disabled={action.busy}>
        {submit}
      </button>
      {other}
    </form>
  )
}
