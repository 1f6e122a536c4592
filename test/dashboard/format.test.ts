/** What the dashboard writes of figures and times is what `Intl` writes in English. */
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  ago,
  beginning,
  clock,
  count,
  day,
  moment,
  money,
  number,
  recent,
  share,
  shortNumber,
  tick,
  zone,
} from '../../dashboard/format.ts'

const wholes = fc.oneof(fc.integer({ min: 0, max: 2_000 }), fc.integer({ min: 0, max: 10 ** 14 }))
/** From 1990 to 2090, to the millisecond. */
const times = fc.integer({ min: 631_152_000_000, max: 3_786_912_000_000 })
const minute = 60_000
const hour = 60 * minute
const dayMs = 24 * hour

function agrees<Value>(
  values: fc.Arbitrary<Value>,
  ours: (value: Value) => string,
  intl: (value: Value) => string,
) {
  fc.assert(
    fc.property(values, (value) => {
      expect(ours(value)).toBe(intl(value))
    }),
    { numRuns: 2_000 },
  )
}

describe('figures', () => {
  it('groups whole numbers', () => {
    const intl = new Intl.NumberFormat('en')
    agrees(wholes, number, (n) => intl.format(n))
  })

  it('keeps three decimals at most', () => {
    expect([0.5, 12.25, 1234.5678, 100, 0, -4321.1].map(number)).toEqual([
      '0.5',
      '12.25',
      '1,234.568',
      '100',
      '0',
      '-4,321.1',
    ])
  })

  it('shortens large numbers', () => {
    const intl = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
    agrees(wholes, shortNumber, (n) => intl.format(n))
    for (const edge of [999, 1_000, 999_949, 999_950, 999_949_999, 999_950_000, 10 ** 12])
      expect(shortNumber(edge)).toBe(intl.format(edge))
  })

  it('writes one thing and several', () => {
    const words = { one: 'key', other: 'keys' }
    expect([0, 1, 2, 1_000].map((n) => count(n, words))).toEqual(['0 keys', '1 key', '2 keys', '1,000 keys'])
  })

  it('writes shares in tenths of a percent', () => {
    const intl = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 })
    agrees(
      fc.integer({ min: 0, max: 1_000 }),
      (n) => share(n / 1_000),
      (n) => intl.format(n / 1_000),
    )
  })

  it('writes money to the cent', () => {
    const intl = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD' })
    agrees(
      fc.integer({ min: -(10 ** 9), max: 10 ** 9 }),
      (cents) => money(cents / 100),
      (cents) => (cents === 0 ? '$0' : intl.format(cents / 100)),
    )
  })

  it('writes two digits of what is less than a cent', () => {
    const intl = new Intl.NumberFormat('en', {
      style: 'currency',
      currency: 'USD',
      maximumSignificantDigits: 2,
    })
    const digits = fc.tuple(fc.integer({ min: 10, max: 99 }), fc.integer({ min: 4, max: 12 }))
    const amountOf = ([head, places]: [number, number]): number => Number(`${head}e-${places}`)
    agrees(
      digits,
      (parts) => money(amountOf(parts)),
      (parts) => intl.format(amountOf(parts)),
    )
    expect([0, 0.00999, -0.0042].map(money)).toEqual(['$0', '$0.01', '-$0.0042'])
  })
})

describe('times', () => {
  afterEach(() => vi.restoreAllMocks())

  it('writes a day, a time of day, and both', () => {
    const days = new Intl.DateTimeFormat('en', { dateStyle: 'medium' })
    const clocks = new Intl.DateTimeFormat('en', {
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
    })
    agrees(times, day, (at) => days.format(at))
    agrees(times, clock, (at) => clocks.format(at))
    agrees(times, moment, (at) => {
      const offset = -new Date(at).getTimezoneOffset()
      return `${days.format(at)}, ${clocks.format(at)} ${zone(offset)}`
    })
    expect([0, 60, -210, 345].map(zone)).toEqual(['UTC', 'GMT+1', 'GMT-3:30', 'GMT+5:45'])
  })

  it('calls a day of UTC by its date there, wherever a reader is', () => {
    // In California it is still the day before.
    vi.spyOn(Date.prototype, 'getDate').mockReturnValue(25)
    const at = Date.UTC(2026, 10, 26)
    expect(beginning(at, dayMs)).toBe('Nov 26, 2026 UTC')
    expect(tick(at, 7 * dayMs, dayMs)).toBe('Nov 26')
    expect(tick(at, 7 * dayMs, hour)).toBe('Nov 25')
  })

  it('writes a place on an axis as exactly as its span asks', () => {
    const shortDays = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric' })
    const shortClocks = new Intl.DateTimeFormat('en', {
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
    agrees(
      times,
      (at) => tick(at, 7 * dayMs),
      (at) => shortDays.format(at),
    )
    agrees(
      times,
      (at) => tick(at, dayMs),
      (at) => shortClocks.format(at),
    )
    agrees(times, (at) => tick(at, minute), clock)
  })

  it('says the day of a time that was not today', () => {
    const now = new Date(2026, 10, 26, 8, 15, 2).getTime()
    expect(recent(now, now)).toBe('08:15:02')
    expect(recent(now - dayMs, now)).toBe('Nov 25, 08:15:02')
  })

  it('says how long ago something was', () => {
    const intl = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
    const now = Date.UTC(2026, 10, 26)
    expect(ago(now - 59_000, now)).toBe('just now')
    for (let n = 1; n < 60; n++) expect(ago(now - n * minute, now)).toBe(`${n} min ago`)
    for (let n = 1; n < 24; n++) expect(ago(now - n * hour, now)).toBe(`${n} h ago`)
    for (let n = 1; n < 1_500; n++) expect(ago(now - n * dayMs, now)).toBe(intl.format(-n, 'day'))
  })
})
