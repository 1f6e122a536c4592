/** Makes an account for somebody, with a first password. */
import { api, ask, type User } from '../../api.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { Field, onSubmit, valueOf } from '../../parts/field.tsx'
import { useAction } from '../../state/action.ts'
import { text } from '../../text.ts'
import { words } from '../../text/users.ts'

export function AddUserDialog({
  onAdded,
  onClosed,
}: {
  onAdded: (user: User) => void
  onClosed: () => void
}) {
  const add = useAction(async (form: HTMLFormElement, close: () => void) => {
    const username = valueOf(form, 'username').trim()
    const email = valueOf(form, 'email').trim()
    const json = {
      ...(username && { username }),
      ...(email && { email }),
      password: valueOf(form, 'password'),
      role: valueOf(form, 'role') === 'admin' ? ('admin' as const) : ('user' as const),
    }
    onAdded(await ask(api.api.users.$post({ json })))
    close()
  })
  const { error } = add
  return (
    <Dialog title={words.add} onClosed={onClosed}>
      {(close) => (
        <form onSubmit={onSubmit((form) => add.run(form, close))}>
          <Field label={words.username} name="username" hint={words.usernameHint} error={error}>
            {(control) => (
              <input {...control} autofocus autocomplete="off" autocapitalize="none" spellcheck={false} />
            )}
          </Field>
          <Field label={words.email} name="email" optional error={error}>
            {(control) => <input {...control} type="email" autocomplete="off" />}
          </Field>
          <Field label={words.password} name="password" hint={words.passwordHint} error={error}>
            {(control) => <input {...control} type="password" required autocomplete="new-password" />}
          </Field>
          <Field label={words.role} name="role" error={error}>
            {(control) => (
              <select {...control}>
                <option value="user">{words.roles.user}</option>
                <option value="admin">{words.roles.admin}</option>
              </select>
            )}
          </Field>
          <ErrorNotice error={error} fields={['username', 'email', 'password', 'role']} />
          <div class="actions">
            <button type="button" class="button" onClick={close}>
              {text.cancel}
            </button>
            <button class="button primary" aria-disabled={add.busy}>
              {words.submit}
            </button>
          </div>
        </form>
      )}
    </Dialog>
  )
}
