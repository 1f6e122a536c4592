import { describe, expect, it } from 'vitest'
import { periods, tokenUnits, units } from '../../../src/domain/limits.ts'
import { validationError } from '../../../src/http/validation.ts'
import { CapLimit, KeyLimit } from '../../../src/api/schemas/limit.ts'

const usual = { unit: 'requests', per: 'day', limit: 5 }

/** What is wrong with a limit, in the words that a client is sent; undefined where it is right. */
function problemOf(schema: typeof KeyLimit | typeof CapLimit, change: object): string | undefined {
  const { error } = schema.safeParse({ ...usual, ...change })
  return error && validationError(error, 'limits[0]').message
}

describe('a limit that is entered', () => {
  it.each(periods)('may be of any unit per %s', (per) => {
    for (const unit of units) expect(problemOf(KeyLimit, { unit, per })).toBeUndefined()
    for (const unit of tokenUnits) expect(problemOf(CapLimit, { unit, per })).toBeUndefined()
  })

  it.each([
    [{ limit: 1.5 }, '`limits[0].limit` must be a whole number.'],
    [{ limit: 0 }, '`limits[0].limit` must be at least 1.'],
    [{ unit: 'money', limit: 0 }, '`limits[0].limit` must be from 0.000001 to 1000000 US dollars.'],
    [{ unit: 'percent', limit: 101 }, '`limits[0].limit` must be at most 100.'],
    [
      { per: '5h', resets: 'utc' },
      '`limits[0].resets` cannot be "utc" for 5 hours, which no calendar has: use "first-use", "sliding" or "refill".',
    ],
    [
      { per: 'week' },
      '`limits[0].per` must be one of "second", "minute", "hour", "5h", "day", "7d" or "month".',
    ],
  ])('says what is wrong with %j', (change, problem) => {
    expect(problemOf(KeyLimit, change)).toBe(problem)
  })

  it.each([
    ['money', '`limits[0].unit` cannot be "money" here: set a "budget" instead.'],
    ['percent', '`limits[0].unit` cannot be "percent" here: a plan is a provider’s, so limit it on the key.'],
  ])('of a token is not of %s', (unit, problem) => {
    expect(problemOf(CapLimit, { unit })).toBe(problem)
    expect(problemOf(KeyLimit, { unit })).toBeUndefined()
  })

  it.each([{ toString: 1, valueOf: 1 }, 'toString', null])('has no unit %j', (unit) => {
    expect(problemOf(CapLimit, { unit })).toMatch(/^`limits\[0\]\.unit` must be one of "requests",/)
  })

  it('has fractions where it is money', () => {
    expect(problemOf(KeyLimit, { unit: 'money', limit: 0.25 })).toBeUndefined()
  })
})
