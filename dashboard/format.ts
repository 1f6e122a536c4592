/**
 * Formats numbers, times, durations and money in English. Pure; times are milliseconds since the
 * epoch. It does not use `Intl`: its first formatter loads the data of all languages, which delays
 * the first paint by tens of milliseconds. `test/dashboard/format.test.ts` compares it with `Intl`.
 */
import { dayMs, minuteMs } from '../src/domain/time.ts'

import type { Unit } from '../src/domain/limits.ts'

export const locale = 'en'

/** `12,480`, with up to three decimals. */
export function number(n: number): string {
  return withDecimals(n, 3)
}

/** `12.5K`, where the exact figure would only be noise. */
export function shortNumber(n: number): string {
  const size = Math.abs(n)
  // What rounds to a thousand of one unit is one of the next.
  const unit = units.find(({ at }) => size >= at * 0.99995)
  if (!unit) return withDecimals(n, 1)
  // A half is rounded up, although 1.45 is a little less in binary.
  return `${withDecimals(Math.round((n / unit.at) * 10) / 10, 1)}${unit.sign}`
}

/** `1 key`, `12 keys` */
export function count(n: number, words: { one: string; other: string }): string {
  return `${number(n)} ${n === 1 ? words.one : words.other}`
}

/** `rate limited` as `Rate limited`, where it begins a control or a line. */
export function capitalised(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** A share from 0 to 1 as `98.2%`. */
export function share(part: number): string {
  return `${withDecimals(part * 100, 1)}%`
}

/** US dollars: `$12.40`, two significant digits below a cent (`$0.00031`), and `$0` for zero. */
export function money(amount: number): string {
  const size = Math.abs(amount)
  if (size === 0) return '$0'
  const figures =
    size >= 0.01
      ? grouped(size.toFixed(2))
      : // Two digits that are not zero, wherever they stand.
        trimmed(size.toFixed(Math.min(100, 1 - Math.floor(Math.log10(size)))))
  return `${amount < 0 ? '-' : ''}$${figures}`
}

/** An amount of what a limit counts: `12`, `1.5K` tokens, `$12.40`, `42%`. */
export function quantity(unit: Unit, amount: number): string {
  switch (unit) {
    case 'requests':
    case 'audio-seconds':
      return number(amount)
    case 'tokens':
    case 'input-tokens':
    case 'output-tokens':
      return shortNumber(amount)
    case 'money':
      return money(amount)
    case 'percent':
      return share(amount / 100)
  }
}

/** A duration for a countdown: `3 days`, `1 d 2 h`, `1 h 5 min`, `4 min 12 s`, `9 s`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor((seconds % 3600) / 60)
  if (hours >= 48) return count(Math.floor(hours / 24), { one: 'day', other: 'days' })
  if (hours >= 24) return `1 d ${hours - 24} h`
  if (hours > 0) return `${hours} h ${minutes} min`
  if (minutes > 0) return `${minutes} min ${seconds % 60} s`
  return `${seconds} s`
}

/** How long something took: `840 ms`, `2.31 s`, `4 min 12 s`. */
export function took(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  return ms < minuteMs ? `${(ms / 1000).toFixed(2)} s` : duration(ms)
}

/** `just now`, `5 min ago`, `3 h ago`, `yesterday` */
export function ago(at: number, now: number): string {
  const seconds = (at - now) / 1000
  if (seconds > -60) return 'just now'
  if (seconds > -3600) return `${-Math.round(seconds / 60)} min ago`
  if (seconds > -86_400) return `${-Math.round(seconds / 3600)} h ago`
  const days = -Math.round(seconds / 86_400)
  return days === 1 ? 'yesterday' : `${number(days)} days ago`
}

/** `Nov 26, 2026, 08:15:02 GMT+1`, in the reader's time zone. */
export function moment(at: number): string {
  return `${day(at)}, ${clock(at)} ${zone(-new Date(at).getTimezoneOffset())}`
}

/** The name of a time zone: `UTC`, `GMT+1`, `GMT-3:30`. @param offset Minutes east of UTC. */
export function zone(offset: number): string {
  if (offset === 0) return 'UTC'
  const hours = Math.floor(Math.abs(offset) / 60)
  const minutes = Math.abs(offset) % 60
  return `GMT${offset < 0 ? '-' : '+'}${hours}${minutes > 0 ? `:${twoDigits(minutes)}` : ''}`
}

/** `08:15:02` */
export function clock(at: number): string {
  return `${shortClock(at)}:${twoDigits(new Date(at).getSeconds())}`
}

/** A tick of a time axis, as exact as its span needs: `Nov 26`, `08:15`, `08:15:02`. */
export function tick(at: number, spanMs: number, stepMs = 0): string {
  if (spanMs > 3 * dayMs) return isDayOfUtc(at, stepMs) ? shortDayOfUtc(at) : shortDay(at)
  return spanMs > 10 * minuteMs ? shortClock(at) : clock(at)
}

/**
 * The start of a time step, as exact as its length needs: `Nov 26, 2026 UTC`, `Nov 26, 08:15`. The
 * hub counts by days of UTC, which begin elsewhere in a reader's day.
 */
export function beginning(at: number, stepMs: number): string {
  if (isDayOfUtc(at, stepMs)) return `${shortDayOfUtc(at)}, ${new Date(at).getUTCFullYear()} UTC`
  if (stepMs >= dayMs) return day(at)
  return `${shortDay(at)}, ${stepMs >= minuteMs ? shortClock(at) : clock(at)}`
}

/** `08:15:02` for today, `Nov 25, 08:15:02` for another day. */
export function recent(at: number, now: number): string {
  return day(at) === day(now) ? clock(at) : `${shortDay(at)}, ${clock(at)}`
}

/** `Nov 26, 2026` */
export function day(at: number): string {
  return `${shortDay(at)}, ${new Date(at).getFullYear()}`
}

const units = [
  { at: 1e12, sign: 'T' },
  { at: 1e9, sign: 'B' },
  { at: 1e6, sign: 'M' },
  { at: 1e3, sign: 'K' },
]

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `Nov 26` */
function shortDay(at: number): string {
  const date = new Date(at)
  return `${months[date.getMonth()]} ${date.getDate()}`
}

/** Whether a step is a day of UTC. */
function isDayOfUtc(at: number, stepMs: number): boolean {
  return stepMs >= dayMs && at % dayMs === 0
}

/** `Nov 26` */
function shortDayOfUtc(at: number): string {
  const date = new Date(at)
  return `${months[date.getUTCMonth()]} ${date.getUTCDate()}`
}

/** `08:15` */
function shortClock(at: number): string {
  const date = new Date(at)
  return `${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}`
}

function twoDigits(n: number): string {
  return String(n).padStart(2, '0')
}

function withDecimals(n: number, most: number): string {
  return grouped(trimmed(n.toFixed(most)))
}

/** Without the zeros at the end of its decimals. */
function trimmed(figures: string): string {
  return figures.replace(/\.?0+$/, '')
}

/** With a comma before each three digits of its whole part. */
function grouped(figures: string): string {
  return figures.replace(/^-?\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ','))
}
