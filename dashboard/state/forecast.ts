/**
 * Forecasts a calendar month from the last full days. Pure. Times are milliseconds since the epoch;
 * days and months are in UTC, as the hub counts.
 */
import { dayMs } from '../../src/domain/time.ts'
import type { Usage } from '../api.ts'

/** What is foretold. */
export const foretold = ['requests', 'tokens', 'cost'] as const
export type Foretold = (typeof foretold)[number]

export interface Figure {
  soFar: number
  expected: number
  /**
   * The month ends between these four times in five, if its days differ from one another as those
   * before them did.
   */
  low: number
  high: number
}

export type Forecast =
  | {
      type: 'forecast'
      /** How many full days the pace was taken from. */
      days: number
      figures: Record<Foretold, Figure>
    }
  /** Nothing was used yet. */
  | { type: 'nothing' }
  /** There are fewer full days to go by than it takes. */
  | { type: 'too-early'; days: number; needed: number }

/**
 * How many full days are looked at, at most: two weeks, which have each weekday twice. From one
 * week on it is whole weeks, so that a weekend weighs as much as it does in the month.
 */
const daysLookedAt = [14, 7, 6, 5, 4, 3] as const
const fewestDays = 3

/**
 * The quantile 0.9 of Student's t-distribution with one degree of freedom less than days. With
 * fewer days, the range is wider.
 */
const quantiles: Record<(typeof daysLookedAt)[number], number> = {
  14: 1.35,
  7: 1.44,
  6: 1.476,
  5: 1.533,
  4: 1.638,
  3: 1.886,
}

/** The time whose days are asked for: this month and as much before it as a pace is taken from. */
export function timeToGoBy(now: number): { from: number; to: number } {
  const today = Math.floor(now / dayMs) * dayMs
  return { from: Math.min(beginningOfMonth(now), today - daysLookedAt[0] * dayMs), to: now }
}

/** @param rows by the day, of the time to go by. */
export function forecastMonth(rows: readonly Usage[], now: number): Forecast {
  const used = rows.flatMap((row) => (row.at === null || row.requests === 0 ? [] : [Date.parse(row.at)]))
  if (used.length === 0) return { type: 'nothing' }
  const today = Math.floor(now / dayMs) * dayMs
  // Before the first request there was nothing to take a pace from.
  const known = (today - Math.min(...used)) / dayMs
  const days = daysLookedAt.find((most) => known >= most)
  if (days === undefined) return { type: 'too-early', days: Math.max(0, known), needed: fewestDays }
  const endsAt = endOfMonth(now)
  const figureOf = (read: (row: Usage) => number): Figure => {
    const sumFrom = (from: number, to: number): number =>
      rows.reduce((sum, row) => (isWithin(row, from, to) ? sum + read(row) : sum), 0)
    const each = Array.from({ length: days }, (_, day) => {
      const from = today - (day + 1) * dayMs
      return sumFrom(from, from + dayMs)
    })
    return project(sumFrom(beginningOfMonth(now), endsAt), each, (endsAt - now) / dayMs, quantiles[days])
  }
  return {
    type: 'forecast',
    days,
    figures: {
      requests: figureOf(({ requests }) => requests),
      tokens: figureOf(({ inputTokens, outputTokens }) => (inputTokens ?? 0) + (outputTokens ?? 0)),
      cost: figureOf(({ cost }) => cost ?? 0),
    },
  }
}

/**
 * A prediction interval for the sum of the days that are left, as if they were drawn from where the
 * days before came from: https://en.wikipedia.org/wiki/Prediction_interval. That days next to each
 * other are alike is not accounted for.
 */
function project(soFar: number, each: readonly number[], left: number, quantile: number): Figure {
  const mean = each.reduce((sum, value) => sum + value, 0) / each.length
  const variance = each.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (each.length - 1)
  const spread = quantile * Math.sqrt(variance * left * (1 + left / each.length))
  const rest = mean * left
  return {
    soFar,
    expected: soFar + rest,
    // What was used is not given back.
    low: soFar + Math.max(0, rest - spread),
    high: soFar + rest + spread,
  }
}

function isWithin({ at }: Usage, from: number, to: number): boolean {
  const began = at === null ? Number.NaN : Date.parse(at)
  return began >= from && began < to
}

function beginningOfMonth(now: number): number {
  const date = new Date(now)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth())
}

function endOfMonth(now: number): number {
  const date = new Date(now)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1)
}
