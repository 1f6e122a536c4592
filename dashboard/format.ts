/** How numbers, times, durations and money are written, in the dashboard's language. Pure; times are milliseconds since the epoch. */

export const locale = 'en'

const plurals = new Intl.PluralRules(locale)
const numbers = new Intl.NumberFormat(locale)
const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 })
const shares = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 })
const moments = new Intl.DateTimeFormat(locale, {
  dateStyle: 'medium',
  timeStyle: 'medium',
  hourCycle: 'h23',
})
const clocks = new Intl.DateTimeFormat(locale, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})
const shortClocks = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const shortDays = new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric' })
const days = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' })
const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
const dollars = new Intl.NumberFormat(locale, { style: 'currency', currency: 'USD' })
const smallDollars = new Intl.NumberFormat(locale, {
  style: 'currency',
  currency: 'USD',
  maximumSignificantDigits: 2,
})

/** `12,480` */
export function number(n: number): string {
  return numbers.format(n)
}

/** `12.5K`, where the exact figure would only be noise. */
export function shortNumber(n: number): string {
  return compact.format(n)
}

/** `1 key`, `12 keys` */
export function count(n: number, words: { one: string; other: string }): string {
  return `${numbers.format(n)} ${plurals.select(n) === 'one' ? words.one : words.other}`
}

/** A share from 0 to 1 as `98.2%`. */
export function share(part: number): string {
  return shares.format(part)
}

/** US dollars: `$12.40`, and below a cent as much as tells something: `$0.00031`. */
export function money(amount: number): string {
  return amount !== 0 && Math.abs(amount) < 0.01 ? smallDollars.format(amount) : dollars.format(amount)
}

/** A duration for a countdown: `3 days`, `1 h 5 min`, `4 min 12 s`, `9 s`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor((seconds % 3600) / 60)
  if (hours >= 48) return count(Math.floor(hours / 24), { one: 'day', other: 'days' })
  if (hours > 0) return `${hours} h ${minutes} min`
  if (minutes > 0) return `${minutes} min ${seconds % 60} s`
  return `${seconds} s`
}

/** How long something took: `840 ms`, `2.31 s`, `4 min 12 s`. */
export function took(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  return ms < 60_000 ? `${(ms / 1000).toFixed(2)} s` : duration(ms)
}

/** `just now`, `5 minutes ago`, `yesterday` */
export function ago(at: number, now: number): string {
  const seconds = (at - now) / 1000
  if (seconds > -60) return 'just now'
  if (seconds > -3600) return relative.format(Math.round(seconds / 60), 'minute')
  if (seconds > -86_400) return relative.format(Math.round(seconds / 3600), 'hour')
  return relative.format(Math.round(seconds / 86_400), 'day')
}

/** `Nov 26, 2026, 08:15:02`, in the reader's own time zone. */
export function moment(at: number): string {
  return moments.format(at)
}

/** `08:15:02` */
export function clock(at: number): string {
  return clocks.format(at)
}

/** A place on an axis of time, as exact as its span asks: `Nov 26`, `08:15`, `08:15:02`. */
export function tick(at: number, spanMs: number): string {
  if (spanMs > 3 * 86_400_000) return shortDays.format(at)
  return spanMs > 10 * 60_000 ? shortClocks.format(at) : clocks.format(at)
}

/** `08:15:02`, and where that was not today `Nov 25, 08:15:02`. */
export function recent(at: number, now: number): string {
  return days.format(at) === days.format(now)
    ? clocks.format(at)
    : `${shortDays.format(at)}, ${clocks.format(at)}`
}

/** `Nov 26, 2026` */
export function day(at: number): string {
  return days.format(at)
}
