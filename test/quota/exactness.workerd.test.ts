/**
 * Exact under any concurrency and through every loss: random lives of a pool, held against what
 * must always be true.
 */
import type { Limit } from '../../src/domain/limits.ts'
import { env } from 'cloudflare:workers'
import * as fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Lease, Need, Outcome, Settlement } from '../../src/quota/rpc.ts'
import { makeFault, makeNeed, makeRecord, makeUsage, storeKey, storeUser } from './fixtures.ts'
import { logged, minuteMs, success, TestPool } from './pool.workerd.ts'

beforeAll(() => storeUser(env.DB, 'u1', 3))

let opened = 0

/** A pool of its own with one key of these limits. */
async function openPool(limits: Limit[]): Promise<TestPool> {
  const provider = `p${opened++}`
  await storeKey(env.DB, { id: 'k1', account: provider, provider, limits, replace: true })
  return TestPool.open('u1', provider)
}

const dayMs = 24 * 60 * minuteMs

describe('a limit of requests', () => {
  it('lets exactly so many through, however many ask at once and however often the object is lost', async () => {
    const pool = await openPool([{ unit: 'requests', per: 'day', limit: 50, resets: 'utc' }])
    const leases: Lease[] = []
    const resets = new Set<number | undefined>()
    for (let wave = 0; wave < 20; wave++) {
      const needs = Array.from({ length: 50 }, (_, i) => makeNeed({ requestId: `req_${wave}_${i}` }))
      const admissions = await Promise.all(needs.map((need) => pool.admit(need)))
      for (const admission of admissions) {
        if (admission.type === 'lease') leases.push(admission.lease)
        else if (admission.type === 'refusal') resets.add(admission.retryAt)
      }
      pool.now += 100
      if (wave % 3 === 0) await pool.evict()
      if (wave % 4 === 1) await pool.alarm()
    }
    expect(leases).toHaveLength(50)
    expect(resets).toEqual(new Set([Date.UTC(2100, 0, 2)]))
  })

  it('is never passed by a loss under load, when counters are written ahead, and hardly undercut', async () => {
    const limit = 1_000
    const pool = await openPool([{ unit: 'requests', per: 'day', limit, resets: 'utc' }])
    let given = 0
    let losses = 0
    for (let wave = 0; wave < 110; wave++) {
      pool.now += 50
      const ids = Array.from({ length: 10 }, (_, i) => `req_${wave}_${i}`)
      const admissions = await Promise.all(ids.map((requestId) => pool.admit({ requestId })))
      for (const [index, admission] of admissions.entries()) {
        if (admission.type !== 'lease') continue
        given++
        await pool.settle(admission.lease, success, { record: makeRecord({ id: ids[index] ?? '' }) })
      }
      if (wave % 17 !== 16) continue
      losses++
      await pool.evict()
    }
    expect(given).toBeLessThanOrEqual(limit)
    expect(given).toBeGreaterThanOrEqual(limit - losses * Math.floor(limit / 128))
  })
})

describe('a limit of tokens', () => {
  it('admits nothing beyond used + reserved + estimate, and ends within one estimate of the limit', async () => {
    const limit = 10_000
    const pool = await openPool([{ unit: 'tokens', per: 'day', limit, resets: 'utc' }])
    const sizes = [30, 400, 90, 250, 700, 10, 120]
    let largest = 0
    for (let wave = 0; wave < 12; wave++) {
      const needs = Array.from({ length: 40 }, (_, i): Partial<Need> => {
        const inputTokens = sizes[(wave + i) % sizes.length] ?? 1
        return { requestId: `req_${wave}_${i}`, estimate: { inputTokens, outputTokens: 50 } }
      })
      await Promise.all(
        needs.map(async (need) => {
          const admission = await pool.admit(need)
          if (admission.type !== 'lease') return
          const inputTokens = need.estimate?.inputTokens ?? 0
          largest = Math.max(largest, inputTokens + 50)
          await pool.settle(admission.lease, {
            type: 'success',
            usage: makeUsage(inputTokens, 40),
            latencyMs: 1,
          })
        }),
      )
      const { used = 0, reserved = 0 } = (await pool.window('tokens', 'day')) ?? {}
      expect(used + reserved).toBeLessThanOrEqual(limit)
      if (wave % 5 === 2) await pool.evict()
    }
    const { used = 0 } = (await pool.window('tokens', 'day')) ?? {}
    expect(used).toBeGreaterThan(limit - largest)
  })
})

/** One thing that may happen to a pool. */
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ type: fc.constant('admit' as const), tokens: fc.nat(300) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('settle' as const),
      which: fc.nat(30),
      how: fc.constantFrom(
        'success' as const,
        'rate-limited' as const,
        'server-error' as const,
        'unknown' as const,
        'cancelled' as const,
        'unused' as const,
      ),
      tokens: fc.nat(400),
      restMs: fc.nat(20_000),
      deferred: fc.boolean(),
      remaining: fc.option(fc.nat(30)),
    }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('pass' as const), ms: fc.nat(40_000) }) },
  { weight: 1, arbitrary: fc.constant({ type: 'evict' as const }) },
  { weight: 1, arbitrary: fc.constant({ type: 'alarm' as const }) },
  { weight: 1, arbitrary: fc.constant({ type: 'forget' as const }) },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** What a life is like: how tight its limits are, how fast calls come, and how many at once. */
interface Circumstances {
  limits: { minute: number; day: number; tokens: number }
  paceMs: number
  burst: number
}
const atEase: Circumstances = { limits: { minute: 12, day: 60, tokens: 1_500 }, paceMs: 700, burst: 1 }
const underLoad: Circumstances = {
  limits: { minute: 5_000, day: 9_000, tokens: 700_000 },
  paceMs: 3,
  burst: 9,
}

interface Call {
  lease: Lease
  requestId: string
  at: number
  reached: boolean
}

/** A life of a pool, with everything that must hold looked at after every step. */
class Life {
  readonly pool: TestPool
  readonly circumstances: Circumstances
  /** Counters have been written ahead at some time. */
  ahead = false
  calls: Call[] = []
  open: Call[] = []
  deadline = 0
  asked = 0
  /** Settlements that wait for the next admission. */
  deferred: Settlement[] = []
  /** Some that came along with the last one: a Worker that does not hear back sends them again. */
  carried: Settlement[] = []

  constructor(pool: TestPool, circumstances: Circumstances) {
    this.pool = pool
    this.circumstances = circumstances
  }

  async take(one: Step): Promise<void> {
    this.pool.now += this.circumstances.paceMs
    switch (one.type) {
      case 'admit':
        for (let i = 0; i < this.circumstances.burst; i++) await this.admit(one.tokens)
        return
      case 'settle':
        return this.settle(one)
      case 'pass':
        if (one.ms > 20_000) await this.pool.stub.settle(this.deferred.splice(0))
        this.pool.now += one.ms
        return
      case 'evict':
        return this.pool.evict()
      case 'alarm':
        return this.pool.alarm()
      case 'forget':
        // The Worker that makes a call is gone, and never speaks of it again, nor of those that
        // wait.
        this.open = this.open.slice(1)
        this.deferred = []
    }
  }

  async admit(tokens: number): Promise<void> {
    const { now } = this.pool
    const { limits } = this.circumstances
    const requestId = `req_${String(this.asked++).padStart(4, '0')}`
    const estimate = { inputTokens: tokens, outputTokens: 20 }
    const settlements = [...this.carried, ...this.deferred]
    this.carried = this.deferred.splice(0)
    const admission = await this.pool.admit({ requestId, estimate }, settlements)
    if (admission.type !== 'lease') return
    // Nobody is let in before a deadline that was given.
    expect(now).toBeGreaterThanOrEqual(this.deadline)
    this.ahead ||= admission.lease.id.includes('.')
    const call = { lease: admission.lease, requestId, at: now, reached: true }
    this.calls.push(call)
    this.open.push(call)
    const reached = this.calls.filter((other) => other.reached)
    expect(reached.filter(({ at }) => at > now - minuteMs).length).toBeLessThanOrEqual(limits.minute)
    expect(
      reached.filter(({ at }) => Math.floor(at / dayMs) === Math.floor(now / dayMs)).length,
    ).toBeLessThanOrEqual(limits.day)
    const { used = 0, reserved = 0 } = (await this.pool.window('tokens', 'minute')) ?? {}
    expect(used + reserved).toBeLessThanOrEqual(limits.tokens)
  }

  async settle(one: Extract<Step, { type: 'settle' }>): Promise<void> {
    const call = this.open[one.which % Math.max(1, this.open.length)]
    if (!call) return
    this.open = this.open.filter((other) => other !== call)
    call.reached = one.how !== 'unused'
    const record = makeRecord({ id: call.requestId })
    const outcome = this.outcomeOf(one)
    const limit = { unit: 'requests', per: 'minute', scope: 'account', limit: 6_000 } as const
    const stated =
      one.remaining === null || one.how === 'unused'
        ? undefined
        : { limits: [{ ...limit, remaining: 6_000 - one.remaining }], at: this.pool.now }
    if (outcome.type === 'success' && one.deferred && call.lease.maySettleLater) {
      this.deferred.push({ leaseId: call.lease.id, outcome, record, ...(stated && { stated }) })
      return
    }
    await this.pool.settle(call.lease, outcome, { record, ...(stated && { stated }) })
    // A second time changes nothing.
    await this.pool.settle(call.lease, outcome, { record })
    const { coolingUntil = 0 } = await this.pool.key()
    if (this.deadline > this.pool.now) expect(coolingUntil).toBeGreaterThanOrEqual(this.deadline)
    if (one.how === 'rate-limited') this.deadline = Math.max(this.deadline, this.pool.now + one.restMs)
  }

  outcomeOf({ how, tokens, restMs }: Extract<Step, { type: 'settle' }>): Outcome {
    const usage = makeUsage(tokens, 0)
    switch (how) {
      case 'success':
        return { type: how, usage, latencyMs: 5 }
      case 'cancelled':
        return { type: how, usage }
      case 'unused':
        return { type: how }
      case 'rate-limited':
        return {
          type: 'failure',
          fault: makeFault(restMs > 0 ? { retryAt: this.pool.now + restMs } : { blame: 'unknown' }),
        }
      case 'server-error':
        return { type: 'failure', fault: makeFault({ blame: 'request', status: 400 }) }
      case 'unknown':
        return { type: 'failure', fault: makeFault({ blame: 'unknown' }) }
    }
  }

  /**
   * After all time is over, every lease is in the log exactly once, or among those that nobody can
   * account for.
   */
  async end(): Promise<void> {
    await this.pool.stub.settle(this.deferred)
    this.pool.now += 40 * minuteMs
    for (let i = 0; i < 4; i++) {
      await this.pool.alarm()
      this.pool.now += 20 * minuteMs
    }
    const rows = await logged()
    const own = rows.filter((row) => row.unaccounted === null).map((row) => row.id)
    expect(new Set(own).size).toBe(own.length)
    const unaccounted = rows.reduce((sum, row) => sum + Number(row.unaccounted ?? 0), 0)
    const missing = this.calls.filter(({ requestId }) => !own.includes(requestId))
    expect(missing.length).toBeLessThanOrEqual(unaccounted)
    if (unaccounted === 0) expect(missing).toEqual([])
    expect(own.every((id) => this.calls.some(({ requestId }) => requestId === id))).toBe(true)
    const [{ leases } = { leases: -1 }] = await this.pool.rows('SELECT count(*) AS leases FROM leases')
    expect(leases).toBe(0)
    expect(await this.pool.rows('SELECT id FROM accounts WHERE pending IS NOT NULL')).toEqual([])
  }
}

describe('a random life of a pool', () => {
  it.each([
    ['at its ease', atEase],
    ['under load', underLoad],
  ])(
    'keeps every promise %s',
    async (_name, circumstances) => {
      const { minute, day, tokens } = circumstances.limits
      let ahead = false
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 90 }), async (steps) => {
          await env.DB.prepare('DELETE FROM requests').run()
          const pool = await openPool([
            { unit: 'requests', per: 'minute', limit: minute },
            { unit: 'requests', per: 'day', limit: day, resets: 'utc' },
            { unit: 'tokens', per: 'minute', limit: tokens },
          ])
          const life = new Life(pool, circumstances)
          for (const one of steps) await life.take(one)
          await life.end()
          ahead ||= life.ahead
        }),
        { numRuns: 25 },
      )
      expect(ahead).toBe(circumstances === underLoad)
    },
    300_000,
  )
})
