/** Creates a user with an initial password. */
import { api, ask, type User } from '../../api.ts'
import { Field, valueOf } from '../../parts/field.tsx'
import { FormDialog } from '../../parts/form-dialog.tsx'
import { RoleField, roleOf } from '../../parts/role-field.tsx'
import { useAction } from '../../state/action.ts'
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
      role: roleOf(form),
    }
    onAdded(await ask(api.api.users.$post({ json })))
    close()
  })
  const { error } = add
  return (
    <FormDialog
      title={words.add}
      submit={words.submit}
      action={add}
      fields={['username', 'email', 'password', 'role']}
      onClosed={onClosed}
    >
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
      <RoleField label={words.role} names={words.roles} error={error} />
    </FormDialog>
  )
}
