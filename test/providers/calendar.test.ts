import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { knownReset, spanAround } from '../../src/providers/calendar.ts'

const hourMs = 3_600_000

describe('spanAround', () => {
  it('finds the Pacific day, of 24 hours', () => {
    const summer = spanAround(Date.parse('2026-07-01T06:59:59.999Z'), 'day', 'pacific')
    expect(summer).toEqual({
      startsAt: Date.parse('2026-06-30T00:00:00-07:00'),
      endsAt: Date.parse('2026-07-01T00:00:00-07:00'),
    })
    const winter = spanAround(Date.parse('2026-12-01T08:00:00Z'), 'day', 'pacific')
    expect(winter.startsAt).toBe(Date.parse('2026-12-01T00:00:00-08:00'))
  })

  it.each([
    ['2026-03-08T01:30:00-08:00', 23],
    ['2026-03-08T23:30:00-07:00', 23],
    ['2026-11-01T00:30:00-07:00', 25],
    ['2026-11-01T01:30:00-08:00', 25],
    ['2026-11-02T12:00:00-08:00', 24],
  ])('gives the Pacific day around %s its %i hours', (time, hours) => {
    const { startsAt, endsAt } = spanAround(Date.parse(time), 'day', 'pacific')
    expect((endsAt - startsAt) / hourMs).toBe(hours)
  })

  it('begins Pacific months at midnight there, whatever the hour was', () => {
    const november = spanAround(Date.parse('2026-11-20T00:00:00Z'), 'month', 'pacific')
    expect(november).toEqual({
      startsAt: Date.parse('2026-11-01T00:00:00-07:00'),
      endsAt: Date.parse('2026-12-01T00:00:00-08:00'),
    })
  })

  it('finds UTC days and months, also over the end of a year', () => {
    const at = Date.UTC(2026, 11, 31, 23, 59)
    expect(spanAround(at, 'day', 'utc')).toEqual({
      startsAt: Date.UTC(2026, 11, 31),
      endsAt: Date.UTC(2027, 0, 1),
    })
    expect(spanAround(at, 'month', 'utc')).toEqual({
      startsAt: Date.UTC(2026, 11, 1),
      endsAt: Date.UTC(2027, 0, 1),
    })
    expect(spanAround(at, 'hour', 'utc').startsAt).toBe(Date.UTC(2026, 11, 31, 23))
    expect(spanAround(at, 'minute', 'pacific').endsAt).toBe(Date.UTC(2027, 0, 1))
  })

  it('covers all time with spans that touch', () => {
    const times = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2040, 0) })
    const pers = fc.constantFrom('minute' as const, 'hour' as const, 'day' as const, 'month' as const)
    fc.assert(
      fc.property(times, pers, fc.constantFrom('utc' as const, 'pacific' as const), (at, per, zone) => {
        const span = spanAround(at, per, zone)
        expect(span.startsAt).toBeLessThanOrEqual(at)
        expect(span.endsAt).toBeGreaterThan(at)
        expect(spanAround(span.endsAt, per, zone).startsAt).toBe(span.endsAt)
        expect(spanAround(span.endsAt - 1, per, zone)).toEqual(span)
      }),
    )
  })
})

describe('the end of a quota', () => {
  it('is known from the provider’s calendar where it has one', () => {
    const now = Date.UTC(2026, 10, 21, 12)
    expect(knownReset('day', { day: 'pacific' }, now)).toBe(Date.parse('2026-11-22T00:00:00-08:00'))
    expect(knownReset('month', { month: 'utc' }, now)).toBe(Date.UTC(2026, 11, 1))
    expect(knownReset('day', { day: 'refill' }, now)).toBeUndefined()
    expect(knownReset('day', {}, now)).toBeUndefined()
    expect(knownReset('minute', { day: 'utc' }, now)).toBeUndefined()
    expect(knownReset(undefined, { day: 'utc' }, now)).toBeUndefined()
  })
})
