import { describe, expect, it } from 'vitest'
import { parseDuration, parseReset, parseRetryAfter, parseSentence } from '../../src/http/retry-after.ts'

const now = Date.UTC(2026, 10, 21, 9, 40)

describe('parseDuration', () => {
  it.each([
    ['12ms', 12],
    ['130ms', 130],
    ['1.5s', 1_500],
    ['17.379s', 17_379],
    ['48.939935699s', 48_939.935699],
    ['2m59.56s', 179_560],
    ['6m0s', 360_000],
    ['9m38.016s', 578_016],
    ['1h2m3s', 3_723_000],
    ['24h0m0s', 86_400_000],
    ['48s', 48_000],
    ['0s', 0],
    ['5631 seconds', 5_631_000],
    ['1 hour 5 minutes', 3_900_000],
    ['2 days', 172_800_000],
    ['1 minute and 30 seconds', 90_000],
    [' 3s ', 3_000],
  ])('reads %s', (text, ms) => expect(parseDuration(text)).toBeCloseTo(ms, 3))

  it.each(['', '12', 'soon', '5 apples', 's', '-3s', '1.2.3s', '2026-11-21', '3 months'])(
    'does not read "%s"',
    (text) => expect(parseDuration(text)).toBeUndefined(),
  )

  it('is not slow on a long text that is nearly a duration', () => {
    expect(parseDuration(`${'1s '.repeat(5_000)}!`)).toBeUndefined()
  })
})

describe('parseRetryAfter', () => {
  it('reads seconds, whole or not', () => {
    expect(parseRetryAfter('7', now)).toBe(now + 7_000)
    expect(parseRetryAfter('0.5', now)).toBe(now + 500)
    expect(parseRetryAfter('0', now)).toBe(now)
  })

  it('reads an HTTP date', () => {
    expect(parseRetryAfter('Sat, 21 Nov 2026 10:00:00 GMT', now)).toBe(now + 20 * 60_000)
  })

  it.each(['', 'soon', '-5', 'NaN', '1 in 7'])('does not read "%s"', (value) =>
    expect(parseRetryAfter(value, now)).toBeUndefined(),
  )
})

describe('parseReset', () => {
  it.each([
    ['17.379s', now + 17_379],
    ['6m0s', now + 360_000],
    ['60', now + 60_000],
    ['43200.5', now + 43_200_500],
    ['2026-11-21T10:00:00Z', now + 20 * 60_000],
    ['2026-11-21T11:00:00+01:00', now + 20 * 60_000],
    ['Sat, 21 Nov 2026 10:00:00 GMT', now + 20 * 60_000],
    ['1788825600', 1_788_825_600_000],
    ['1788825600000', 1_788_825_600_000],
  ])('reads %s', (value, at) => expect(parseReset(value, now)).toBeCloseTo(at, 3))

  it('does not read what is none of these', () => expect(parseReset('tomorrow 5', now)).toBeUndefined())
})

describe('parseSentence', () => {
  it.each([
    ['Limit 100000, Used 97050. Please try again in 9m38.016s. Need more tokens? Upgrade', 578_016],
    ['Limit 60, Requested 1. Please try again in 20ms.', 20],
    ['Quota exceeded, limit: 1000000, model: gemini-2.5-flash\nPlease retry in 48.5s.', 48_500],
    ['Rate limit of 50 per 86400s exceeded. Please wait 5631 seconds before retrying.', 5_631_000],
    ['Retry after 30 seconds', 30_000],
    ['Please retry after 1 minute and 5 seconds, thank you.', 65_000],
    ['It is available again in 2 hours.', 7_200_000],
  ])('reads "%s"', (text, ms) => expect(parseSentence(text, now)).toBeCloseTo(now + ms, 3))

  it.each([
    ['You will regain access on 2026-12-01 at 00:00 UTC.', Date.UTC(2026, 11, 1)],
    ['Your quota is used up until 2026-11-22T08:00:00Z', Date.UTC(2026, 10, 22, 8)],
    ['The limit resets on 2026-12-01', Date.UTC(2026, 11, 1)],
  ])('reads the date in "%s"', (text, at) => expect(parseSentence(text, now)).toBe(at))

  it.each([
    'Rate limit of 50 per 86400s exceeded.',
    'The request took 20 seconds.',
    'Please try again later.',
    'Please try again in a moment.',
    'This model was retired on 2026-06-01.',
  ])('finds no time in "%s"', (text) => expect(parseSentence(text, now)).toBeUndefined())
})
