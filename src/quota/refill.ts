/** The level of a window that refills: a leaky bucket, which drains evenly. Pure. */
import { hasParts } from './usage-by-user.ts'
import type { Bucket } from './windows.ts'

/** How full a window is that drains, and how much of that others put in. */
export interface Level {
  amount: number
  foreign: number
}

/** What others put in drains first, so that own use is never counted too low. */
export function levelOf(buckets: readonly Bucket[], drainPerMs: number, now: number): Level {
  const level: Level = { amount: 0, foreign: 0 }
  let at = 0
  const drain = (until: number): void => {
    const drained = drainPerMs * Math.max(0, until - at)
    level.amount = Math.max(0, level.amount - drained)
    level.foreign = Math.min(level.amount, Math.max(0, level.foreign - drained))
    at = until
  }
  for (const bucket of buckets) {
    drain(bucket.to)
    level.amount += bucket.amount
    level.foreign += bucket.foreign ?? 0
  }
  drain(now)
  return level
}

/**
 * The buckets of a window that refills: its level is in the last one, and earlier ones keep only
 * the parts of people who have not used it since. Parts are levels of the bucket's time, too.
 */
export function bucketsWithLevel(
  buckets: readonly Bucket[],
  { amount, foreign }: Level,
  lengthMs: number,
  at: number,
): Bucket[] {
  const known = buckets
    .map(({ foreign: _foreign, ...bucket }) => ({ ...bucket, amount: 0 }))
    .filter((bucket) => hasParts(bucket) && bucket.to + lengthMs > at)
  const level = { amount, ...(foreign > 0 && { foreign: Math.min(foreign, amount) }) }
  const last = known.at(-1)
  if (last?.to === at) return [...known.slice(0, -1), { ...last, ...level }]
  return [...known, { from: at, to: at, ...level }]
}
