/** What was entered about a token, as the API takes it. Pure. */
import { type CapsEntry, toCaps, toNumber } from './caps-form.ts'

/** What a form holds, field by field. */
export interface TokenEntry extends CapsEntry {
  name: string
  /** A day, as `2026-11-26`; empty for never. */
  expires: string
  models: string
  defaultWait: string
}

/** Returns the body that creates or changes a token. Empty fields are null, which clears them. */
export function toTokenInput(entry: TokenEntry) {
  const models = entry.models.split(/[\s,]+/).filter((model) => model !== '')
  return {
    name: entry.name.trim(),
    expiresAt: entry.expires === '' ? null : endOfDay(entry.expires),
    allowedModels: models.length > 0 ? models : null,
    ...toCaps(entry),
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

/** The body for a new token: the hub's defaults apply to the fields that were left empty. */
export function toNewToken(input: ReturnType<typeof toTokenInput>) {
  const { name, expiresAt, allowedModels, limits, maxConcurrent, budget, defaultWait } = input
  return {
    name,
    ...(expiresAt !== null && { expiresAt }),
    ...(allowedModels !== null && { allowedModels }),
    ...(limits !== null && { limits }),
    ...(maxConcurrent !== null && { maxConcurrent }),
    ...(budget !== null && { budget }),
    ...(defaultWait !== null && { defaultWait }),
  }
}
