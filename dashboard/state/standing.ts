/** What a key's state means at a given moment. Pure; times are milliseconds since the epoch. */
import type { Key, Model } from '../api.ts'

export type Standing =
  | { type: 'ready' }
  /** Its rest is over, and one request goes first. */
  | { type: 'half-open' }
  | { type: 'cooling'; until: number }
  | { type: 'quarantined' }
  | { type: 'disabled' }

/** A rest that is over is no rest, even before the hub was asked again: one request then goes first. */
export function standingOf(key: Key, now: number): Standing {
  const { status, coolingUntil, halfOpen } = key.state
  switch (status) {
    case 'active':
      return { type: halfOpen ? 'half-open' : 'ready' }
    case 'cooling': {
      const until = coolingUntil === null ? Infinity : Date.parse(coolingUntil)
      return until > now ? { type: 'cooling', until } : { type: 'half-open' }
    }
    case 'quarantined':
    case 'disabled':
      return { type: status }
  }
}

export type Readiness =
  | { type: 'no-keys' }
  /** No key of one's own, but some that others share. */
  | { type: 'shared' }
  | { type: 'ready'; usable: number; total: number }
  | { type: 'resting'; until: number }
  /** Nothing will serve until a person acts. */
  | { type: 'blocked' }

/** Whether a request can be served now, as far as the keys and the models within reach tell. */
export function readinessOf(keys: readonly Key[], models: readonly Model[], now: number): Readiness {
  if (keys.length === 0) return { type: hasSharedKeys(models) ? 'shared' : 'no-keys' }
  const standings = keys.map((key) => standingOf(key, now))
  const usable = standings.filter(({ type }) => type === 'ready' || type === 'half-open').length
  if (usable > 0) return { type: 'ready', usable, total: keys.length }
  const soonest = Math.min(
    ...standings.map((standing) => (standing.type === 'cooling' ? standing.until : Infinity)),
  )
  return soonest < Infinity ? { type: 'resting', until: soonest } : { type: 'blocked' }
}

/** Whether there are models that are served without a key of one's own, by more than the sandbox. */
function hasSharedKeys(models: readonly Model[]): boolean {
  return models.some(({ owned_by: owner }) => owner !== 'hub' && owner !== 'sandbox')
}

/** Use since the day began, over all models. */
export function usedToday(key: Key): { requests: number; tokens: number } {
  const used = (unit: 'requests' | 'tokens'): number =>
    key.state.windows.find(
      (window) => window.unit === unit && window.per === 'day' && window.model === undefined,
    )?.used ?? 0
  return { requests: used('requests'), tokens: used('tokens') }
}
