/**
 * What a gateway token may use and spend: single decisions, and laws over random sequences of them.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Allowance,
  allowanceUnder,
  type Decision,
  type Reservation,
  reserve,
  settle,
} from '../../src/user/allowance.ts'
import type { PriceNeed, RequestNeed, Rules } from '../../src/user/rpc.ts'
import { nanoDollars } from '../../src/domain/money.ts'
import { spentAt } from '../../src/user/spending.ts'
import { reportUse } from '../../src/user/cap-report.ts'

const start = Date.UTC(2100, 0, 31, 23, 50)
const minuteMs = 60_000
const hourMs = 60 * minuteMs

function makeRules(change: Partial<Rules> = {}): Rules {
  return { subject: 'token', id: 'tok_1', limits: null, maxConcurrent: null, budget: null, ...change }
}

function makeNeed(inputTokens: number, outputTokens: number, price?: Partial<PriceNeed>): RequestNeed {
  return {
    estimate: { inputTokens, outputTokens },
    ...(price && { price: { input: 1_000, output: 2_000, choices: 1, longestOutput: 10_000, ...price } }),
  }
}

/** A token with its state and its clock, as the user's object keeps it. */
class Bench {
  now = start
  rules: Rules
  state: Allowance | undefined
  readonly open = new Map<string, Reservation>()
  #count = 0

  constructor(rules: Partial<Rules>) {
    this.rules = makeRules(rules)
  }

  reserve(need: RequestNeed): Decision {
    const allowance = allowanceUnder(this.rules, this.state)
    const decision = reserve(this.rules, allowance, this.open.size, need, `res_${++this.#count}`, this.now)
    if (decision.type === 'grant') {
      this.state = decision.allowance
      this.open.set(decision.reservation.id, decision.reservation)
    }
    return decision
  }

  grant(need: RequestNeed): Extract<Decision, { type: 'grant' }> {
    const decision = this.reserve(need)
    if (decision.type !== 'grant') throw new Error(decision.message)
    return decision
  }

  settle(id: string, spent: Parameters<typeof settle>[2]): void {
    const reservation = this.open.get(id)
    if (!reservation || !this.state) throw new Error(`There is no ${id}.`)
    this.open.delete(id)
    this.state = settle(this.state, reservation, spent, this.now)
  }

  use() {
    return reportUse(this.rules, allowanceUnder(this.rules, this.state), [...this.open.values()], this.now)
  }
}

describe('a limit', () => {
  it('lets through as many requests as it says, and says when the next one fits', () => {
    const bench = new Bench({ limits: [{ unit: 'requests', per: 'minute', limit: 2 }] })
    bench.grant(makeNeed(1, 1))
    bench.now += 1_000
    bench.grant(makeNeed(1, 1))
    expect(bench.reserve(makeNeed(1, 1))).toEqual({
      type: 'refusal',
      subject: 'token',
      code: 'RATE_LIMIT_EXCEEDED',
      message: 'This token reached its rate limit: 2 of 2 requests per minute.',
      retryAt: start + minuteMs,
    })
    bench.now = start + minuteMs
    bench.grant(makeNeed(1, 1))
  })

  it('gives back a request that never reached a provider, and counts one that failed there', () => {
    const bench = new Bench({ limits: [{ unit: 'requests', per: 'day', limit: 1 }] })
    bench.settle(bench.grant(makeNeed(1, 1)).reservation.id, undefined)
    bench.settle(bench.grant(makeNeed(1, 1)).reservation.id, { tokens: 0, money: 0 })
    expect(bench.reserve(makeNeed(1, 1))).toMatchObject({ type: 'refusal', retryAt: start + 10 * minuteMs })
  })

  it('reserves the estimate, and counts what was used in its place', () => {
    const bench = new Bench({ limits: [{ unit: 'tokens', per: 'minute', limit: 100 }] })
    const { reservation } = bench.grant(makeNeed(30, 50))
    expect(bench.reserve(makeNeed(10, 11)).type).toBe('refusal')
    expect(bench.use().windows).toMatchObject([{ used: 0, reserved: 80, limit: 100 }])
    bench.settle(reservation.id, { tokens: 35 })
    expect(bench.use().windows).toMatchObject([{ used: 35, reserved: 0, limit: 100 }])
    bench.grant(makeNeed(10, 55))
  })

  it('never lets through what is larger than its window, and says so', () => {
    const bench = new Bench({ limits: [{ unit: 'tokens', per: 'minute', limit: 100 }] })
    const refusal = bench.reserve(makeNeed(101, 1))
    expect(refusal).toMatchObject({ type: 'refusal', code: 'RATE_LIMIT_EXCEEDED' })
    expect(refusal).not.toHaveProperty('retryAt')
    bench.grant(makeNeed(50, 5_000))
  })

  it('of several that are full names the one that is longest so', () => {
    const bench = new Bench({
      limits: [
        { unit: 'requests', per: 'minute', limit: 1 },
        { unit: 'requests', per: 'day', limit: 1 },
      ],
    })
    bench.grant(makeNeed(1, 1))
    expect(bench.reserve(makeNeed(1, 1))).toMatchObject({ retryAt: start + 10 * minuteMs })
  })

  it('that an isolate does not know of yet forgets nothing', () => {
    const limits = [{ unit: 'requests', per: 'hour', limit: 2 } as const]
    const bench = new Bench({ limits })
    bench.grant(makeNeed(1, 1))
    bench.rules = makeRules({ maxConcurrent: 10 })
    bench.grant(makeNeed(1, 1))
    bench.rules = makeRules({ limits })
    expect(bench.reserve(makeNeed(1, 1)).type).toBe('refusal')
  })
})

describe('concurrency', () => {
  it('is never more than was set, and free again with each end', () => {
    const bench = new Bench({ maxConcurrent: 2 })
    const { reservation } = bench.grant(makeNeed(1, 1))
    bench.grant(makeNeed(1, 1))
    expect(bench.reserve(makeNeed(1, 1))).toMatchObject({
      code: 'RATE_LIMIT_EXCEEDED',
      retryAt: start + 1_000,
    })
    bench.settle(reservation.id, { tokens: 1 })
    bench.grant(makeNeed(1, 1))
  })
})

describe('a budget', () => {
  const budget = { amount: 1, per: 'day' } as const

  it('reserves what a request may cost, and refuses one that may cost more than is left', () => {
    const bench = new Bench({ budget })
    const need = makeNeed(100_000, 0, { outputLimit: 200_000 })
    const { reservation } = bench.grant(need)
    expect(reservation.money).toBe(0.5 * nanoDollars)
    bench.grant(need)
    expect(bench.reserve(makeNeed(1, 0, { outputLimit: 0 }))).toEqual({
      type: 'refusal',
      subject: 'token',
      code: 'BUDGET_EXCEEDED',
      message:
        'This token reached its budget: $1.00 of $1.00 per day. This request could cost up to $0.000001.',
      retryAt: Date.UTC(2100, 1, 1),
    })
    bench.settle(reservation.id, { tokens: 1, money: 1 })
    bench.grant(makeNeed(1, 0, { outputLimit: 0 }))
  })

  it('limits the output of a request whose client did not', () => {
    const bench = new Bench({ budget })
    expect(bench.grant(makeNeed(1_000, 1_024, {})).outputLimit).toBe(10_000)
    const most = { longestOutput: 1_000_000 }
    // 1 − (0.001 + 0.02) − 0.001 dollars are left for output at 2 per million.
    expect(bench.grant(makeNeed(1_000, 1_024, most)).outputLimit).toBe(489_000)
    expect(bench.use().budget).toMatchObject({ spent: 0, reserved: nanoDollars })
    expect(bench.reserve(makeNeed(0, 1_024, most)).type).toBe('refusal')
  })

  it('shares what is left among the answers that were asked for', () => {
    const bench = new Bench({ budget })
    const { outputLimit } = bench.grant(makeNeed(0, 1_024, { choices: 4, longestOutput: 1_000_000 }))
    expect(outputLimit).toBe(125_000)
  })

  it('refuses where no answer worth asking for could be paid', () => {
    const bench = new Bench({ budget: { amount: 0.00003, per: 'day' } })
    expect(bench.reserve(makeNeed(0, 1_024, {})).type).toBe('refusal')
    expect(bench.grant(makeNeed(0, 0, { longestOutput: 0 })).outputLimit).toBe(0)
  })

  it('says of what costs more than the whole of it that it never fits', () => {
    const refusal = new Bench({ budget }).reserve(makeNeed(2_000_000, 0, { outputLimit: 1 }))
    expect(refusal).toMatchObject({ code: 'BUDGET_EXCEEDED' })
    expect(refusal).not.toHaveProperty('retryAt')
  })

  it('begins anew with its day and its month, and keeps what was spent when it changes from one to the other', () => {
    const bench = new Bench({ budget })
    bench.settle(bench.grant(makeNeed(900_000, 0, { outputLimit: 0 })).reservation.id, {
      tokens: 1,
      money: 900_000_000,
    })
    bench.rules = makeRules({ budget: { amount: 1, per: 'month' } })
    expect(bench.reserve(makeNeed(200_000, 0, { outputLimit: 0 })).type).toBe('refusal')
    bench.now += hourMs
    bench.grant(makeNeed(200_000, 0, { outputLimit: 0 }))
  })

  it('counts a call that runs over midnight in the day in which it began', () => {
    const bench = new Bench({ budget })
    const { reservation } = bench.grant(makeNeed(1_000_000, 0, { outputLimit: 0 }))
    bench.now += hourMs
    bench.settle(reservation.id, { tokens: 1, money: 1 })
    expect(bench.use().budget).toMatchObject({ spent: 0, reserved: 0 })
    bench.grant(makeNeed(1_000_000, 0, { outputLimit: 0 }))
  })

  it('lets what was reserved stand where nobody knows what a call cost', () => {
    const bench = new Bench({ budget })
    bench.settle(bench.grant(makeNeed(600_000, 0, { outputLimit: 0 })).reservation.id, { tokens: 1 })
    expect(bench.reserve(makeNeed(600_000, 0, { outputLimit: 0 })).type).toBe('refusal')
  })
})

describe('in any order of requests and ends', () => {
  const most = { requests: 7, tokens: 500, running: 4, dollars: 0.001 }
  /** Each limit alone and with others, so that none hides another. */
  const someRules = fc.record({
    limits: fc.subarray([
      { unit: 'requests' as const, per: 'minute' as const, limit: most.requests },
      { unit: 'tokens' as const, per: 'hour' as const, limit: most.tokens },
    ]),
    maxConcurrent: fc.constantFrom(null, most.running),
    budget: fc.constantFrom(null, { amount: most.dollars, per: 'day' as const }),
  })
  const reserving = fc.record({
    type: fc.constant('reserve' as const),
    input: fc.integer({ min: 1, max: 100 }),
    limit: fc.option(fc.nat(30), { nil: undefined }),
    choices: fc.integer({ min: 1, max: 3 }),
  })
  const step = fc.oneof(
    { weight: 6, arbitrary: reserving },
    fc.record({ type: fc.constant('settle' as const), which: fc.nat(10), share: fc.nat(100) }),
    fc.record({ type: fc.constant('give-back' as const), which: fc.nat(10) }),
    fc.record({
      type: fc.constant('pause' as const),
      ms: fc.oneof(fc.nat(5_000), fc.integer({ min: 20_000, max: 2 * minuteMs }), fc.nat(2 * hourMs)),
    }),
    fc.record({ type: fc.constant('evict' as const) }),
  )
  const dayOf = (at: number): number => Math.floor(at / (24 * hourMs))

  it('no limit is exceeded and no money is lost', () => {
    fc.assert(
      fc.property(someRules, fc.array(step, { maxLength: 120, size: 'max' }), (rules, steps) => {
        const bench = new Bench(rules)
        const limits = new Set(rules.limits.map(({ unit }) => unit))
        /**
         * What counts, by when its request began: what is reserved for it, and later what it used.
         */
        const counts = new Map<string, { at: number; tokens: number }>()
        const within = (ms: number) => [...counts.values()].filter(({ at }) => at > bench.now - ms)
        /** What was spent on requests that began on a day. */
        const spent = new Map<number, number>()
        for (const action of steps) {
          const open = [...bench.open.values()]
          switch (action.type) {
            case 'reserve': {
              const { input, limit, choices } = action
              const price = { choices, longestOutput: 30, ...(limit !== undefined && { outputLimit: limit }) }
              const decision = bench.reserve(makeNeed(input, (limit ?? 20) * choices, price))
              if (decision.type === 'refusal') break
              const { id } = decision.reservation
              counts.set(id, { at: bench.now, tokens: input + (limit ?? 20) * choices })
              const tokens = within(hourMs).reduce((sum, request) => sum + request.tokens, 0)
              if (limits.has('tokens')) expect(tokens).toBeLessThanOrEqual(most.tokens)
              const output = (limit ?? decision.outputLimit ?? 0) * choices
              const money = rules.budget ? input * 1_000 + output * 2_000 : 0
              expect(decision.reservation.money).toBe(money)
              break
            }
            case 'settle': {
              const reservation = open[action.which % open.length]
              if (!reservation) break
              const money = Math.floor((reservation.money * action.share) / 100)
              bench.settle(reservation.id, { tokens: action.share, money })
              counts.set(reservation.id, { at: reservation.reservedAt, tokens: action.share })
              const day = dayOf(reservation.reservedAt)
              spent.set(day, (spent.get(day) ?? 0) + money)
              break
            }
            case 'give-back': {
              const reservation = open[action.which % open.length]
              if (!reservation) break
              bench.settle(reservation.id, undefined)
              counts.delete(reservation.id)
              break
            }
            case 'pause':
              bench.now += action.ms
              break
            case 'evict':
              // What the object finds again went through JSON.
              bench.state = JSON.parse(JSON.stringify(allowanceUnder(bench.rules, bench.state)))
              break
          }
          if (limits.has('requests')) expect(within(minuteMs).length).toBeLessThanOrEqual(most.requests)
          if (rules.maxConcurrent !== null) expect(bench.open.size).toBeLessThanOrEqual(most.running)
          const today = dayOf(bench.now)
          const reserved = [...bench.open.values()]
            .filter(({ reservedAt }) => dayOf(reservedAt) === today)
            .reduce((sum, { money }) => sum + money, 0)
          const { spending } = allowanceUnder(bench.rules, bench.state)
          const counted = spentAt(spending, 'day', bench.now)
          expect(counted).toBe((spent.get(today) ?? 0) + reserved)
          if (rules.budget) expect(counted).toBeLessThanOrEqual(most.dollars * nanoDollars)
        }
      }),
      { numRuns: 200 },
    )
  })
})
