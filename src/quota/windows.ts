/**
 * Quota windows: how much of a limit is used at a time, and when more will fit. Pure, and given the
 * time.
 *
 * A reservation is counted like use from the moment it is made; settling only corrects it. All
 * kinds of window keep the same state, a list of buckets, and read it differently, so that a change
 * of how a window resets needs no conversion. Where a reading cannot be exact it counts too much,
 * never too little.
 */
import { minuteMs } from '../domain/time.ts'
import type { Period, Reset, Unit } from '../domain/limits.ts'
import { periodMs } from '../providers/calendar.ts'
import {
  certainPartOf,
  lessPart,
  partOf,
  type Parts,
  type Person,
  shareOf,
  sumParts,
  withFewParts,
  withLatestPart,
  withPart,
} from './usage-by-user.ts'
import { bucketsWithLevel, type Level, levelOf } from './refill.ts'
import { startsOver, wholeSpan } from './spans.ts'

/** What was used between two times, both included. */
export interface Bucket {
  from: number
  to: number
  amount: number
  /** How much of it each person used, in an account that serves everyone. */
  by?: Parts
  /** How much of it others used, by what the provider stated. */
  foreign?: number
}

/** What is counted, and up to where. */
export interface WindowRule {
  unit: Unit
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
  /** Set where it came with a refusal. Beside an answer it is a claim, which a probe may refute. */
  refused?: true
  /** When a call last went against it, to find out whether it is so. */
  triedAt?: number
}

/** A rule with what was used under it, oldest first. Plain data. */
export interface Window extends WindowRule {
  buckets: Bucket[]
  stated?: Statement
}

/** How long a window is. A month that slides is as long as the longest one. */
export const lengthMs = periodMs

/** A sliding window forgets in this many steps, each at most a sixtieth of its length late. */
const bucketsPerWindow = 60

/**
 * How long a statement binds that came with an answer, before one call finds out whether it is so.
 */
const claimMs = 5 * minuteMs

/**
 * What tells the windows of one account apart: `requests/minute`, `tokens/day/some-model`,
 * `requests/day@key_1`.
 */
export function windowName({
  unit,
  per,
  model,
  key,
}: Pick<WindowRule, 'unit' | 'per' | 'model' | 'key'>): string {
  return `${unit}/${per}${model === undefined ? '' : `/${model}`}${key === undefined ? '' : `@${key}`}`
}

/**
 * The limit that binds: the one entered or the one stated, whichever is less; undefined where
 * neither is known.
 */
export function limitOf({ limit, stated }: Pick<Window, 'limit' | 'stated'>): number | undefined {
  if (stated?.limit === undefined) return limit
  return limit === undefined ? stated.limit : Math.min(limit, stated.limit)
}

/** What counts against the limit: used and reserved. Fractional only in a window that refills. */
export function usedAt(window: Window, now: number): number {
  if (drains(window)) return levelAt(window, now).amount
  return total(liveBuckets(window, now))
}

/**
 * How much more fits now; infinite without a limit, negative where answers were longer than
 * estimated.
 */
export function roomAt(window: Window, now: number): number {
  return (limitOf(window) ?? Infinity) - usedAt(window, now)
}

/**
 * The soonest time at which `amount` fits, provided nothing else is charged; undefined if it never
 * fits. A window that only a claim of the provider keeps full is tried again after minutes.
 * @param ahead what others will take first, who wait for the same room.
 */
export function freeAt(window: Window, amount: number, now: number, ahead = 0): number | undefined {
  const free = freeWithin(window, amount, now, ahead)
  if (free !== undefined && free <= now) return free
  const claimEndsAt = claimEnd(window)
  if (claimEndsAt === undefined) return free
  const own = freeWithin(unlearned(window, now), amount, now, ahead)
  return own === undefined ? free : Math.min(free ?? Infinity, Math.max(own, claimEndsAt))
}

/**
 * When a call may find out whether a claim of the provider holds; undefined where there is none.
 */
export function claimEnd({ stated }: Window): number | undefined {
  if (stated?.limit === undefined || stated.refused) return undefined
  return (stated.triedAt ?? stated.at) + claimMs
}

/**
 * A window without anything that the provider stated: own use, under the limit that a person
 * entered.
 */
export function unlearned(window: Window, now: number): Window {
  const { stated: _stated, ...own } = window
  if (!window.buckets.some(({ foreign }) => foreign !== undefined)) return own
  if (!drains(window)) {
    return { ...own, buckets: window.buckets.filter(({ foreign }) => foreign === undefined) }
  }
  const { amount, foreign } = levelAt(window, now)
  const buckets = withLevel(window, { amount: Math.max(0, amount - foreign), foreign: 0 }, now)
  return { ...own, buckets }
}

function freeWithin(window: Window, amount: number, now: number, ahead: number): number | undefined {
  const limit = limitOf(window)
  if (limit === undefined) return now
  if (amount > limit) return undefined
  if (drains(window)) {
    const excess = ahead + amount - roomAt(window, now)
    // A microsecond of tolerance: rounding must not turn away who comes back at the very time that
    // was stated.
    return excess <= 0 ? now : now + Math.ceil(excess / drainPerMs(window) - 0.001)
  }
  // Those ahead fill so many whole windows before it is this one's turn.
  const turns = Math.ceil((ahead + amount) / limit) - 1
  return freeInOneWindow(window, ahead + amount - turns * limit, now) + turns * lengthMs[window.per]
}

function freeInOneWindow(window: Window, amount: number, now: number): number {
  let excess = amount - roomAt(window, now)
  if (excess <= 0) return now
  const span = wholeSpan(window, now)
  if (span) return span.endsAt
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
  return amount === 0 ? window : chargeOwn(noteTrial(window, amount, now), amount, now, person)
}

/**
 * Notes a call that goes although a claim of the provider leaves no room for it: the others wait
 * for its answer.
 * @param needed what must be left of the window for the call.
 */
export function noteTrial(window: Window, needed: number, now: number): Window {
  const { stated } = window
  if (!stated || claimEnd(window) === undefined || roomAt(window, now) >= needed) return window
  return { ...window, stated: { ...stated, triedAt: now } }
}

function chargeOwn(window: Window, amount: number, now: number, person: Person | undefined): Window {
  const { live, at, index } = placeFor(window, now, false)
  if (drains(window)) {
    const level = levelAt(window, at)
    const raised = { ...level, amount: level.amount + amount }
    const leveled = { ...window, buckets: withLevel(window, raised, at) }
    return person ? chargePart(leveled, amount, person) : leveled
  }
  const last = live[index]
  const bucket = last ? { ...last, to: at, amount: last.amount + amount } : { from: at, to: at, amount }
  const others = last ? live.toSpliced(index, 1) : live
  if (!person) return { ...window, buckets: [...others, bucket] }
  const counted = withPart(bucket, person.user, amount, live)
  return { ...window, buckets: withFewParts([...others, counted]) }
}

/** Counts use of others. It is never mixed with own use, so that it can be forgotten. */
function chargeOthers(window: Window, amount: number, now: number): Window {
  const { live, at, index } = placeFor(window, now, true)
  if (drains(window)) {
    const level = levelAt(window, at)
    const raised = { amount: level.amount + amount, foreign: level.foreign + amount }
    return { ...window, buckets: withLevel(window, raised, at) }
  }
  const last = live[index]
  const sum = amount + (last?.amount ?? 0)
  const bucket: Bucket = { from: last?.from ?? at, to: at, amount: sum, foreign: sum }
  return { ...window, buckets: [...(last ? live.toSpliced(index, 1) : live), bucket] }
}

/** Where use is counted now: the time, and the bucket of its kind that goes on, if one does. */
function placeFor(
  window: Window,
  now: number,
  isForeign: boolean,
): { live: Bucket[]; at: number; index: number } {
  const live = liveBuckets(window, now)
  // A clock that was set back must not put a bucket before those that are there.
  const at = Math.max(now, live.at(-1)?.to ?? now)
  const index = live.findLastIndex(({ foreign }) => (foreign !== undefined) === isForeign)
  const last = live[index]
  return { live, at, index: last && goesOn(window, last, index, at) ? index : live.length }
}

/**
 * Whether a bucket takes use of a later time. The first use of a period that begins with it stays
 * apart: its time counts.
 */
function goesOn(window: Window, { from }: Bucket, index: number, at: number): boolean {
  const isOfUse = window.resets === 'first-use'
  if (isOfUse && index === 0) return at === from
  return (startsOver(window) && !isOfUse) || at - from < stepMs(window)
}

/**
 * Counts `amount` that will be used between `now` and `until`, before anyone knows when. It is
 * forgotten as if all of it had been used at the end: what is written ahead may count too long,
 * never too short.
 */
export function chargeAhead(window: Window, amount: number, now: number, until: number): Window {
  if (drains(window)) {
    const level = levelAt(window, now)
    return { ...window, buckets: withLevel(window, { ...level, amount: level.amount + amount }, until) }
  }
  return { ...window, buckets: [...liveBuckets(window, now), { from: now, to: until, amount }] }
}

/**
 * A window after the provider has spoken. A provider that says less is left than was counted here
 * is believed: others use the same account, and what they took is charged. One that says more is
 * left is noted, and changes nothing; but a plan, of which only the provider counts the use, is as
 * it says.
 */
export function believe(window: Window, said: Statement, now: number): Window {
  const { refused: _refused, triedAt: _triedAt, ...known } = window.stated ?? {}
  const stated = { ...known, ...said }
  const heard = { ...window, stated }
  if (said.remaining === undefined || stated.limit === undefined) return heard
  const used = stated.limit - said.remaining
  const foreign = used - usedAt(heard, now)
  if (foreign > 0) return chargeForeign(heard, foreign, said.resetsAt, now)
  if (window.unit !== 'percent' || foreign === 0) return heard
  const empty = { ...heard, buckets: [] }
  return used > 0 ? chargeForeign(empty, used, said.resetsAt, now) : empty
}

function chargeForeign(window: Window, amount: number, endsAt: number | undefined, now: number): Window {
  const length = lengthMs[window.per]
  const slides = !drains(window) && !startsOver(window)
  if (!slides || endsAt === undefined || endsAt > now + length) return chargeOthers(window, amount, now)
  // Half a millisecond beside any call of ours, so that what is given back is never taken from
  // here.
  const at = endsAt - length - 0.5
  const live = liveBuckets(window, now)
  const index = live.findIndex(({ to }) => to > at)
  const bucket = { from: at, to: at, amount, foreign: amount }
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
    const level = levelAt(window, now)
    const buckets = withLevel(window, { ...level, amount: Math.max(0, level.amount - left) }, now)
    const own = user === undefined ? -1 : buckets.findLastIndex(({ by }) => by?.[user] !== undefined)
    return {
      ...window,
      buckets: buckets.map((one, i) => (i === own ? lessPart(one, user ?? '', left) : one)),
    }
  }
  const buckets = liveBuckets(window, now).map((bucket) => {
    if (!isOwnAt(bucket, chargedAt)) return bucket
    const less = { ...bucket, amount: Math.max(0, bucket.amount - amount) }
    return user === undefined ? less : lessPart(less, user, amount)
  })
  return { ...window, buckets: buckets.filter((bucket) => bucket.amount > 0) }
}

/**
 * What each person used of a window that still counts, by the user's id; `*` for people counted
 * together.
 */
export function usedByPerson(window: Window, now: number): Map<string, number> {
  if (!drains(window)) return sumParts(liveBuckets(window, now))
  const limit = limitOf(window) ?? Infinity
  const users = [...sumParts(window.buckets).keys()]
  const levels = users.map((user) => [user, levelAt(partOf(window, user, limit), now).amount] as const)
  return new Map(levels.filter(([, level]) => level > 0))
}

/** Whether what was charged at a time still counts. */
export function countsAt(window: Window, chargedAt: number, now: number): boolean {
  if (drains(window)) return now - chargedAt < lengthMs[window.per]
  return liveBuckets(window, now).some((bucket) => isOwnAt(bucket, chargedAt))
}

function isOwnAt({ from, to, foreign }: Bucket, at: number): boolean {
  return foreign === undefined && from <= at && at <= to
}

/** When none of today's use counts; undefined while there is none and no calendar decides. */
export function resetsAt(window: Window, now: number): number | undefined {
  const span = wholeSpan(window, now)
  if (span) return span.endsAt
  const used = usedAt(window, now)
  if (used === 0) return undefined
  if (drains(window)) return now + Math.ceil(used / drainPerMs(window))
  const last = liveBuckets(window, now).at(-1)
  return last && Math.ceil(last.to) + lengthMs[window.per]
}

/** When a window that starts over did so; undefined for those that forget bit by bit. */
export function lastResetAt(window: Window, now: number): number | undefined {
  return wholeSpan(window, now)?.startsAt
}

/** Counts a person's part of a window that refills: it drains as fast as their share refills. */
function chargePart(window: Window, amount: number, { user, maxShare = 1 }: Person): Window {
  const last = window.buckets.at(-1)
  if (!last) return window
  const limit = shareOf(limitOf(window) ?? 0, maxShare)
  const level = levelAt(certainPartOf(window, user, limit), last.to).amount
  const { buckets } = window
  return { ...window, buckets: withLatestPart(buckets, user, level + amount) }
}

function stepMs({ per }: Pick<Window, 'per'>): number {
  return lengthMs[per] / bucketsPerWindow
}

/** A bucket counts until all of it has left the window. */
function liveBuckets(window: Window, now: number): Bucket[] {
  if (drains(window)) return window.buckets
  if (!startsOver(window)) {
    return window.buckets.filter((bucket) => bucket.to + lengthMs[window.per] > now)
  }
  const span = wholeSpan(window, now)
  return span ? window.buckets.filter((bucket) => bucket.to >= span.startsAt) : []
}

/**
 * A leaky bucket: what is used drains evenly, a whole limit per period. Without a limit there is no
 * pace to drain at.
 */
export function drains(window: Window): boolean {
  return window.resets === 'refill' && limitOf(window) !== undefined
}

function withLevel(window: Window, level: Level, at: number): Bucket[] {
  return bucketsWithLevel(window.buckets, level, lengthMs[window.per], at)
}

function levelAt(window: Window, now: number): Level {
  return levelOf(window.buckets, drainPerMs(window), now)
}

function drainPerMs(window: Window): number {
  return (limitOf(window) ?? 0) / lengthMs[window.per]
}

function total(buckets: Bucket[]): number {
  return buckets.reduce((sum, bucket) => sum + bucket.amount, 0)
}
