/**
 * Quota windows: how much of a limit is used at a time, and when more will fit. Pure, and given the time.
 *
 * A reservation is counted like use from the moment it is made; settling only corrects it. All kinds of window keep the same
 * state, a list of buckets, and read it differently, so that a change of how a window resets needs no conversion. Where
 * a reading cannot be exact it counts too much, never too little.
 */
import type { Reset } from '../providers/provider.ts'
import { type Period, type Span, spanAround } from '../providers/calendar.ts'
import {
  certainPartOf,
  hasParts,
  lessPart,
  partOf,
  type Parts,
  type Person,
  shareOf,
  sumParts,
  withLatestPart,
  withPart,
} from './parts.ts'

/** What was used between two times, both included. */
export interface Bucket {
  from: number
  to: number
  amount: number
  /** How much of it each person used, in an account that serves everyone. */
  by?: Parts
}

/** What is counted, and up to where. */
export interface WindowRule {
  unit: 'requests' | 'tokens'
  per: Period
  resets: Reset
  /** Absent where use is counted and not limited. */
  limit?: number
  /** The one model that it counts, or `prefix*`; absent for all. */
  model?: string
  /** The one key of the account that it counts; absent for all. */
  key?: string
}

/** What the provider itself said of a limit, last. */
export interface Statement {
  limit?: number
  remaining?: number
  /** When the provider's own count is whole again. */
  resetsAt?: number
  /** When it was said. */
  at: number
}

/** A rule with what was used under it, oldest first. Plain data. */
export interface Window extends WindowRule {
  buckets: Bucket[]
  stated?: Statement
}

const dayMs = 86_400_000
export const lengthMs: Readonly<Record<Period, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: dayMs,
  // A month that slides is as long as the longest one.
  month: 31 * dayMs,
}

/** A sliding window forgets in this many steps, each at most a sixtieth of its length late. */
const bucketsPerWindow = 60

/** What tells the windows of one account apart: `requests/minute`, `tokens/day/some-model`, `requests/day@key_1`. */
export function windowName({
  unit,
  per,
  model,
  key,
}: Pick<WindowRule, 'unit' | 'per' | 'model' | 'key'>): string {
  return `${unit}/${per}${model === undefined ? '' : `/${model}`}${key === undefined ? '' : `@${key}`}`
}

/** The limit that binds: the one entered or the one stated, whichever is less; undefined where neither is known. */
export function limitOf({ limit, stated }: Pick<Window, 'limit' | 'stated'>): number | undefined {
  if (stated?.limit === undefined) return limit
  return limit === undefined ? stated.limit : Math.min(limit, stated.limit)
}

/** What counts against the limit: used and reserved. Fractional only in a window that refills. */
export function usedAt(window: Window, now: number): number {
  if (drains(window)) return levelAt(window, now)
  return total(liveBuckets(window, now))
}

/** How much more fits now; infinite without a limit, negative where answers were longer than estimated. */
export function roomAt(window: Window, now: number): number {
  return (limitOf(window) ?? Infinity) - usedAt(window, now)
}

/**
 * The soonest time at which `amount` fits, provided nothing else is charged; undefined if it never fits.
 * @param ahead what others will take first, who wait for the same room.
 */
export function freeAt(window: Window, amount: number, now: number, ahead = 0): number | undefined {
  const limit = limitOf(window)
  if (limit === undefined) return now
  if (amount > limit) return undefined
  if (drains(window)) {
    const excess = ahead + amount - roomAt(window, now)
    // A microsecond of tolerance: rounding must not turn away who comes back at the very time that was stated.
    return excess <= 0 ? now : now + Math.ceil(excess / drainPerMs(window) - 0.001)
  }
  // Those ahead fill so many whole windows before it is this one's turn.
  const turns = Math.ceil((ahead + amount) / limit) - 1
  return freeInOneWindow(window, ahead + amount - turns * limit, now) + turns * lengthMs[window.per]
}

function freeInOneWindow(window: Window, amount: number, now: number): number {
  let excess = amount - roomAt(window, now)
  if (excess <= 0) return now
  const calendar = calendarSpan(window, now)
  if (calendar) return calendar.endsAt
  for (const bucket of liveBuckets(window, now)) {
    excess -= bucket.amount
    if (excess <= 0) return Math.ceil(bucket.to) + lengthMs[window.per]
  }
  return now
}

/**
 * Counts `amount` at `now`.
 * @param person who uses it, in an account that serves everyone.
 */
export function charge(window: Window, amount: number, now: number, person?: Person): Window {
  const live = liveBuckets(window, now)
  const last = live.at(-1)
  // A clock that was set back must not put a bucket before those that are there.
  const at = Math.max(now, last?.to ?? now)
  if (drains(window)) {
    const level = levelAt(window, at) + amount
    const leveled = { ...window, buckets: withLevel(window, level, at) }
    return person ? chargePart(leveled, amount, person) : leveled
  }
  const goesOn = last && (calendarSpan(window, now) || at - last.from < stepMs(window))
  const bucket = goesOn ? { ...last, to: at, amount: last.amount + amount } : { from: at, to: at, amount }
  const counted = person ? withPart(bucket, person.user, amount, live) : bucket
  return { ...window, buckets: [...(goesOn ? live.slice(0, -1) : live), counted] }
}

/**
 * Counts `amount` that will be used between `now` and `until`, before anyone knows when. It is forgotten as if all of it had been
 * used at the end: what is written ahead may count too long, never too short.
 */
export function chargeAhead(window: Window, amount: number, now: number, until: number): Window {
  if (drains(window)) {
    return { ...window, buckets: withLevel(window, levelAt(window, now) + amount, until) }
  }
  return { ...window, buckets: [...liveBuckets(window, now), { from: now, to: until, amount }] }
}

/**
 * A window after the provider has spoken. A provider that says less is left than was counted here is believed: others use the
 * same account, and what they took is charged. One that says more is left is noted, and changes nothing.
 */
export function believe(window: Window, said: Statement, now: number): Window {
  const stated = { ...window.stated, ...said }
  const heard = { ...window, stated }
  if (said.remaining === undefined || stated.limit === undefined) return heard
  const foreign = stated.limit - said.remaining - usedAt(heard, now)
  return foreign > 0 ? chargeForeign(heard, foreign, said.resetsAt, now) : heard
}

function chargeForeign(window: Window, amount: number, endsAt: number | undefined, now: number): Window {
  const length = lengthMs[window.per]
  const slides = !drains(window) && !calendarSpan(window, now)
  if (!slides || endsAt === undefined || endsAt > now + length) return charge(window, amount, now)
  // Half a millisecond beside any call of ours, so that what is given back is never taken from here.
  const at = endsAt - length - 0.5
  const live = liveBuckets(window, now)
  const index = live.findIndex(({ to }) => to > at)
  const bucket = { from: at, to: at, amount }
  return { ...window, buckets: live.toSpliced(index < 0 ? live.length : index, 0, bucket) }
}

/**
 * Takes back `amount` of what was charged at `chargedAt`, as far as it still counts.
 * @param user who was charged, in an account that serves everyone.
 */
export function giveBack(
  window: Window,
  amount: number,
  chargedAt: number,
  now: number,
  user?: string,
): Window {
  if (drains(window)) {
    // What may have drained since is gone: taking that back too would count others' use as ours.
    const left = Math.max(0, amount - drainPerMs(window) * (now - chargedAt))
    const buckets = withLevel(window, Math.max(0, levelAt(window, now) - left), now)
    const own = user === undefined ? -1 : buckets.findLastIndex(({ by }) => by?.[user] !== undefined)
    return {
      ...window,
      buckets: buckets.map((one, i) => (i === own ? lessPart(one, user ?? '', left) : one)),
    }
  }
  const buckets = liveBuckets(window, now).map((bucket) => {
    if (bucket.from > chargedAt || chargedAt > bucket.to) return bucket
    const less = { ...bucket, amount: Math.max(0, bucket.amount - amount) }
    return user === undefined ? less : lessPart(less, user, amount)
  })
  return { ...window, buckets: buckets.filter((bucket) => bucket.amount > 0) }
}

/** What each person used of a window that still counts, by the user's id; `*` for people counted together. */
export function usedByPerson(window: Window, now: number): Map<string, number> {
  if (!drains(window)) return sumParts(liveBuckets(window, now))
  const limit = limitOf(window) ?? Infinity
  const users = [...sumParts(window.buckets).keys()]
  const levels = users.map((user) => [user, levelAt(partOf(window, user, limit), now)] as const)
  return new Map(levels.filter(([, level]) => level > 0))
}

/** Whether what was charged at a time still counts. */
export function countsAt(window: Window, chargedAt: number, now: number): boolean {
  if (drains(window)) return now - chargedAt < lengthMs[window.per]
  return liveBuckets(window, now).some((bucket) => bucket.from <= chargedAt && chargedAt <= bucket.to)
}

/** When nothing of today's use will count any more; undefined while nothing does and no calendar decides. */
export function resetsAt(window: Window, now: number): number | undefined {
  const calendar = calendarSpan(window, now)
  if (calendar) return calendar.endsAt
  const used = usedAt(window, now)
  if (used === 0) return undefined
  if (drains(window)) return now + Math.ceil(used / drainPerMs(window))
  const last = liveBuckets(window, now).at(-1)
  return last && Math.ceil(last.to) + lengthMs[window.per]
}

/** When a calendar window began; undefined for those that forget bit by bit. */
export function lastResetAt(window: Window, now: number): number | undefined {
  return calendarSpan(window, now)?.startsAt
}

/**
 * The buckets of a window that refills: its level is in the last one, and earlier ones keep only the
 * parts of people who have not used it since. Parts are levels of the bucket's time, too.
 */
function withLevel(window: Window, level: number, at: number): Bucket[] {
  const length = lengthMs[window.per]
  const known = window.buckets
    .map((bucket) => ({ ...bucket, amount: 0 }))
    .filter((bucket) => hasParts(bucket) && bucket.to + length > at)
  const last = known.at(-1)
  if (last?.to === at) return [...known.slice(0, -1), { ...last, amount: level }]
  return [...known, { from: at, to: at, amount: level }]
}

/** Counts a person's part of a window that refills: it drains as fast as their share refills. */
function chargePart(window: Window, amount: number, { user, maxShare = 1 }: Person): Window {
  const last = window.buckets.at(-1)
  if (!last) return window
  const limit = shareOf(limitOf(window) ?? 0, maxShare)
  const level = levelAt(certainPartOf(window, user, limit), last.to)
  const { buckets } = window
  return { ...window, buckets: withLatestPart(buckets, user, level + amount) }
}

function stepMs({ per }: Pick<Window, 'per'>): number {
  return lengthMs[per] / bucketsPerWindow
}

/** A bucket counts until all of it has left the window. */
function liveBuckets(window: Window, now: number): Bucket[] {
  if (drains(window)) return window.buckets
  const calendar = calendarSpan(window, now)
  if (calendar) return window.buckets.filter((bucket) => bucket.to >= calendar.startsAt)
  return window.buckets.filter((bucket) => bucket.to + lengthMs[window.per] > now)
}

function calendarSpan(window: Window, now: number): Span | undefined {
  if (window.resets !== 'utc' && window.resets !== 'pacific') return undefined
  const span = spanAround(now, window.per, window.resets)
  const statedAt = window.stated?.resetsAt
  if (statedAt === undefined || (window.per !== 'day' && window.per !== 'month')) return span
  // A reset that the provider states overrules the calendar, for the period that it ends.
  if (statedAt <= now) return { startsAt: Math.max(span.startsAt, statedAt), endsAt: span.endsAt }
  return { startsAt: Math.min(span.startsAt, statedAt - lengthMs[window.per]), endsAt: statedAt }
}

/** A leaky bucket: what is used drains evenly, a whole limit per period. Without a limit there is no pace to drain at. */
export function drains(window: Window): boolean {
  return window.resets === 'refill' && limitOf(window) !== undefined
}

function drainPerMs(window: Window): number {
  return (limitOf(window) ?? 0) / lengthMs[window.per]
}

function levelAt(window: Window, now: number): number {
  const pace = drainPerMs(window)
  let level = 0
  let at = 0
  for (const bucket of window.buckets) {
    level = Math.max(0, level - pace * Math.max(0, bucket.to - at)) + bucket.amount
    at = bucket.to
  }
  return Math.max(0, level - pace * Math.max(0, now - at))
}

function total(buckets: Bucket[]): number {
  return buckets.reduce((sum, bucket) => sum + bucket.amount, 0)
}
