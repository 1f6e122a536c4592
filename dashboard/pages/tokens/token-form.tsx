/** Makes a token, or changes what one may do. */
import { useState } from 'preact/hooks'
import type { Token } from '../../api.ts'
import { Field, valueOf } from '../../parts/field.tsx'
import { FormDialog } from '../../parts/form-dialog.tsx'
import { LimitsEditor } from '../../parts/limits-editor.tsx'
import { useAction } from '../../state/action.ts'
import { limitEntriesOf } from '../../state/limit-form.ts'
import { budgetPeriods, dayOf, toTokenInput } from '../../state/token-form.ts'
import { words } from '../../text/tokens.ts'

interface TokenFormDialogProps {
  title: string
  submit: string
  /** The token that is changed; absent for a new one. */
  token?: Token
  save: (input: ReturnType<typeof toTokenInput>) => Promise<void>
  onClosed: () => void
}

const fields = ['name', 'expiresAt', 'allowedModels', 'maxConcurrent', 'budget.amount', 'defaultWait']

export function TokenFormDialog({ title, submit, token, save, onClosed }: TokenFormDialogProps) {
  const [limits, setLimits] = useState(() => limitEntriesOf(token?.limits))
  const [limited, setLimited] = useState(token !== undefined)
  const saving = useAction(async (form: HTMLFormElement, close: () => void) => {
    await save(
      toTokenInput({
        name: valueOf(form, 'name'),
        expires: valueOf(form, 'expiresAt'),
        models: valueOf(form, 'allowedModels'),
        maxConcurrent: valueOf(form, 'maxConcurrent'),
        budget: valueOf(form, 'budget.amount'),
        budgetPer: valueOf(form, 'budget.per'),
        defaultWait: valueOf(form, 'defaultWait'),
        limits,
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
        <Field label={words.budget} name="budget.amount" optional hint={words.budgetHint} error={error}>
          {(control) => (
            <div class="amount">
              <input
                {...control}
                type="number"
                min={0.000001}
                max={1_000_000}
                step="any"
                defaultValue={token?.budget?.amount}
              />
              <select
                name="budget.per"
                aria-label={words.budgetPer}
                defaultValue={token?.budget?.per ?? 'month'}
              >
                {budgetPeriods.map((per) => (
                  <option key={per} value={per} selected={(token?.budget?.per ?? 'month') === per}>
                    {words.periods[per]}
                  </option>
                ))}
              </select>
            </div>
          )}
        </Field>
        <LimitsEditor whose="token" limits={limits} hint={words.limitsHint} onChange={setLimits} />
        <Field label={words.maxConcurrent} name="maxConcurrent" optional error={error}>
          {(control) => (
            <input
              {...control}
              type="number"
              min={1}
              max={10_000}
              step={1}
              defaultValue={token?.maxConcurrent ?? undefined}
            />
          )}
        </Field>
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
