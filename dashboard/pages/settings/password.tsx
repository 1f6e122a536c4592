/** Changes the password. The hub ends all other sessions and renews this one. */
import { api, ask } from '../../api.ts'
import { Card } from '../../parts/card.tsx'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { Field, onSubmit, valueOf } from '../../parts/field.tsx'
import { useAction } from '../../state/action.ts'
import { useAnnounce } from '../../state/announce.ts'
import { refresh } from '../../state/resource.ts'
import { words } from '../../text/settings.ts'
import { sessionsSource } from './sessions.tsx'

export function PasswordCard() {
  const announce = useAnnounce()
  const save = useAction(async (form: HTMLFormElement) => {
    const json = { oldPassword: valueOf(form, 'oldPassword'), newPassword: valueOf(form, 'newPassword') }
    await ask(api.api.auth.password.$post({ json }))
    form.reset()
    announce(words.passwordChanged)
    await refresh(sessionsSource)
  })
  const { error } = save
  return (
    <Card title={words.password}>
      <form class="narrow" onSubmit={onSubmit(save.run)}>
        <Field label={words.oldPassword} name="oldPassword" error={error}>
          {(control) => <input {...control} type="password" required autocomplete="current-password" />}
        </Field>
        <Field label={words.newPassword} name="newPassword" hint={words.newPasswordHint} error={error}>
          {(control) => <input {...control} type="password" required autocomplete="new-password" />}
        </Field>
        <ErrorNotice error={error} fields={['oldPassword', 'newPassword']} />
        <button class="button" aria-disabled={save.busy}>
          {words.changePassword}
        </button>
      </form>
    </Card>
  )
}
