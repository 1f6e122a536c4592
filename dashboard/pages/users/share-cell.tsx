/** The share of each shared account that a person may use, and the form that changes it. */
import { useState } from 'preact/hooks'
import { api, ask, type User } from '../../api.ts'
import { Field, valueOf } from '../../parts/field.tsx'
import { FormDialog } from '../../parts/form-dialog.tsx'
import { RowButton } from '../../parts/row-button.tsx'
import { useAction } from '../../state/action.ts'
import { useAnnounce } from '../../state/announce.ts'
import { nameOfPerson } from '../../state/people.ts'
import { percentOf, readShare, shareText } from '../../state/shares.ts'
import { words } from '../../text/shares.ts'

interface ShareProps {
  user: User
  onSaved: () => void
}

export function ShareCell({ user, onSaved }: ShareProps) {
  const [open, setOpen] = useState(false)
  return (
    <span>
      <span class="figures">{shareWords(user.maxShare)}</span>{' '}
      <RowButton
        verb={words.change}
        label={words.actOn(words.change, nameOfPerson(user))}
        onClick={() => setOpen(true)}
      />
      {open && <ShareDialog user={user} onSaved={onSaved} onClosed={() => setOpen(false)} />}
    </span>
  )
}

function ShareDialog({ user, onSaved, onClosed }: ShareProps & { onClosed: () => void }) {
  const name = nameOfPerson(user)
  const announce = useAnnounce()
  const save = useAction(async (form: HTMLFormElement, close: () => void) => {
    const maxShare = readShare(valueOf(form, 'maxShare'))
    await ask(api.api.users[':id'].$patch({ param: { id: user.id }, json: { maxShare } }))
    announce(words.saved(name, shareWords(maxShare)))
    close()
    onSaved()
  })
  return (
    <FormDialog
      title={words.title(name)}
      submit={words.save}
      action={save}
      fields={['maxShare']}
      onClosed={onClosed}
    >
      <Field label={words.shareField} name="maxShare" optional hint={words.shareHint} error={save.error}>
        {(control) => (
          <input
            {...control}
            type="number"
            min={0.01}
            max={100}
            step="any"
            autofocus
            defaultValue={shareText(user.maxShare)}
          />
        )}
      </Field>
    </FormDialog>
  )
}

function shareWords(maxShare: number | null): string {
  return maxShare === null ? words.everything : words.percent(percentOf(maxShare, 1))
}
