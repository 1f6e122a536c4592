/**
 * The ways in which providers state when to come back. Pure: text and the time now in, milliseconds
 * out. `Retry-After`: RFC 9110, 10.2.3. The rest is what vendors made up; each form is named where
 * it is read.
 */
import { dayMs, hourMs, minuteMs } from '../domain/time.ts'
import { withoutTrailing } from './trim-end.ts'

const unitsMs = { ms: 1, s: 1_000, m: minuteMs, h: hourMs, d: dayMs } as const
type Unit = keyof typeof unitsMs

const amount = String.raw`(\d+(?:\.\d+)?)\s*(ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)(?![a-z])`
const wholeDuration = new RegExp(String.raw`^(?:${amount}[\s,]*(?:and\s+)?)+$`, 'i')

/**
 * A number below this is a count of seconds; one above it is a date, since 10^9 seconds are 31
 * years.
 */
const smallestUnixSeconds = 1e9
const smallestUnixMs = 1e11

/**
 * A duration in milliseconds: Go's form (`12ms`, `2m59.56s`, `1h2m3s`: OpenAI, Groq), protobuf's
 * (`48.9s`: Gemini) and words (`5631 seconds`, `1 hour 5 minutes`: GitHub). Undefined for anything
 * else, a bare number included.
 */
export function parseDuration(value: string): number | undefined {
  const text = value.trim()
  if (!wholeDuration.test(text)) return undefined
  let totalMs = 0
  for (const [, count, unit] of text.matchAll(new RegExp(amount, 'gi'))) {
    totalMs += Number(count) * unitsMs[shortUnit(unit ?? '')]
  }
  return totalMs
}

/**
 * When `Retry-After` allows another call: seconds (fractions too, which some send) or an HTTP date.
 */
export function parseRetryAfter(value: string, now: number): number | undefined {
  const text = value.trim()
  if (isNumber(text)) return now + Number(text) * 1_000
  return parseDate(text)
}

/**
 * Below this a difference of clocks is the rounding of a date to seconds, and the way of the
 * answer.
 */
const smallestSkewMs = 2_000

/**
 * Returns what the clock of a sender showed when it answered: the dates that it states are by that
 * clock.
 *
 * @param date its header `Date` (RFC 9110, 6.6.1).
 * @returns milliseconds since the epoch; `now` where there is no readable date, or both clocks
 *   agree.
 */
export function readSenderClock(date: string | undefined, now: number): number {
  const at = date === undefined ? undefined : parseDate(date.trim())
  return at === undefined || Math.abs(at - now) < smallestSkewMs ? now : at
}

/**
 * When a limit resets, in milliseconds since the epoch, from any form of a reset header: a
 * duration, RFC 3339 (Anthropic), an HTTP date, seconds from now (Azure, Together, Cerebras), Unix
 * seconds, or Unix milliseconds (OpenRouter).
 */
export function parseReset(value: string, now: number): number | undefined {
  const text = value.trim()
  if (isNumber(text)) {
    const number = Number(text)
    if (number >= smallestUnixMs) return number
    return number >= smallestUnixSeconds ? number * 1_000 : now + number * 1_000
  }
  const durationMs = parseDuration(text)
  return durationMs === undefined ? parseDate(text) : now + durationMs
}

const sentence = new RegExp(
  String.raw`\b(?:try(?:ing)? again|retry(?:ing)?|wait(?:ing)?|resets?|available(?: again)?)\b(?: (?:in|after|for))?(?: about)? ((?:${amount}[\s,]*(?:and )?)+)`,
  'i',
)
const untilDate =
  /\b(?:until|after|access on|resets? (?:at|on)|available (?:at|on|again on))\s+(\d{4}-\d{2}-\d{2})(?:(?:T|,? at |\s)(\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?/i

/** Zhipu, Moonshot and relays say it so; a date without a zone is Beijing's. */
const chineseDate =
  /(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}(?::\d{2})?) ?(?:之?后|時|时)?(?:自动)?(?:重置|恢复|刷新|解除)/
const chineseDuration = /(\d{1,9}(?:\.\d{1,9})?) ?(秒|分钟?|小时|天) ?(?:之后|以后|后)/
const chineseUnits: Readonly<Record<string, number>> = {
  秒: 1_000,
  分: minuteMs,
  分钟: minuteMs,
  小时: hourMs,
  天: dayMs,
}

function parseChinese(text: string, now: number): number | undefined {
  const [, date, time] = chineseDate.exec(text) ?? []
  if (date !== undefined) return parseDate(`${date}T${time ?? '00:00'}+08:00`)
  const [, count, unit = ''] = chineseDuration.exec(text) ?? []
  return count === undefined ? undefined : now + Number(count) * (chineseUnits[unit] ?? 0)
}

/**
 * When a sentence says to come back: "Please try again in 9m38.016s" (Groq, OpenAI), "Please retry
 * in 48.93s" (Gemini), "Please wait 5631 seconds" (GitHub), "You will regain access on 2026-12-01
 * at 00:00 UTC" (Anthropic). A date without a zone is UTC. Chinese sentences are read, too.
 */
export function parseSentence(text: string, now: number): number | undefined {
  const duration = parseDuration(withoutConjunction(sentence.exec(text)?.[1] ?? ''))
  if (duration !== undefined) return now + duration
  const [, date, time = '00:00', zone = 'Z'] = untilDate.exec(text) ?? []
  return date === undefined
    ? parseChinese(text, now)
    : parseDate(`${date}T${time}${/^(utc|gmt|z)$/i.test(zone) ? 'Z' : zone}`)
}

/** "5 minutes, and ": the words that would have joined another duration are taken off. */
function withoutConjunction(text: string): string {
  const bare = text.trimEnd()
  const phrase = /\band$/i.test(bare.slice(-4)) ? bare.slice(0, -3).trimEnd() : bare
  return withoutTrailing(phrase, ',').trimEnd()
}

function shortUnit(word: string): Unit {
  const lower = word.toLowerCase()
  if (lower.startsWith('ms') || lower.startsWith('milli')) return 'ms'
  switch (lower[0]) {
    case 'd':
      return 'd'
    case 'h':
      return 'h'
    case 'm':
      return 'm'
    default:
      return 's'
  }
}

function isNumber(text: string): boolean {
  return /^\d+(?:\.\d+)?$/.test(text)
}

/**
 * Only texts that begin like RFC 3339 or an HTTP date: `Date.parse` makes a date of nearly anything
 * that holds a number.
 */
function parseDate(text: string): number | undefined {
  if (!/^(?:\d{4}-\d{2}-\d{2}|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*, )/i.test(text)) return undefined
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : at
}
