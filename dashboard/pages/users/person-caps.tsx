/** Sets the caps and the team of one person. */
import { api, ask, type Team, type User } from '../../api.ts'
import { CapsFields, capsFieldNames, useCapsForm } from '../../parts/caps-fields.tsx'
import { Field, valueOf } from '../../parts/field.tsx'
import { FormDialog } from '../../parts/form-dialog.tsx'
import { useAction } from '../../state/action.ts'
import { toCaps } from '../../state/caps-form.ts'
import { nameOfPerson } from '../../state/people.ts'
import { words as capsWords } from '../../text/caps.ts'
import { words } from '../../text/teams.ts'

interface PersonCapsDialogProps {
  user: User
  teams: readonly Team[]
  onSaved: () => void
  onClosed: () => void
}

export function PersonCapsDialog({ user, teams, onSaved, onClosed }: PersonCapsDialogProps) {
  const caps = useCapsForm(user)
  const save = useAction(async (form: HTMLFormElement, close: () => void) => {
    const json = { ...toCaps(caps.read(form)), team: valueOf(form, 'team') || null }
    await ask(api.api.users[':id'].$patch({ param: { id: user.id }, json }))
    onSaved()
    close()
  })
  const { error } = save
  return (
    <FormDialog
      title={words.personTitle(nameOfPerson(user))}
      submit={words.save}
      action={save}
      fields={['team', ...capsFieldNames()]}
      onClosed={onClosed}
    >
      <Field label={words.team} name="team" error={error}>
        {(control) => (
          <select {...control}>
            <option value="" selected={user.team === null}>
              {words.noTeam}
            </option>
            {teams.map(({ id, name }) => (
              <option key={id} value={id} selected={user.team === id}>
                {name}
              </option>
            ))}
          </select>
        )}
      </Field>
      <CapsFields
        form={caps}
        budgetHint={capsWords.budgetHint}
        limitsHint={words.personLimitsHint}
        error={error}
      />
    </FormDialog>
  )
}
