/** Enters caps: a budget, limits, and requests at the same time. */
import { budgetPeriods } from '../../src/domain/limits.ts'
import { useState } from 'preact/hooks'
import type { ApiError, Team } from '../api.ts'
import type { CapsEntry } from '../state/caps-form.ts'
import { type LimitEntry, limitEntriesOf } from '../state/limit-form.ts'
import { words } from '../text/caps.ts'
import { Field, valueOf } from './field.tsx'
import { LimitsEditor } from './limits-editor.tsx'

type Caps = Pick<Team, 'limits' | 'maxConcurrent' | 'budget'>

/**
 * The fields that show their own errors.
 * @param prefix as the API names the object that holds them.
 */
export function capsFieldNames(prefix = ''): string[] {
  return [`${prefix}budget.amount`, `${prefix}maxConcurrent`]
}

/** The state of the fields of one form, and a function that reads the texts that were entered. */
export function useCapsForm(caps: Caps | undefined, prefix = '') {
  const [limits, setLimits] = useState<LimitEntry[]>(() => limitEntriesOf(caps?.limits))
  const read = (form: HTMLFormElement): CapsEntry => ({
    limits,
    maxConcurrent: valueOf(form, `${prefix}maxConcurrent`),
    budget: valueOf(form, `${prefix}budget.amount`),
    budgetPer: valueOf(form, `${prefix}budget.per`),
  })
  return { caps, prefix, limits, setLimits, read }
}

interface CapsFieldsProps {
  form: ReturnType<typeof useCapsForm>
  budgetHint: string
  limitsHint: string
  error: ApiError | undefined
}

export function CapsFields({ form, budgetHint, limitsHint, error }: CapsFieldsProps) {
  const { caps, prefix, limits, setLimits } = form
  const budgetPer = caps?.budget?.per ?? 'month'
  return (
    <>
      <Field label={words.budget} name={`${prefix}budget.amount`} optional hint={budgetHint} error={error}>
        {(control) => (
          <div class="amount">
            <input
              {...control}
              type="number"
              min={0.000001}
              max={1_000_000}
              step="any"
              defaultValue={caps?.budget?.amount}
            />
            <select name={`${prefix}budget.per`} aria-label={words.budgetPer}>
              {budgetPeriods.map((per) => (
                <option key={per} value={per} selected={budgetPer === per}>
                  {words.periods[per]}
                </option>
              ))}
            </select>
          </div>
        )}
      </Field>
      <LimitsEditor whose="token" limits={limits} hint={limitsHint} onChange={setLimits} />
      <Field label={words.maxConcurrent} name={`${prefix}maxConcurrent`} optional error={error}>
        {(control) => (
          <input
            {...control}
            type="number"
            min={1}
            max={10_000}
            step={1}
            defaultValue={caps?.maxConcurrent ?? undefined}
          />
        )}
      </Field>
    </>
  )
}
