/** What a key's state means at a given moment. Pure; times are milliseconds since the epoch. */
import type { Key, Model } from '../api.ts'

export type Standing =
  | { type: 'active' }
  | { type: 'cooling'; until: number }
  | { type: 'quarantined' }
  | { type: 'disabled' }

/** A rest that is over is no rest, even before the hub was asked again. */
export function standingOf(key: Key, now: number): Standing {
  const { status, coolingUntil } = key.state
  if (status !== 'cooling') return { type: status }
  const until = coolingUntil === null ? Infinity : Date.parse(coolingUntil)
  return until > now ? { type: 'cooling', until } : { type: 'active' }
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
  const usable = standings.filter(({ type }) => type === 'active').length
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

/** When the first of all rests ends, of keys or of their models. */
export function nextChangeAt(keys: readonly Key[], now: number): number | undefined {
  const ends = keys
    .flatMap(({ state }) => [state.coolingUntil, ...state.restingModels.map(({ until }) => until)])
    .filter((end) => end !== null)
    .map((end) => Date.parse(end))
    .filter((end) => end > now)
  return ends.length > 0 ? Math.min(...ends) : undefined
}

/** Use since the day began, over all models. */
export function usedToday(key: Key): { requests: number; tokens: number } {
  const used = (unit: 'requests' | 'tokens'): number =>
    key.state.windows.find(
      (window) => window.unit === unit && window.per === 'day' && window.model === undefined,
    )?.used ?? 0
  return { requests: used('requests'), tokens: used('tokens') }
}
