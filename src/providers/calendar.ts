/**
 * Where minutes, hours, days, weeks and months begin and end: in UTC, and in the time of
 * California, by which some providers count their days. A Pacific day has 23, 24 or 25 hours; the
 * rules of daylight saving are left to `Intl`. Pure.
 */
import { dayMs, hourMs, minuteMs, secondMs } from '../domain/time.ts'
import type { Period, Reset } from '../domain/limits.ts'
import type { Fault } from '../errors.ts'

export type Zone = Extract<Reset, 'utc' | 'pacific'>

/** The periods whose length depends on the date or the time of year. */
type CalendarPeriod = Extract<Period, 'day' | '7d' | 'month'>

/** From `startsAt` to just before `endsAt`, in milliseconds since the epoch. */
export interface Span {
  startsAt: number
  endsAt: number
}

/** How a provider's periods end, as far as that is known. */
export type Calendar = Partial<Record<Period, Reset>>

/** The longest that a limit of a period lasts, in milliseconds. */
export const periodMs: Readonly<Record<Period, number>> = {
  second: secondMs,
  minute: minuteMs,
  hour: hourMs,
  '5h': 5 * hourMs,
  day: dayMs,
  '7d': 7 * dayMs,
  month: 31 * dayMs,
}

/** A reset further away than the longest period is a mistake. */
export const furthestResetMs = periodMs.month

/** What clocks differ by, and a call takes on its way. */
const slackMs = 5_000

/** A stated reset, at most as far away as its own period is long and `slackMs`. */
export function withinPeriod(at: number, period: Period | undefined, now: number): number {
  return period === undefined ? at : Math.min(at, now + periodMs[period] + slackMs)
}

/**
 * The calendar period that a time falls into. Five hours, which no calendar has, count from 1970.
 */
export function spanAround(at: number, per: Period, zone: Zone): Span {
  switch (per) {
    // The zones are whole hours apart, so that their hours and what is shorter are the same.
    case 'second':
    case 'minute':
    case 'hour':
    case '5h':
      return spanOfLength(at, periodMs[per])
    case 'day':
    case '7d':
    case 'month':
      return zone === 'utc' ? utcSpan(at, per) : pacificSpan(at, per)
  }
}

/** When a quota of this period ends by the provider's own calendar, where that is known. */
export function knownReset(period: Fault['period'], calendar: Calendar, now: number): number | undefined {
  if (period !== 'day' && period !== '7d' && period !== 'month') return undefined
  const reset = calendar[period]
  return reset === 'utc' || reset === 'pacific' ? spanAround(now, period, reset).endsAt : undefined
}

function spanOfLength(at: number, lengthMs: number): Span {
  const startsAt = Math.floor(at / lengthMs) * lengthMs
  return { startsAt, endsAt: startsAt + lengthMs }
}

function utcSpan(at: number, per: CalendarPeriod): Span {
  const date = new Date(at)
  return spanOfDate(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate(), per, Date.UTC)
}

// Intl takes microseconds and an admission asks for every key: the last answer usually holds for
// the next question.
const lastPacificSpan: Partial<Record<CalendarPeriod, Span>> = {}

function pacificSpan(at: number, per: CalendarPeriod): Span {
  const last = lastPacificSpan[per]
  if (last && last.startsAt <= at && at < last.endsAt) return last
  const { year, month, day } = pacificFields(at)
  const span = spanOfDate(year, month, day, per, pacificMidnight)
  lastPacificSpan[per] = span
  return span
}

/** `month` counts from 0, and a day or month too many runs over into the next, as in `Date.UTC`. */
function spanOfDate(
  year: number,
  month: number,
  day: number,
  per: CalendarPeriod,
  midnight: (year: number, month: number, day: number) => number,
): Span {
  switch (per) {
    case 'day':
      return { startsAt: midnight(year, month, day), endsAt: midnight(year, month, day + 1) }
    case '7d': {
      const monday = day - daysSinceMonday(year, month, day)
      return { startsAt: midnight(year, month, monday), endsAt: midnight(year, month, monday + 7) }
    }
    case 'month':
      return { startsAt: midnight(year, month, 1), endsAt: midnight(year, month + 1, 1) }
  }
}

function daysSinceMonday(year: number, month: number, day: number): number {
  return (new Date(Date.UTC(year, month, day)).getUTCDay() + 6) % 7
}

/**
 * 08:00 UTC is midnight in California in winter, and one o'clock in summer; the clocks change later
 * in the night.
 */
function pacificMidnight(year: number, month: number, day: number): number {
  const at = Date.UTC(year, month, day, 8)
  return at - pacificFields(at).hour * hourMs
}

const pacificFormat = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/Los_Angeles',
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
})

function pacificFields(at: number): { year: number; month: number; day: number; hour: number } {
  const parts = pacificFormat.formatToParts(at)
  const read = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((part) => part.type === type)?.value)
  return { year: read('year'), month: read('month') - 1, day: read('day'), hour: read('hour') }
}
