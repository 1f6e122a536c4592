/** Caps of a token, a person or a team, as they are entered and as the API takes them. Pure. */
import { isTokenUnit, type LimitEntry, toLimits } from './limit-form.ts'

/** The fields of a form, as texts. */
export interface CapsEntry {
  limits: readonly LimitEntry[]
  maxConcurrent: string
  budget: string
  budgetPer: string
}

/** The caps that were entered. An empty field is null, so that a cap can be taken away. */
export function toCaps({ limits: entries, maxConcurrent, budget, budgetPer }: CapsEntry) {
  const limits = toLimits(entries).flatMap(({ unit, per, limit, resets }) =>
    isTokenUnit(unit) ? [{ unit, per, limit, ...(resets && { resets }) }] : [],
  )
  return {
    limits: limits.length > 0 ? limits : null,
    maxConcurrent: toNumber(maxConcurrent),
    budget:
      budget.trim() === ''
        ? null
        : { amount: Number(budget), per: budgetPer === 'day' ? ('day' as const) : ('month' as const) },
  }
}

/** A number that was entered; null for an empty field. */
export function toNumber(text: string): number | null {
  return text.trim() === '' ? null : Number(text)
}
