/**
 * The periods of windows that start over: those of a calendar, and those that begin with their
 * first use. Pure, and given the time.
 */
import type { Period } from '../domain/limits.ts'
import { periodMs, type Span, spanAround } from '../providers/calendar.ts'
import type { Bucket, Window } from './windows.ts'

/** Whether a window forgets everything at once when its time is over. */
export function startsOver({ resets }: Pick<Window, 'resets'>): boolean {
  return resets === 'utc' || resets === 'pacific' || resets === 'first-use'
}

/** Periods that are long enough for a provider to state when they end. */
const stablePeriods: ReadonlySet<Period> = new Set(['5h', 'day', '7d', 'month'])

/**
 * The time that a window which starts over counts as a whole; undefined for others, and where no
 * use has begun one. A reset that the provider states overrules it, for the period that it ends.
 */
export function wholeSpan(window: Window, now: number): Span | undefined {
  if (!startsOver(window)) return undefined
  const length = periodMs[window.per]
  const resetAt = stablePeriods.has(window.per) ? window.stated?.resetsAt : undefined
  const isOver = resetAt !== undefined && resetAt <= now
  const span = spanOfRule(window, isOver ? resetAt : -Infinity, now)
  if (resetAt === undefined || isOver) return span
  return { startsAt: Math.min(span?.startsAt ?? Infinity, resetAt - length), endsAt: resetAt }
}

/** @param since when the provider's own count began again, where that is known. */
function spanOfRule({ resets, per, buckets }: Window, since: number, now: number): Span | undefined {
  if (resets !== 'utc' && resets !== 'pacific') return spanFromUse(buckets, periodMs[per], since, now)
  const { startsAt, endsAt } = spanAround(now, per, resets)
  return { startsAt: Math.max(startsAt, since), endsAt }
}

/**
 * The period that use began and that is not over. It ends as long after the end of its first
 * bucket as a period lasts, because what the bucket began with may have been given back.
 */
function spanFromUse(buckets: Bucket[], length: number, since: number, now: number): Span | undefined {
  let span: Span | undefined
  for (const { from, to } of buckets) {
    if (to < since || (span && from < span.endsAt)) continue
    span = { startsAt: from, endsAt: Math.ceil(to) + length }
  }
  return span && span.endsAt > now ? span : undefined
}
