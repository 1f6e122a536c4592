/**
 * What a month will come to: from what it is foretold, how sure that is said to be, and when
 * nothing is said at all.
 */
import { describe, expect, it } from 'vitest'
import type { Usage } from '../../dashboard/api.ts'
import { type Figure, forecastMonth, timeToGoBy } from '../../dashboard/state/forecast.ts'

/** Noon of the 20th day of a month of 30: ten and a half days are left. */
const now = Date.parse('2026-11-20T12:00:00Z')
const dayMs = 86_400_000

/** What was used on a day, counted back from today. */
function used(daysAgo: number, requests: number): Usage {
  return {
    at: new Date(Math.floor(now / dayMs) * dayMs - daysAgo * dayMs).toISOString(),
    group: null,
    requests,
    errors: 0,
    rescued: 0,
    inputTokens: requests * 100,
    outputTokens: requests * 10,
    cachedTokens: 0,
    reasoningTokens: 0,
    averageMs: 1,
    latency: null,
    cost: requests / 100,
    saved: 0,
  }
}

function days(count: number, each: (daysAgo: number) => number): Usage[] {
  return Array.from({ length: count }, (_, index) => used(index + 1, each(index + 1)))
}

function requestsOf(rows: readonly Usage[], at = now): Figure & { days: number } {
  const forecast = forecastMonth(rows, at)
  if (forecast.type !== 'forecast') throw new Error(`There is no forecast: ${forecast.type}.`)
  return { ...forecast.figures.requests, days: forecast.days }
}

describe('the forecast of a month', () => {
  it('goes on at the pace of the last two weeks, from what the month has had so far', () => {
    const forecast = forecastMonth([used(0, 5), ...days(19, () => 10)], now)
    expect(forecast).toEqual({
      type: 'forecast',
      days: 14,
      figures: {
        // 19 days of 10, 5 today, and ten and a half days to come.
        requests: { soFar: 195, expected: 300, low: 300, high: 300 },
        tokens: { soFar: 195 * 110, expected: 300 * 110, low: 300 * 110, high: 300 * 110 },
        cost: {
          soFar: expect.closeTo(1.95),
          expected: expect.closeTo(3),
          low: expect.closeTo(3),
          high: expect.closeTo(3),
        },
      },
    })
  })

  it('takes no part of what is older than its pace, nor of the day that is not over', () => {
    const steady = requestsOf(days(19, () => 10))
    const changed = requestsOf(days(19, (ago) => (ago > 14 ? 1000 : 10)))
    expect(changed.expected - changed.soFar).toBe(steady.expected - steady.soFar)
    expect(requestsOf([used(0, 500), ...days(19, () => 10)]).expected).toBe(steady.expected + 500)
  })

  it('goes by the month before where this one has only begun', () => {
    const first = Date.parse('2026-11-01T12:00:00Z')
    const rows = days(40, () => 10)
    const figure = requestsOf(
      rows.filter(({ at }) => Date.parse(at ?? '') < first),
      first,
    )
    expect(figure.soFar).toBe(10)
    expect(figure.expected).toBe(10 + 29.5 * 10)
    expect(timeToGoBy(first)).toEqual({ from: Date.parse('2026-10-18T00:00:00Z'), to: first })
    expect(timeToGoBy(now)).toEqual({ from: Date.parse('2026-11-01T00:00:00Z'), to: now })
  })

  it('goes by whole weeks, so that a weekend weighs as much as it does in the month', () => {
    const weekly = (daysAgo: number): number => (daysAgo % 7 < 2 ? 0 : 7)
    expect(requestsOf(days(13, weekly))).toMatchObject({ days: 7 })
    const { expected, soFar } = requestsOf(days(13, weekly))
    expect(expected - soFar).toBeCloseTo(10.5 * 5)
  })

  it('is less sure where days differ, and where there are few of them', () => {
    const width = ({ low, high }: Figure): number => high - low
    const uneven = (daysAgo: number): number => (daysAgo % 2 === 0 ? 0 : 20)
    expect(width(requestsOf(days(14, uneven)))).toBeGreaterThan(0)
    expect(width(requestsOf(days(4, uneven)))).toBeGreaterThan(width(requestsOf(days(14, uneven))))
  })

  it('holds what happens four times in five', () => {
    // Days drawn from one distribution, with a generator that gives the same each time.
    let state = 1
    const draw = (): number => {
      state = (state * 48_271) % 2_147_483_647
      return (state / 2_147_483_647) * 100
    }
    const months = 2000
    let within = 0
    for (let month = 0; month < months; month++) {
      const { low, high, soFar } = requestsOf(
        days(7, () => draw()),
        now - dayMs / 2,
      )
      const rest = Array.from({ length: 11 }, draw).reduce((sum, value) => sum + value, 0)
      if (soFar + rest >= low && soFar + rest <= high) within++
    }
    expect(within / months).toBeGreaterThan(0.77)
    expect(within / months).toBeLessThan(0.83)
  })

  it('never falls below what was used already', () => {
    const { low, soFar } = requestsOf(days(3, (ago) => (ago === 3 ? 300 : 0)))
    expect(low).toBe(soFar)
  })

  it('says nothing before there are three full days, and how many there are', () => {
    expect(forecastMonth([], now)).toEqual({ type: 'nothing' })
    expect(forecastMonth([used(3, 0)], now)).toEqual({ type: 'nothing' })
    expect(forecastMonth([used(0, 9)], now)).toEqual({ type: 'too-early', days: 0, needed: 3 })
    expect(forecastMonth([used(0, 9), used(2, 9)], now)).toEqual({ type: 'too-early', days: 2, needed: 3 })
    expect(forecastMonth([used(3, 9)], now)).toMatchObject({ type: 'forecast', days: 3 })
  })
})
