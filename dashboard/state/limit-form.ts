/** Limits of a key or a token, as they are entered and as the API takes them. Pure. */
import type { Period, Reset } from '../../src/domain/limits.ts'
import type { Key } from '../api.ts'

/** A limit as the API has it; that of a token has neither a model nor a scope. */
export type Limit = NonNullable<Key['limits']>[number]

/** A limit as it is entered: its amount is empty until something is, and such a limit counts for nothing. */
export interface LimitEntry extends Omit<Limit, 'limit'> {
  limit: string
}

export function limitEntriesOf(limits: readonly Limit[] | null | undefined): LimitEntry[] {
  return (limits ?? []).map((limit) => ({ ...limit, limit: String(limit.limit) }))
}

/** What is said only where it is not what holds anyway is left out, so that the same limits are always written the same. */
export function toLimits(entries: readonly LimitEntry[]): Limit[] {
  return entries
    .filter(({ limit }) => limit.trim() !== '')
    .map(({ unit, per, limit, model, resets, scope }) => ({
      unit,
      per,
      limit: Number(limit),
      ...(model && { model }),
      ...(resets && { resets }),
      ...(scope === 'key' && { scope }),
    }))
}

/** With another period; how it refills belongs to the period, and is again what is usual for the new one. */
export function withPeriod({ resets: _resets, ...entry }: LimitEntry, per: Period): LimitEntry {
  return { ...entry, per }
}

/** How a limit of this period can refill. Two ways that come to the same are offered once, by the name that it goes by already. */
export function resetChoices({ per, resets }: Pick<LimitEntry, 'per' | 'resets'>): Reset[] {
  const slides = resets === 'rolling' ? 'rolling' : 'sliding'
  // Minutes and hours are the same in both zones.
  if (per === 'minute' || per === 'hour') return [slides, 'refill', resets === 'pacific' ? 'pacific' : 'utc']
  return [slides, 'refill', 'utc', 'pacific']
}

/** How it refills where nothing is said, and no provider has a rule of its own. */
export function usualReset(per: Period): Reset {
  return per === 'minute' || per === 'hour' ? 'sliding' : 'utc'
}
