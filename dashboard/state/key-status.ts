/** What a key's state means at a given moment. Pure; times are milliseconds since the epoch. */
import type { Unit } from '../../src/domain/limits.ts'
import type { Key, Pool } from '../api.ts'

export type Standing =
  | { type: 'ready' }
  /** Its rest is over, and one request goes first. */
  | { type: 'half-open' }
  | { type: 'cooling'; until: number }
  | { type: 'quarantined' }
  | { type: 'disabled' }

/**
 * A rest that is over is no rest, even before the hub was asked again: one request then goes first.
 */
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
  /** No keys of the user, but shared ones. */
  | { type: 'shared' }
  | { type: 'ready'; usable: number; total: number }
  | { type: 'resting'; until: number }
  /** Nothing will serve until a person acts. */
  | { type: 'blocked' }

/** What decides whether a pool can serve: the states of its keys, counted by the hub. */
export type PoolStanding = Pick<
  Pool,
  'provider' | 'scope' | 'implied' | 'keys' | 'nextFreeAt' | 'restingModels'
>

/** Whether a pool counts. The implied sandbox does not, until a user adds a key for it. */
export function stands({ provider, implied }: PoolStanding): boolean {
  return !(implied && provider === 'sandbox')
}

/**
 * Whether a request can be served now, as the pools within reach tell: a thousand keys are no more
 * to read than one.
 */
export function readinessOf(pools: readonly PoolStanding[]): Readiness {
  const serving = pools.filter(stands)
  const total = sumOf(
    serving,
    ({ active, cooling, quarantined, disabled }) => active + cooling + quarantined + disabled,
  )
  if (total === 0) return { type: 'no-keys' }
  const usable = sumOf(serving, ({ active }) => active)
  if (usable > 0) {
    const own = serving.some(({ scope }) => scope === 'user')
    return own ? { type: 'ready', usable, total } : { type: 'shared' }
  }
  const times = serving.flatMap(({ nextFreeAt }) => (nextFreeAt === null ? [] : [Date.parse(nextFreeAt)]))
  return times.length > 0 ? { type: 'resting', until: Math.min(...times) } : { type: 'blocked' }
}

/**
 * A wire for each key of the pools within reach, those that can serve first. Keys whose provider
 * fails at a model count as resting.
 */
export function wiresOf(all: readonly PoolStanding[]): Standing['type'][] {
  const pools = all.map((pool) => {
    const { active, cooling, ...others } = pool.keys
    return pool.restingModels.length > 0
      ? { ...pool, keys: { ...others, active: 0, cooling: cooling + active } }
      : pool
  })
  const wires = (type: Standing['type'], read: (keys: PoolStanding['keys']) => number) =>
    Array.from({ length: sumOf(pools, read) }, () => type)
  return [
    ...wires('ready', ({ active }) => active),
    ...wires('cooling', ({ cooling }) => cooling),
    ...wires('quarantined', ({ quarantined }) => quarantined),
    ...wires('disabled', ({ disabled }) => disabled),
  ]
}

/**
 * So many wires at most, of each kind about its share and at least one: a drawing of many keys is
 * no lie.
 */
export function sampleOf(wires: readonly Standing['type'][], most: number): Standing['type'][] {
  if (wires.length <= most) return [...wires]
  const groups = [...Map.groupBy(wires, (type) => type).values()]
  const parts = groups.map((group) => Math.max(1, Math.floor((group.length / wires.length) * most)))
  const largest = parts.indexOf(Math.max(...parts))
  const rest = most - parts.reduce((sum, part) => sum + part, 0)
  return groups.flatMap((group, index) =>
    group.slice(0, (parts[index] ?? 0) + (index === largest ? rest : 0)),
  )
}

function sumOf(pools: readonly PoolStanding[], read: (keys: PoolStanding['keys']) => number): number {
  return pools.reduce((sum, { keys }) => sum + read(keys), 0)
}

/** Use since the day began, over all models. */
export function usedToday(key: Key): { requests: number; tokens: number } {
  const used = (unit: Unit): number =>
    key.state.windows.find(
      (window) => window.unit === unit && window.per === 'day' && window.model === undefined,
    )?.used ?? 0
  return { requests: used('requests'), tokens: used('tokens') }
}
