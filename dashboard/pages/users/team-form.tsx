/** Adds a team, or changes its name and caps. */
import { api, ask, type Team } from '../../api.ts'
import { CapsFields, capsFieldNames, useCapsForm } from '../../parts/caps-fields.tsx'
import { Field, valueOf } from '../../parts/field.tsx'
import { FormDialog } from '../../parts/form-dialog.tsx'
import { useAction } from '../../state/action.ts'
import { toCaps } from '../../state/caps-form.ts'
import { words as capsWords } from '../../text/caps.ts'
import { words } from '../../text/teams.ts'

interface TeamFormDialogProps {
  /** The team that is changed; absent for a new one. */
  team: Team | undefined
  onSaved: (name: string) => void
  onClosed: () => void
}

export function TeamFormDialog({ team, onSaved, onClosed }: TeamFormDialogProps) {
  const caps = useCapsForm(team)
  const save = useAction(async (form: HTMLFormElement, close: () => void) => {
    const json = { name: valueOf(form, 'name').trim(), ...toCaps(caps.read(form)) }
    if (team) await ask(api.api.teams[':id'].$patch({ param: { id: team.id }, json }))
    else await ask(api.api.teams.$post({ json }))
    onSaved(json.name)
    close()
  })
  const { error } = save
  return (
    <FormDialog
      title={team ? words.editTitle(team.name) : words.add}
      submit={words.save}
      action={save}
      fields={['name', ...capsFieldNames()]}
      onClosed={onClosed}
    >
      <Field label={words.name} name="name" hint={words.nameHint} error={error}>
        {(control) => <input {...control} required autofocus autocomplete="off" defaultValue={team?.name} />}
      </Field>
      <CapsFields form={caps} budgetHint={capsWords.budgetHint} limitsHint={words.limitsHint} error={error} />
    </FormDialog>
  )
}
