/** What was entered about a token, as the API takes it. Pure. */
import { type LimitEntry, toLimits } from './limit-form.ts'

export const budgetPeriods = ['day', 'month'] as const

/** What a form holds, field by field. */
export interface TokenEntry {
  name: string
  /** A day, as `2026-11-26`; empty for never. */
  expires: string
  models: string
  maxConcurrent: string
  budget: string
  budgetPer: string
  defaultWait: string
  limits: readonly LimitEntry[]
}

/** The body that makes or changes a token: what was left empty is null, so that it can be taken away again. */
export function toTokenInput(entry: TokenEntry) {
  const models = entry.models.split(/[\s,]+/).filter((model) => model !== '')
  const limits = toLimits(entry.limits)
  return {
    name: entry.name.trim(),
    expiresAt: entry.expires === '' ? null : endOfDay(entry.expires),
    allowedModels: models.length > 0 ? models : null,
    limits: limits.length > 0 ? limits : null,
    maxConcurrent: toNumber(entry.maxConcurrent),
    budget:
      entry.budget.trim() === ''
        ? null
        : {
            amount: Number(entry.budget),
            per: entry.budgetPer === 'day' ? ('day' as const) : ('month' as const),
          },
    defaultWait: toNumber(entry.defaultWait),
  }
}

/** A moment as the day that a date field shows, in the reader's time zone. */
export function dayOf(at: string | null | undefined): string {
  if (!at) return ''
  const date = new Date(at)
  const pad = (part: number): string => String(part).padStart(2, '0')
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`
}

/** A token that expires on a day is good for all of it. */
function endOfDay(day: string): string {
  return new Date(`${day}T23:59:59`).toISOString()
}

function toNumber(text: string): number | null {
  return text.trim() === '' ? null : Number(text)
}
