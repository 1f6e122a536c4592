/**
 * How often something may happen: so many times in any span of so long. Pure; the `Throttle` object
 * keeps the times.
 */

/** At most `limit` times in any `perMs` milliseconds. */
export interface Rate {
  limit: number
  perMs: number
}

/** Whether it may happen now; if not, when. Times are milliseconds since the epoch. */
export type Pass = { type: 'passed'; at: number } | { type: 'refused'; retryAt: number }

/** The times that still count, oldest first. */
export function withoutPast(times: readonly number[], { perMs }: Pick<Rate, 'perMs'>, now: number): number[] {
  return times.filter((at) => at > now - perMs)
}

/** @param times when it happened before, oldest first, none of them past. */
export function decidePass(times: readonly number[], rate: Rate, now: number): Pass {
  if (times.length < rate.limit) return { type: 'passed', at: now }
  // Room is made when as many have passed away as there are too many; a limit of none never has
  // room.
  const freed = times[times.length - rate.limit] ?? now
  return { type: 'refused', retryAt: freed + rate.perMs }
}
