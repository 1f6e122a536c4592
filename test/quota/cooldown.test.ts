import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Fault } from '../../src/errors.ts'
import {
  circuitAfter,
  circuitAfterSuccess,
  isForgotten,
  type Rest,
  restAfter,
  restAfterSuccess,
} from '../../src/quota/cooldown.ts'
import { makeFault } from './fixtures.ts'

const start = Date.UTC(2026, 10, 21, 12)

/** Fails again as soon as each rest is over, and tells how long each rest was, in seconds. */
function restsOf(after: typeof restAfter, fault: Fault, times: number): number[] {
  let rest: Rest | undefined
  let now = start
  return Array.from({ length: times }, () => {
    now = Math.max(now, rest?.until ?? 0) + 1
    rest = after(rest, fault, now, now)
    return (rest.until - now) / 1000
  })
}

describe('the rest of an account or a model', () => {
  it('lasts until the stated time, to the millisecond', () => {
    expect(restAfter(undefined, makeFault({ retryAt: start + 7_123 }), start, start).until).toBe(
      start + 7_123,
    )
  })

  it('is short at first and longer with each failure where nothing is stated', () => {
    expect(restsOf(restAfter, makeFault(), 7)).toEqual([2, 5, 15, 30, 60, 60, 60])
  })

  it('is 300 seconds for a quota like a day’s that states no reset', () => {
    expect(restsOf(restAfter, makeFault({ period: 'day' }), 2)).toEqual([300, 300])
    expect(restsOf(restAfter, makeFault({ period: 'month' }), 1)).toEqual([300])
    expect(restsOf(restAfter, makeFault({ period: 'minute' }), 1)).toEqual([2])
  })

  it.each(['no-credit', 'spend-limit', 'suspended', 'no-such-model', 'not-in-tier'])(
    'is 300 seconds for %s, which no minute mends',
    (verdict) => expect(restsOf(restAfter, makeFault({ verdict }), 1)).toEqual([300]),
  )

  it('does not take a time that has passed for a statement', () => {
    expect(restAfter(undefined, makeFault({ retryAt: start }), start, start).until).toBe(start + 2_000)
  })

  it('does not grow by calls that were under way when it began', () => {
    const first = restAfter(undefined, makeFault(), start, start + 100)
    const second = restAfter(first, makeFault(), start + 50, start + 200)
    expect(second.failures).toBe(1)
    expect(second.until).toBe(start + 2_200)
  })

  it('keeps the reason of the deadline that decides', () => {
    const daily = restAfter(
      undefined,
      makeFault({ verdict: 'daily-quota', retryAt: start + 60_000 }),
      start,
      start,
    )
    const both = restAfter(daily, makeFault({ verdict: 'rate-limited' }), start, start + 10)
    expect(both).toMatchObject({ verdict: 'daily-quota', until: start + 60_000, since: start })
  })

  it('starts from the first failure again after a success, and only one that began after it', () => {
    const rest = restAfter(undefined, makeFault(), start, start)
    expect(restAfterSuccess(rest, start - 1, start + 10)).toBe(rest)
    expect(restAfterSuccess(rest, start + 1, start + 10)).toEqual({ ...rest, failures: 0 })
    expect(restAfterSuccess(rest, start + 3_000, start + 4_000)).toBeUndefined()
  })
})

describe('the circuit of a provider and model', () => {
  const overloaded = makeFault({ blame: 'provider', verdict: 'overloaded', status: 503 })

  it('opens at the third failure in a row, for longer each time', () => {
    expect(restsOf(circuitAfter, overloaded, 8).map((seconds) => Math.max(0, seconds))).toEqual([
      0, 0, 5, 10, 20, 40, 60, 60,
    ])
  })

  it('stays open until the stated time', () => {
    let circuit: Rest | undefined
    for (let i = 0; i < 3; i++)
      circuit = circuitAfter(circuit, { ...overloaded, retryAt: start + 90_000 }, start, start)
    expect(circuit?.until).toBe(start + 90_000)
  })

  it('is whole after a success', () => {
    const twice = circuitAfter(circuitAfter(undefined, overloaded, start, start), overloaded, start, start)
    expect(circuitAfterSuccess(twice, start)).toBeUndefined()
  })

  it('is not opened wider by calls that were under way', () => {
    let circuit: Rest | undefined
    for (let i = 0; i < 20; i++) circuit = circuitAfter(circuit, overloaded, start, start + 1)
    expect(circuit).toMatchObject({ failures: 3, until: start + 5_001 })
  })
})

describe('deadlines', () => {
  it('are never shortened', () => {
    const events = fc.array(
      fc.record({
        after: fc.constantFrom(restAfter, circuitAfter),
        succeeds: fc.boolean(),
        pause: fc.nat(100_000),
        tookMs: fc.nat(50_000),
        statedMs: fc.option(fc.integer({ min: -10_000, max: 1_000_000 })),
        period: fc.option(fc.constantFrom('minute' as const, 'day' as const)),
      }),
    )
    fc.assert(
      fc.property(events, (list) => {
        let rest: Rest | undefined
        let now = start
        for (const { after, succeeds, pause, tookMs, statedMs, period } of list) {
          now += pause
          const before = rest?.until ?? 0
          if (succeeds) {
            rest &&= restAfterSuccess(rest, now - tookMs, now)
          } else {
            const fault = makeFault({
              ...(statedMs !== null && { retryAt: now + statedMs }),
              ...(period !== null && { period }),
            })
            rest = after(rest, fault, now - tookMs, now)
          }
          // What has passed may be forgotten; what lies ahead stands.
          if (before > now) expect(rest?.until).toBeGreaterThanOrEqual(before)
        }
      }),
    )
  })

  it('are forgotten an hour after they are over', () => {
    const rest = restAfter(undefined, makeFault({ retryAt: start + 1_000 }), start, start)
    expect(isForgotten(rest, start + 3_600_000)).toBe(false)
    expect(isForgotten(rest, start + 3_602_000)).toBe(true)
  })
})
