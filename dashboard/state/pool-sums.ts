/** What is left of several pools together. Pure. */
import type { Pool } from '../api.ts'
import { leftIn } from './quota-left.ts'

type Window = Omit<Pool['windows'][number], 'reserve' | 'byPerson'>
/** A pool as far as its windows are concerned. */
interface Limited {
  windows: readonly Window[]
}
export type LimitedWindow = Window & { limit: number; left: number }

/** The windows of a pool of which a limit is known, if only of some accounts. */
export function limitedWindows({ windows }: Limited): LimitedWindow[] {
  return windows.flatMap((window) => {
    const left = leftIn(window)
    return window.limit === null || left === undefined ? [] : [{ ...window, limit: window.limit, left }]
  })
}

/**
 * Returns the sum of the limits for each unit and period that more than one pool limits. Accounts
 * without such a limit are counted: they add an unknown amount.
 */
export function sumOverPools(pools: readonly Limited[]): LimitedWindow[] {
  const nameOf = ({ unit, per }: Window): string => `${unit}/${per}`
  const groups = Map.groupBy(pools.flatMap(limitedWindows), nameOf)
  const unlimited = pools.flatMap(({ windows }) => windows.filter(({ limit }) => limit === null))
  return [...groups].flatMap(([name, [first, ...rest]]) => {
    if (!first || rest.length === 0) return []
    const all = sum(first, rest)
    const others = unlimited.filter((window) => nameOf(window) === name)
    const more = others.reduce((total, window) => total + window.unlimitedAccounts, 0)
    return [{ ...all, unlimitedAccounts: all.unlimitedAccounts + more }]
  })
}

/** Requests that a pool has counted since the day began. */
export function usedToday({ windows }: Limited): number {
  return windows.find(({ unit, per }) => unit === 'requests' && per === 'day')?.used ?? 0
}

/** Whether a person has used a pool: of a shared one, only their own part counts. */
export function isUsedBy(pool: Pick<Pool, 'scope' | 'windows'>, person: string): boolean {
  return pool.windows.some(({ used, byPerson }) =>
    pool.scope === 'user' ? used > 0 : byPerson.some((part) => part.user === person && part.used > 0),
  )
}

function sum(first: LimitedWindow, rest: readonly LimitedWindow[]): LimitedWindow {
  return rest.reduce(
    (all, window) => ({
      ...all,
      used: all.used + window.used,
      reserved: all.reserved + window.reserved,
      limit: all.limit + window.limit,
      left: all.left + window.left,
      unlimitedAccounts: all.unlimitedAccounts + window.unlimitedAccounts,
      resetsAt: earliest(all.resetsAt, window.resetsAt),
    }),
    first,
  )
}

/** Times in UTC, as the hub writes them: their order is that of their texts. */
function earliest(a: string | null, b: string | null): string | null {
  return a === null || (b !== null && b < a) ? b : a
}
