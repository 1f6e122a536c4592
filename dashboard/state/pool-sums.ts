/** What is left of several pools together. Pure. */
import type { Pool } from '../api.ts'

type Window = Omit<Pool['windows'][number], 'reserve' | 'byPerson'>
/** A pool as far as its windows are concerned. */
interface Limited {
  windows: readonly Window[]
}
export type LimitedWindow = Window & { limit: number }

/** The windows of a pool that have a limit: there is something left of them, or not. */
export function limitedWindows({ windows }: Limited): LimitedWindow[] {
  return windows.flatMap((window) => (window.limit === null ? [] : [{ ...window, limit: window.limit }]))
}

/** For each unit and span of time that more than one pool has a limit for, what all of those have together. */
export function sumOverPools(pools: readonly Limited[]): LimitedWindow[] {
  const groups = Map.groupBy(pools.flatMap(limitedWindows), ({ unit, per }) => `${unit}/${per}`)
  return [...groups.values()].flatMap(([first, ...rest]) =>
    first && rest.length > 0 ? [sum(first, rest)] : [],
  )
}

function sum(first: LimitedWindow, rest: readonly LimitedWindow[]): LimitedWindow {
  return rest.reduce(
    (all, window) => ({
      ...all,
      used: all.used + window.used,
      reserved: all.reserved + window.reserved,
      limit: all.limit + window.limit,
      resetsAt: earliest(all.resetsAt, window.resetsAt),
    }),
    first,
  )
}

/** Times in UTC, as the hub writes them: their order is that of their texts. */
function earliest(a: string | null, b: string | null): string | null {
  return a === null || (b !== null && b < a) ? b : a
}
