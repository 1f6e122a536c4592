/** Makes a token, or changes what one may do. */
import { useState } from 'preact/hooks'
import type { Token } from '../../api.ts'
import { CapsFields, capsFieldNames, useCapsForm } from '../../parts/caps-fields.tsx'
import { Field, valueOf } from '../../parts/field.tsx'
import { FormDialog } from '../../parts/form-dialog.tsx'
import { useAction } from '../../state/action.ts'
import { dayOf, toTokenInput } from '../../state/token-form.ts'
import { words } from '../../text/tokens.ts'

interface TokenFormDialogProps {
  title: string
  submit: string
  /** The token that is changed; absent for a new one. */
  token?: Token
  save: (input: ReturnType<typeof toTokenInput>) => Promise<void>
  onClosed: () => void
}

const fields = ['name', 'expiresAt', 'allowedModels', 'defaultWait', ...capsFieldNames()]

export function TokenFormDialog({ title, submit, token, save, onClosed }: TokenFormDialogProps) {
  const caps = useCapsForm(token)
  const [limited, setLimited] = useState(token !== undefined)
  const saving = useAction(async (form: HTMLFormElement, close: () => void) => {
    await save(
      toTokenInput({
        name: valueOf(form, 'name'),
        expires: valueOf(form, 'expiresAt'),
        models: valueOf(form, 'allowedModels'),
        defaultWait: valueOf(form, 'defaultWait'),
        ...caps.read(form),
      }),
    )
    close()
  })
  const { error } = saving
  return (
    <FormDialog title={title} submit={submit} action={saving} fields={fields} onClosed={onClosed}>
      <Field label={words.name} name="name" hint={words.nameHint} error={error}>
        {(control) => <input {...control} required autofocus autocomplete="off" defaultValue={token?.name} />}
      </Field>
      <details class="more" open={limited} onToggle={(event) => setLimited(event.currentTarget.open)}>
        <summary>{words.restrict}</summary>
        <CapsFields form={caps} budgetHint={words.budgetHint} limitsHint={words.limitsHint} error={error} />
        <Field label={words.models} name="allowedModels" optional hint={words.modelsHint} error={error}>
          {(control) => (
            <textarea
              {...control}
              rows={2}
              spellcheck={false}
              defaultValue={token?.allowedModels?.join('\n') ?? ''}
            />
          )}
        </Field>
        <Field label={words.expiresAt} name="expiresAt" optional hint={words.expiresHint} error={error}>
          {(control) => <input {...control} type="date" defaultValue={dayOf(token?.expiresAt)} />}
        </Field>
        <Field label={words.wait} name="defaultWait" optional hint={words.waitHint} error={error}>
          {(control) => (
            <input
              {...control}
              type="number"
              min={0}
              max={300}
              step={1}
              defaultValue={token?.defaultWait ?? undefined}
            />
          )}
        </Field>
      </details>
    </FormDialog>
  )
}
