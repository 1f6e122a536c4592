/**
 * Limits of every unit and period: reserved as estimated, settled as used, and named where they are
 * full.
 */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Limit, periods, resets } from '../../src/domain/limits.ts'
import { nanoDollars } from '../../src/domain/money.ts'
import { hourMs, minuteMs } from '../../src/domain/time.ts'
import { decide, type Decision } from '../../src/quota/admission.ts'
import type { CallEstimate } from '../../src/quota/amounts.ts'
import type { Need } from '../../src/quota/rpc.ts'
import { learn } from '../../src/quota/learn-limits.ts'
import { accountOf, type OpenLease } from '../../src/quota/pool-state.ts'
import { reportKeys } from '../../src/quota/report.ts'
import { Roster } from '../../src/quota/key-index.ts'
import { lengthMs } from '../../src/quota/windows.ts'
import { makeFault, makeNeed, makeUsage } from './fixtures.ts'
import { PlainPool } from './plain-pool.ts'

const start = Date.UTC(2026, 10, 21, 12)
const usual: CallEstimate = { inputTokens: 100, outputTokens: 50 }

function admitted(pool: PlainPool, estimate: CallEstimate, now = start): OpenLease {
  const lease = pool.admit({ estimate }, now)
  if (!lease) throw new Error('The pool refused a call that fits.')
  return lease
}

function refusalOf(pool: PlainPool, estimate: CallEstimate, now = start) {
  const decision = pool.decide({ estimate }, now)
  return decision.type === 'refusal' ? decision.refusals[0] : undefined
}

/** A decision at another time: the roster of a pool only knows times that follow each other. */
function decideAnew({ configuration, state }: PlainPool, need: Partial<Need>, now: number): Decision {
  return decide({ configuration, state, roster: new Roster(configuration, state) }, makeNeed(need), now)
}

const succeed = (inputTokens: number, outputTokens: number) => ({
  type: 'success' as const,
  usage: makeUsage(inputTokens, outputTokens),
  latencyMs: 1,
})

describe('a limit of input or of output tokens', () => {
  it.each([
    ['input-tokens', 100, 70],
    ['output-tokens', 50, 30],
  ] as const)('counts %s alone', (unit, reserved, used) => {
    const pool = new PlainPool([{ unit, per: 'minute', limit: 1_000 }])
    const lease = admitted(pool, usual)
    expect(pool.used(unit, start)).toBe(reserved)
    pool.settle(lease, succeed(70, 30), start)
    expect(pool.used(unit, start)).toBe(used)
  })

  it('refuses input that never fits, and cuts an estimate of output that does', () => {
    const input = new PlainPool([{ unit: 'input-tokens', per: 'minute', limit: 99 }])
    expect(refusalOf(input, usual)).toMatchObject({
      reason: 'larger-than-window',
      detail: 'about 100 input tokens, of 99 per minute',
    })
    const output = new PlainPool([{ unit: 'output-tokens', per: 'minute', limit: 20 }])
    admitted(output, usual)
    expect(refusalOf(output, usual)).toMatchObject({
      reason: 'tokens-used-up',
      detail: '20 of 20 output tokens per minute are used',
    })
  })
})

describe('a limit of audio', () => {
  const limits: Limit[] = [{ unit: 'audio-seconds', per: 'hour', limit: 60 }]

  it('counts the seconds that were sent, answered or not known', () => {
    const pool = new PlainPool(limits)
    const lease = admitted(pool, { ...usual, audioSeconds: 45 })
    pool.settle(lease, succeed(1_000, 10), start)
    expect(pool.used('audio-seconds', start, 'hour')).toBe(45)
    const refused = admitted(pool, { ...usual, audioSeconds: 15 })
    pool.settle(refused, { type: 'failure', fault: makeFault({ blame: 'unknown' }) }, start)
    expect(pool.used('audio-seconds', start, 'hour')).toBe(45)
  })

  it('keeps no text waiting, and says when audio is free', () => {
    const pool = new PlainPool(limits)
    pool.settle(admitted(pool, { ...usual, audioSeconds: 60 }), succeed(1, 1), start)
    expect(refusalOf(pool, { ...usual, audioSeconds: 1 })).toMatchObject({
      reason: 'audio-used-up',
      detail: '60 of 60 seconds of audio per hour are used',
      retryAt: start + lengthMs.hour,
    })
    expect(refusalOf(pool, usual)).toBeUndefined()
    expect(reportKeys(pool.configuration, pool.state, start)[0]?.status).toBe('active')
  })

  it('refuses a recording that never fits', () => {
    expect(refusalOf(new PlainPool(limits), { ...usual, audioSeconds: 61 })).toMatchObject({
      reason: 'larger-than-window',
      detail: 'about 61 seconds of audio, of 60 per hour',
    })
  })
})

describe('a limit of money', () => {
  const limits: Limit[] = [{ unit: 'money', per: 'month', limit: 0.5 }]
  const costing = (dollars: number): CallEstimate => ({ ...usual, money: dollars * nanoDollars })

  it('is reserved as estimated, and settled to what the call cost', () => {
    const pool = new PlainPool(limits)
    const lease = admitted(pool, costing(0.4))
    expect(refusalOf(pool, costing(0.2))).toMatchObject({
      reason: 'money-used-up',
      detail: '$0.40 of $0.50 per month are used',
      retryAt: Date.UTC(2026, 11, 1),
    })
    pool.settle(lease, succeed(10, 10), start, 123_456_789)
    expect(pool.used('money', start, 'month')).toBe(123_456_789)
    admitted(pool, costing(0.2))
  })

  it('is shown in dollars', () => {
    const pool = new PlainPool(limits)
    pool.settle(admitted(pool, costing(0.1)), succeed(1, 1), start, 0.02 * nanoDollars)
    admitted(pool, costing(0.25))
    const [key] = reportKeys(pool.configuration, pool.state, start)
    expect(key?.windows.find(({ unit }) => unit === 'money')).toMatchObject({
      per: 'month',
      limit: 0.5,
      entered: 0.5,
      used: 0.02,
      reserved: 0.25,
      left: 0.23,
    })
  })

  it('keeps the estimate where no price is known, and asks for a price before a call', () => {
    const pool = new PlainPool(limits)
    pool.settle(admitted(pool, costing(0.1)), succeed(1, 1), start)
    expect(pool.used('money', start, 'month')).toBe(0.1 * nanoDollars)
    expect(refusalOf(pool, usual)).toMatchObject({ reason: 'price-unknown' })
  })

  it('refuses a call that costs more than all of it, and passes one that is free', () => {
    const pool = new PlainPool(limits)
    expect(refusalOf(pool, costing(0.51))).toMatchObject({
      reason: 'larger-than-window',
      detail: 'about $0.51, of $0.50 per month',
    })
    admitted(pool, costing(0.5))
    admitted(pool, costing(0))
  })
})

describe('a limit of a plan', () => {
  it('counts what the provider states of it, and takes nothing by itself', () => {
    const pool = new PlainPool([{ unit: 'percent', per: '5h', limit: 80, resets: 'first-use' }])
    pool.settle(admitted(pool, usual), succeed(1, 1), start)
    expect(pool.used('percent', start, '5h')).toBe(0)
    pool.state.leases.clear()
    expect(refusalOf(pool, usual)).toBeUndefined()
  })

  it('that only an answer claims to be used up is tried by one call after five minutes', () => {
    const pool = new PlainPool([{ unit: 'percent', per: '5h', limit: 80, resets: 'first-use' }])
    statePlan(pool, 85, start)
    expect(refusalOf(pool, usual)).toMatchObject({ reason: 'plan-used-up', retryAt: start + 5 * minuteMs })
    admitted(pool, usual, start + 5 * minuteMs)
    const second = refusalOf(pool, usual, start + 5 * minuteMs)
    expect(second).toMatchObject({ reason: 'plan-used-up', retryAt: start + 10 * minuteMs })
  })

  it('has as much left as its provider states last, also where that is more', () => {
    const pool = new PlainPool([{ unit: 'percent', per: '5h', limit: 80, resets: 'first-use' }])
    statePlan(pool, 100, start)
    statePlan(pool, 30, start + minuteMs)
    expect(pool.used('percent', start + minuteMs, '5h')).toBe(30)
    admitted(pool, usual, start + minuteMs)
    statePlan(pool, 0, start + 2 * minuteMs)
    expect(pool.used('percent', start + 2 * minuteMs, '5h')).toBe(0)
  })
})

/** Has the provider say beside an answer how much of the plan is used, in percent. */
function statePlan(pool: PlainPool, used: number, at: number): void {
  const account = accountOf(pool.state, 'u1/a1')
  const resetsAt = start + 4 * hourMs
  const said = { unit: 'percent', per: '5h', scope: 'account', limit: 100, remaining: 100 - used } as const
  const windows = learn(account.windows, { limits: [{ ...said, resetsAt }], model: 'm', at }, at)
  pool.state.accounts.set('u1/a1', { ...account, windows })
  pool.roster.touch('u1/a1', at)
}

describe('limits of any unit and period', () => {
  const limit = fc.record({
    per: fc.constantFrom(...periods),
    resets: fc.constantFrom(...resets),
    unit: fc.constantFrom('requests', 'input-tokens', 'audio-seconds', 'money' as const),
    limit: fc.integer({ min: 1, max: 30 }),
  })
  const calls = fc.array(
    fc.record({ pause: fc.oneof(fc.nat(20), fc.nat(400)), size: fc.integer({ min: 1, max: 8 }) }),
    { maxLength: 80 },
  )

  it('are never passed where estimates are exact, and free when they say so', () => {
    fc.assert(
      fc.property(limit, calls, (one, list) => {
        const pool = new PlainPool([one])
        const scale = one.unit === 'money' ? nanoDollars : 1
        let now = start
        for (const { pause, size } of list) {
          now += Math.round((pause * lengthMs[one.per]) / 1_000)
          const estimate = { inputTokens: size, outputTokens: 1, audioSeconds: size, money: size * scale }
          const decision = pool.decide({ estimate }, now)
          if (decision.type === 'refusal') {
            const { retryAt } = decision
            if (retryAt !== undefined) expect(decideAnew(pool, { estimate }, retryAt).type).toBe('lease')
            else expect(size).toBeGreaterThan(one.limit)
            continue
          }
          const lease = admitted(pool, estimate, now)
          pool.settle(lease, succeed(size, 1), now, size * scale)
          expect(pool.used(one.unit, now, one.per)).toBeLessThanOrEqual(one.limit * scale + 1e-6 * scale)
        }
      }),
    )
  })
})
