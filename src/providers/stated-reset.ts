/**
 * When a provider says that a limit ends, read from wherever it says so, and how long the limit
 * lasts. Pure.
 */
import { periods } from '../domain/limits.ts'
import type { Complaint } from '../chat/events.ts'
import { isJsonObject, type Json } from '../chat/json.ts'
import type { Fault } from '../errors.ts'
import {
  parseDuration,
  parseReset,
  parseRetryAfter,
  parseSentence,
  readSenderClock,
} from '../http/retry-after.ts'
import { furthestResetMs, withinPeriod } from './calendar.ts'
import { googleDetails, lookUp, lookUpText } from './error-object.ts'

/** Headers of an answer: names in lower case, in the order they came. */
export type HeaderList = readonly (readonly [name: string, value: string])[]

/** A failed answer, as far as it states times. */
export interface StatedTimes {
  status: number
  headers: HeaderList
  /** In the provider's own words: a time that the client wrote must not be among them. */
  complaint: Complaint
  /** How long the limit lasts that was hit, where that is known. */
  period: Fault['period']
  /** How far away a time may be that only a sentence states, where no period is known. */
  longestMs: number
}

/**
 * The first believable statement, from the most to the least exact. It lies within its period.
 * Dates are read by the clock of the provider, which its header `Date` shows, and the result is by
 * ours.
 */
export function statedReset(times: StatedTimes, now: number): number | undefined {
  const { status, headers, complaint, period, longestMs } = times
  const sentAt = readSenderClock(headers.find(([name]) => name === 'date')?.[1], now)
  const believable = (at: number | undefined): at is number =>
    at !== undefined && at > sentAt && at <= sentAt + furthestResetMs
  const stated = [
    ...(readsRetryAfter(status) ? retryAfterTimes(headers, sentAt) : []),
    ...bodyTimes(complaint, sentAt, period === undefined ? longestMs : Infinity),
    resetOfExhausted([...headers, ...headersInBody(complaint)], sentAt),
  ].find(believable)
  return stated === undefined ? undefined : withinPeriod(stated + now - sentAt, period, now)
}

/** How long the limit lasts that was hit, as far as names and words tell. */
export function statedPeriod(headers: HeaderList, complaint: Complaint): Fault['period'] {
  const { quotaIds } = googleDetails(complaint)
  const limitType = headers.find(([name]) => name === 'x-ratelimit-type')?.[1]
  const words = [complaint.message, limitType, ...quotaIds].join(' ')
  // The longest one counts: while the day's quota is used up, the next minute brings nothing.
  if (/(?:per|by|\/) ?-?_?month|monthly/i.test(words)) return 'month'
  if (/(?:per|by|\/) ?-?_?week|weekly|\b7[- ]days? (?:usage |rate )?limit/i.test(words)) return '7d'
  if (/(?:per|by|\/) ?-?_?day|daily|\b[RT]PD\b|86400 ?s/i.test(words)) return 'day'
  if (/\b(?:5|five)[- ]?h(?:ours?)? (?:usage |rate |session )?limit|\bsession (?:usage )?limit/i.test(words))
    return '5h'
  if (/(?:per|by|\/) ?-?_?hour|hourly|\b[RT]PH\b/i.test(words)) return 'hour'
  if (/(?:per|by|\/) ?-?_?min(?:ute)?|\b[RT]PM\b|\b60 ?s\b/i.test(words)) return 'minute'
  return periodOfExhausted(headers)
}

/**
 * On a 200 it means nothing, though Anthropic and others send it there. 402: OpenRouter's budget of
 * calls in flight.
 */
function readsRetryAfter(status: number): boolean {
  return status === 402 || status === 408 || status === 409 || status === 429 || status >= 500
}

function retryAfterTimes(headers: HeaderList, now: number): (number | undefined)[] {
  const value = (name: string) => headers.find(([header]) => header === name)?.[1]
  const inMs = Number(value('retry-after-ms') ?? Number.NaN)
  const retryAfter = value('retry-after')
  return [
    Number.isNaN(inMs) ? undefined : now + inMs,
    retryAfter === undefined ? undefined : parseRetryAfter(retryAfter, now),
  ]
}

/** @param longestMs how far away a sentence may put it. */
function bodyTimes(complaint: Complaint, now: number, longestMs: number): (number | undefined)[] {
  const { quotaIds, retryDelay } = googleDetails(complaint)
  // Google states half a minute for a quota of the day as well; the calendar knows better.
  if (quotaIds.some((id) => id.includes('PerDay'))) return []
  const delayMs = retryDelay === undefined ? undefined : parseDuration(retryDelay)
  const seconds =
    lookUpText(complaint, 'retry_after') ??
    lookUpText(complaint, 'retry_after_seconds') ??
    // Codex's back end, for a subscription: https://github.com/openai/codex
    lookUpText(complaint, 'resets_in_seconds') ??
    lookUpText(complaint, 'metadata', 'retry_after_seconds')
  const resetsAt = lookUpText(complaint, 'resets_at')
  const said = parseSentence(complaint.message, now)
  return [
    // The sentence has fractions of a second where the detail has none.
    said === undefined ? undefined : Math.min(said, now + longestMs),
    delayMs === undefined ? undefined : now + delayMs,
    seconds === undefined ? undefined : parseRetryAfter(seconds, now),
    resetsAt === undefined ? undefined : parseReset(resetsAt, now),
  ]
}

/**
 * The reset of the limits that have nothing left, the latest of them. Limits with something left
 * did not refuse.
 */
function resetOfExhausted(headers: HeaderList, now: number): number | undefined {
  const times = exhausted(headers).flatMap((name) => {
    const reset = headers.find(([header]) => header === name.replace('remaining', 'reset'))?.[1]
    return (reset === undefined ? undefined : parseReset(reset, now)) ?? []
  })
  return times.length > 0 ? Math.max(...times) : undefined
}

/** Mistral and Cerebras put the period into the name: `x-ratelimit-remaining-tokens-month`. */
function periodOfExhausted(headers: HeaderList): Fault['period'] {
  const names = exhausted(headers)
  return periods.findLast((period) => names.some((name) => name.split('-').includes(period)))
}

function exhausted(headers: HeaderList): string[] {
  return headers
    .filter(([name, value]) => name.includes('ratelimit') && name.includes('remaining') && Number(value) <= 0)
    .map(([name]) => name)
}

/** OpenRouter puts its rate limit headers into the error. */
export function headersInBody(complaint: Complaint): HeaderList {
  const headers = lookUp(complaint, 'metadata', 'headers')
  if (!isJsonObject(headers)) return []
  return Object.entries(headers).map(([name, value]) => [name.toLowerCase(), textOf(value)])
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
