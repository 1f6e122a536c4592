/** Limits of a key or a token, as they are entered and as the API takes them. Pure. */
import {
  isOnCalendar,
  type Period,
  type Reset,
  type TokenUnit,
  tokenUnits,
  type Unit,
} from '../../src/domain/limits.ts'
import type { Key } from '../api.ts'

/** A limit as the API has it; that of a token has neither a model nor a scope. */
export type Limit = NonNullable<Key['limits']>[number]

/**
 * A limit as it is entered: its amount is empty until something is, and such a limit counts for
 * nothing.
 */
export interface LimitEntry extends Omit<Limit, 'limit'> {
  limit: string
}

export function limitEntriesOf(limits: readonly Limit[] | null | undefined): LimitEntry[] {
  return (limits ?? []).map((limit) => ({ ...limit, limit: String(limit.limit) }))
}

/**
 * Returns the entries as limits, without default values, so that equal limits are written alike.
 */
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

/** Returns an entry with another period, which resets in the default way of that period. */
export function withPeriod({ resets: _resets, ...entry }: LimitEntry, per: Period): LimitEntry {
  return { ...entry, per }
}

/** Whether periods begin at the same times in every zone, as hours and shorter ones do. */
export function isAlike(per: Period): boolean {
  return per === 'second' || per === 'minute' || per === 'hour'
}

/**
 * How a limit of this period can refill. Two ways that come to the same are offered once, by the
 * name that it goes by already.
 */
export function resetChoices({ per, resets }: Pick<LimitEntry, 'per' | 'resets'>): Reset[] {
  const slides = resets === 'rolling' ? 'rolling' : 'sliding'
  const fromUse: Reset[] = per === '5h' || per === '7d' || resets === 'first-use' ? ['first-use'] : []
  if (!isOnCalendar[per]) return [slides, 'refill', ...fromUse]
  if (isAlike(per)) return [slides, 'refill', ...fromUse, resets === 'pacific' ? 'pacific' : 'utc']
  return [slides, 'refill', ...fromUse, 'utc', 'pacific']
}

/** The bounds of the amount of a limit: money has fractions, and a plan is a hundred percent. */
export function amountBounds(unit: Unit): { min: number; max?: number; step: number | 'any' } {
  switch (unit) {
    case 'money':
      return { min: 0.000001, max: 1_000_000, step: 'any' }
    case 'percent':
      return { min: 1, max: 100, step: 1 }
    default:
      return { min: 1, step: 1 }
  }
}

/** Whether tokens, people and teams have limits of a unit. */
export function isTokenUnit(unit: Unit): unit is TokenUnit {
  return tokenUnits.some((known) => known === unit)
}
