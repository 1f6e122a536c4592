/**
 * What people may use of a shared account, held against a count of its own, in windows of every
 * kind.
 */
import type { Limit, Reserve } from '../../src/domain/limits.ts'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { certainPartOf, partOf, shareOf } from '../../src/quota/usage-by-user.ts'
import type { OpenLease } from '../../src/quota/pool-state.ts'
import { reservedOf } from '../../src/quota/shares.ts'
import { charge, giveBack, usedAt, usedByPerson, type Window } from '../../src/quota/windows.ts'
import { makeUsage } from './fixtures.ts'
import { PlainPool } from './plain-pool.ts'

const minuteMs = 60_000
const start = Date.UTC(2100, 0, 1, 10, 30)

/** The owner is `u1`. */
const people = { u1: undefined, a: 0.2, b: 0.8, c: undefined } as const
type Name = keyof typeof people
const names: Name[] = ['u1', 'a', 'b', 'c']

const steps = fc.array(
  fc.record({
    pauseMs: fc.oneof(fc.constant(0), fc.nat(2_000), fc.nat(30_000)),
    user: fc.constantFrom(...names),
    times: fc.integer({ min: 1, max: 8 }),
    ends: fc.constantFrom('stays' as const, 'success' as const, 'unused' as const),
  }),
  { minLength: 5, maxLength: 60 },
)

interface Call {
  user: Name
  at: number
}

/** Whether a call still counts at a time, by the definition of its window. */
const counting: Record<'sliding' | 'utc', (at: number, now: number) => boolean> = {
  sliding: (at, now) => at > now - minuteMs,
  utc: (at, now) => Math.floor(at / minuteMs) === Math.floor(now / minuteMs),
}

/** A window forgets use so much later than its definition says, at most. */
const lateMs = { sliding: minuteMs / 60, utc: 0, refill: 0 }

describe.each(['sliding', 'utc', 'refill'] as const)('a %s window of a shared account', (resets) => {
  const limits: Limit[] = [{ unit: 'requests', per: 'minute', limit: 20, resets }]

  it('gives nobody more than their share, others nothing of the reserve, and the owner all of it', () => {
    fc.assert(
      fc.property(steps, fc.constantFrom<Reserve>('30%', 6), (all, reserve) => {
        const pool = new PlainPool(limits, 1, 'custom', { owner: 'hub', reserve })
        const calls: Call[] = []
        const open: { lease: OpenLease; call: Call }[] = []
        let now = start
        for (const { pauseMs, user, times, ...step } of all) {
          now += pauseMs
          // A window that refills does not give back what may have drained since.
          const ends = resets === 'refill' && step.ends === 'unused' ? 'success' : step.ends
          const maxShare = people[user]
          for (let i = 0; i < times; i++) {
            const need = { user, ...(maxShare !== undefined && { maxShare }) }
            const lease = pool.admit(need, now)
            // The reserve is there for its owner, whatever others did.
            const own = countOf(calls, 'u1', now - lateMs[resets], resets)
            if (user === 'u1' && own < 6) expect(lease).toBeDefined()
            if (!lease) break
            const call = { user, at: now }
            calls.push(call)
            open.push({ lease, call })
          }
          for (const name of names) {
            const share = people[name]
            const most = share === undefined ? 20 : shareOf(20, share)
            // A window that refills lets a share pass at once, and again as fast as it refills.
            const bound = resets === 'refill' ? 2 * most : most
            expect(countOf(calls, name, now, resets)).toBeLessThanOrEqual(bound)
          }
          if (resets !== 'refill') {
            const others = calls.filter((call) => call.user !== 'u1' && counting[resets](call.at, now))
            expect(others.length).toBeLessThanOrEqual(14)
          }
          const last = open.pop()
          if (!last || ends === 'stays') continue
          if (ends === 'unused') calls.splice(calls.indexOf(last.call), 1)
          const usage = makeUsage(1, 1)
          pool.settle(
            last.lease,
            ends === 'unused' ? { type: 'unused' } : { type: 'success', usage, latencyMs: 1 },
            now,
          )
        }
      }),
      { numRuns: 150 },
    )
  })
})

function countOf(calls: Call[], user: Name, now: number, resets: 'sliding' | 'utc' | 'refill'): number {
  const counts = counting[resets === 'refill' ? 'sliding' : resets]
  return calls.filter((call) => call.user === user && counts(call.at, now)).length
}

const kinds = fc.constantFrom<Window['resets']>('sliding', 'utc', 'refill', 'rolling')

describe('the parts of a window', () => {
  it('never add up to more than the window, and forget nobody who still counts', () => {
    const charges = fc.array(
      fc.record({
        pauseMs: fc.nat(5_000),
        user: fc.constantFrom('a', 'b', 'c', undefined),
        amount: fc.integer({ min: 1, max: 50 }),
        back: fc.boolean(),
      }),
      { maxLength: 80 },
    )
    fc.assert(
      fc.property(kinds, charges, (resets, all) => {
        let window: Window = { unit: 'tokens', per: 'minute', resets, limit: 1_000, buckets: [] }
        let now = start
        for (const { pauseMs, user, amount, back } of all) {
          now += pauseMs
          const before = user === undefined ? 0 : usedAt(partOf(window, user, 1_000), now)
          window = charge(window, amount, now, user === undefined ? undefined : { user })
          if (user !== undefined) {
            expect(usedAt(partOf(window, user, 1_000), now)).toBeCloseTo(before + amount, 6)
          }
          if (back) window = giveBack(window, amount, now, now, user)
          const sum = [...usedByPerson(window, now).values()].reduce((a, b) => a + b, 0)
          expect(sum).toBeLessThanOrEqual(usedAt(window, now) + 1e-6)
        }
      }),
      { numRuns: 200 },
    )
  })

  it.each(['sliding', 'utc', 'refill'] as const)(
    'of more people than are named count against each of those, in a %s window',
    (resets) => {
      let window: Window = { unit: 'requests', per: 'minute', resets, limit: 10_000, buckets: [] }
      for (let i = 0; i < 700; i++) window = charge(window, 1, start, { user: `u${i}` })
      expect(usedAt(partOf(window, 'u3', 10_000), start)).toBe(1)
      expect(usedAt(partOf(window, 'u650', 10_000), start)).toBe(200)
      expect(usedAt(partOf(window, 'new', 10_000), start)).toBe(200)
      // What is certain is nothing, so that a reserve is never thought to be used.
      expect(usedAt(certainPartOf(window, 'new', 10_000), start)).toBe(0)
      expect(usedByPerson(window, start).size).toBe(501)
      expect(JSON.stringify(window).length).toBeLessThan(20_000)
    },
  )

  it.each([9, 60, 400])('of %d people who come each minute of a sliding hour are their own', (count) => {
    let window: Window = { unit: 'requests', per: 'hour', resets: 'sliding', limit: 1e6, buckets: [] }
    const minute = 60_000
    for (let at = 0; at < 75; at++)
      for (let i = 0; i < count; i++) window = charge(window, 1, start + at * minute, { user: `u${i}` })
    const now = start + 75 * minute
    // An hour has 60 calls of each; what is merged counts longer, and never shorter.
    for (const user of ['u0', 'u4', `u${count - 1}`]) {
      const used = usedAt(partOf(window, user, 1e6), now)
      expect(used).toBeGreaterThanOrEqual(59)
      expect(used).toBeLessThanOrEqual(75)
    }
    expect(usedAt(partOf(window, 'new', 1e6), now)).toBe(0)
    expect(usedByPerson(window, now).has('*')).toBe(false)
    expect(JSON.stringify(window).length).toBeLessThan(30_000)
    // What is left is forgotten bit by bit, not all at the end.
    const later = now + 40 * minute
    expect(usedAt(window, later)).toBeLessThanOrEqual(usedAt(window, now) * 0.8)
  })

  it('of more people than are named are never too small after buckets became one', () => {
    let window: Window = { unit: 'requests', per: 'hour', resets: 'sliding', limit: 1e6, buckets: [] }
    const used = new Map<string, number>()
    for (let at = 0; at < 50; at++) {
      for (let i = 0; i < 40; i++) {
        const user = `u${(at * 23 + i * 17) % 640}`
        window = charge(window, 1, start + at * 60_000, { user })
        used.set(user, (used.get(user) ?? 0) + 1)
      }
    }
    const now = start + 50 * 60_000
    for (const [user, calls] of used)
      expect(usedAt(partOf(window, user, 1e6), now)).toBeGreaterThanOrEqual(calls)
    const sum = [...usedByPerson(window, now).values()].reduce((a, b) => a + b, 0)
    expect(sum).toBe(usedAt(window, now))
    expect(JSON.stringify(window).length).toBeLessThan(30_000)
  })

  it('are given back where they were taken, also of people who are counted together', () => {
    let window: Window = { unit: 'requests', per: 'day', resets: 'utc', limit: 10_000, buckets: [] }
    for (let i = 0; i < 501; i++) window = charge(window, 1, start, { user: `u${i}` })
    window = giveBack(giveBack(window, 1, start, start, 'u3'), 1, start, start, 'u500')
    expect(usedAt(partOf(window, 'u3', 100), start)).toBe(0)
    expect(usedAt(partOf(window, 'u500', 100), start)).toBe(0)
    expect(usedAt(window, start)).toBe(499)
  })
})

describe('percentages of small limits', () => {
  it('round a share down, and to 1 at least', () => {
    expect([1, 2, 3, 5, 10, 100].map((limit) => shareOf(limit, 0.2))).toEqual([1, 1, 1, 1, 2, 20])
    expect(shareOf(100, 0.29)).toBe(29)
    expect(shareOf(1_000, 0.0001)).toBe(1)
  })

  it('round a reserve up, and leave others 1 at least unless it is all', () => {
    const reserved = (limit: number, percent: number) => {
      const window: Window = { unit: 'requests', per: 'minute', resets: 'sliding', limit, buckets: [] }
      return reservedOf(window, [window], { percent })
    }
    expect([1, 2, 3, 5, 10, 100].map((limit) => reserved(limit, 30))).toEqual([0, 1, 1, 2, 3, 30])
    expect(reserved(100, 7)).toBe(7)
    expect(reserved(3, 100)).toBe(3)
  })
})
