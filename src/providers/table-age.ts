/** How old the built-in tables of models are. Pure, and given the time. */
import { dayMs } from '../domain/time.ts'
import type { BuiltInProvider } from './provider.ts'

/** A table that is older than this is worth a warning, in days. */
export const mostDays = 60

/** A table of models, and the day on which it was read at its source (ISO 8601). */
export interface TableAge {
  provider: string
  asOf: string
}

/** The tables of providers that are still there, the oldest first. */
export function tableAges(catalog: Readonly<Record<string, BuiltInProvider>>): TableAge[] {
  return Object.entries(catalog)
    .filter(([id, { retired }]) => id !== 'sandbox' && !retired)
    .map(([provider, { checked }]) => ({ provider, asOf: checked.models.asOf }))
    .toSorted((a, b) => a.asOf.localeCompare(b.asOf))
}

/** Those that are older than `mostDays`. */
export function outdatedTables(ages: readonly TableAge[], now: number): TableAge[] {
  return ages.filter(({ asOf }) => now - Date.parse(asOf) > mostDays * dayMs)
}
