/**
 * The part of a window that each person used. Pure.
 *
 * A part is kept in the bucket that counts it, so that it expires with its bucket and parts never
 * add up to more than the window. People beyond a bound are counted together: all of that counts
 * against each of them, so that nobody passes their share by coming late. A window with many parts
 * has fewer, longer buckets, each of which counts until its end.
 */
import type { Bucket, Window } from './windows.ts'

/** A person whose use is counted, and the share of each limit that they may use, 0 to 1. */
export interface Person {
  user: string
  /** Absent where they may use all of it. */
  maxShare?: number
}

/** The parts of a bucket, by the user's id. */
export type Parts = Readonly<Record<string, number>>

/** The people who are counted together. No user has this id. */
export const everyoneElse = '*'
/** A window names at most so many people. */
const mostPeople = 500
/**
 * All buckets of a window hold at most so many parts; a row of storage holds the windows of an
 * account.
 */
const mostParts = 1_500

/** The amount that a share of a limit comes to: rounded down, and at least 1. */
export function shareOf(limit: number, maxShare: number): number {
  // 0.29 × 100 is 28.999999999999996: a share is not lost to the arithmetic.
  return Math.max(1, Math.floor(limit * maxShare + 1e-9))
}

/** The most that a person may have used of a window, as a window of its own with their limit. */
export function partOf(window: Window, user: string, limit: number): Window {
  return partBy(window, limit, (by) => by[user] ?? by[everyoneElse] ?? 0)
}

/** The part that a person has certainly used, without people who are counted together. */
export function certainPartOf(window: Window, user: string, limit: number): Window {
  return partBy(window, limit, (by) => by[user] ?? 0)
}

function partBy(window: Window, limit: number, amountOf: (by: Parts) => number): Window {
  const amounts = window.buckets.map(({ from, to, by = {} }) => ({ from, to, amount: amountOf(by) }))
  // A period that begins with its first use is the same for everyone, whoever began it.
  const isKept = window.resets === 'first-use'
  return limited(
    window,
    limit,
    amounts.filter(({ amount }) => isKept || amount > 0),
  )
}

/**
 * A window without the part of one person, and with another limit. It must not be one that refills.
 */
export function withoutPart(window: Window, user: string, limit: number): Window {
  return limited(
    window,
    limit,
    window.buckets.map(({ from, to, amount, by }) => ({
      from,
      to,
      amount: Math.max(0, amount - (by?.[user] ?? 0)),
    })),
  )
}

/** Everyone who has a part of these buckets, with the sum of each. */
export function sumParts(buckets: readonly Bucket[]): Map<string, number> {
  const sums = new Map<string, number>()
  for (const { by } of buckets) {
    for (const [user, amount] of Object.entries(by ?? {})) {
      sums.set(user, (sums.get(user) ?? 0) + amount)
    }
  }
  return sums
}

/** The bucket with more of a person's use, in a window of these buckets. */
export function withPart(bucket: Bucket, user: string, amount: number, buckets: readonly Bucket[]): Bucket {
  const { by = {} } = bucket
  const name = by[user] !== undefined || hasName(user, buckets) ? user : everyoneElse
  return { ...bucket, by: { ...by, [name]: (by[name] ?? 0) + amount } }
}

/**
 * The buckets of a window that slides, with no more parts than storage holds: of neighbours the
 * pair that spans the shortest time becomes one. What others used by the provider's word stays
 * apart.
 */
export function withFewParts(buckets: Bucket[]): Bucket[] {
  let fewer = buckets
  while (countParts(fewer) > mostParts) {
    const own = fewer.filter(({ foreign }) => foreign === undefined)
    const pairs = own.slice(1).map((after, index) => ({ before: own[index] ?? after, after }))
    const [pair] = pairs.toSorted((a, b) => spanOf(a) - spanOf(b))
    if (!pair) return fewer
    const { before, after } = pair
    fewer = fewer.flatMap((one) => (one === before ? [] : one === after ? [merged(before, after)] : [one]))
  }
  return fewer
}

function spanOf({ before, after }: { before: Bucket; after: Bucket }): number {
  return after.to - before.from
}

function merged(before: Bucket, after: Bucket): Bucket {
  const by: Record<string, number> = {}
  const names = new Set([before, after].flatMap((one) => Object.keys(one.by ?? {})))
  for (const user of names) {
    // Who is named in one bucket may be among everyone else in the other.
    const isCertain = [before, after].every(
      (one) => (one.by?.[user] ?? one.by?.[everyoneElse]) === one.by?.[user],
    )
    const name = isCertain ? user : everyoneElse
    by[name] = (by[name] ?? 0) + (before.by?.[user] ?? 0) + (after.by?.[user] ?? 0)
  }
  return { from: before.from, to: after.to, amount: before.amount + after.amount, by }
}

/** The bucket with less of a person's use. */
export function lessPart(bucket: Bucket, user: string, amount: number): Bucket {
  const { by } = bucket
  const name = by?.[user] === undefined ? everyoneElse : user
  const part = by?.[name]
  if (part === undefined) return bucket
  return { ...bucket, by: { ...by, [name]: Math.max(0, part - amount) } }
}

/**
 * The buckets of a window that refills, with a person's part as it is at the time of the last one.
 * Each person has one part. The one of people who are counted together does not drain when it
 * grows.
 */
export function withLatestPart(buckets: readonly Bucket[], user: string, level: number): Bucket[] {
  const isNamed = hasName(user, buckets)
  const name = isNamed ? user : everyoneElse
  const before = isNamed ? 0 : (sumParts(buckets).get(name) ?? 0)
  const others = buckets.map((bucket) => dropPart(bucket, name))
  const last = others.at(-1)
  if (!last) return []
  return [...others.slice(0, -1), { ...last, by: { ...last.by, [name]: before + level } }]
}

function dropPart(bucket: Bucket, name: string): Bucket {
  if (bucket.by?.[name] === undefined) return bucket
  const { [name]: _part, ...others } = bucket.by
  return { ...bucket, by: others }
}

/** Whether a bucket still names a part. */
export function hasParts({ by }: Bucket): boolean {
  return by !== undefined && Object.keys(by).length > 0
}

/** Whether a person has a part of their own in these buckets, or there is room for another name. */
function hasName(user: string, buckets: readonly Bucket[]): boolean {
  const names = new Set<string>()
  for (const { by } of buckets) {
    if (by?.[user] !== undefined) return true
    for (const name in by) if (name !== everyoneElse) names.add(name)
  }
  return names.size < mostPeople
}

function countParts(buckets: readonly Bucket[]): number {
  let count = 0
  for (const { by } of buckets) if (by) count += Object.keys(by).length
  return count
}

function limited({ stated, ...window }: Window, limit: number, buckets: Bucket[]): Window {
  const { resetsAt, at = 0 } = stated ?? {}
  // The provider's limit is that of the whole window; its reset is that of every part.
  return { ...window, limit, buckets, ...(resetsAt !== undefined && { stated: { at, resetsAt } }) }
}
