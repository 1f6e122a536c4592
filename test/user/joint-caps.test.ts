/** One request under the caps of several subjects. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Allowance, allowanceUnder, settle } from '../../src/user/allowance.ts'
import { type CountedSubject, type JointDecision, reserveTogether } from '../../src/user/joint-caps.ts'
import type { RequestNeed, Rules, Spent } from '../../src/user/rpc.ts'
import { nanoDollars } from '../../src/domain/money.ts'
import { spentAt } from '../../src/user/spending.ts'

const now = Date.UTC(2100, 0, 31, 12)
const none = { limits: null, maxConcurrent: null, budget: null }
const token = (caps: Partial<Rules>): Rules => ({ subject: 'token', id: 'tok_1', ...none, ...caps })
const person = (caps: Partial<Rules>): Rules => ({ subject: 'person', id: 'usr_1', ...none, ...caps })

function counted(rules: Rules, running = 0, allowance?: Allowance): CountedSubject {
  return { rules, running, allowance: allowanceUnder(rules, allowance) }
}

function makeNeed(inputTokens: number, price?: Partial<NonNullable<RequestNeed['price']>>): RequestNeed {
  return {
    estimate: { inputTokens, outputTokens: 10 },
    price: { input: 1_000, output: 2_000, choices: 1, longestOutput: 1_000_000, ...price },
  }
}

function granted(decision: ReturnType<typeof reserveTogether>): JointDecision {
  if (decision.type === 'refusal') throw new Error(decision.message)
  return decision
}

describe('several budgets', () => {
  it('limit the answer by the tightest, and hold no more than that answer may cost', () => {
    const decision = granted(
      reserveTogether(
        [
          counted(token({ budget: { amount: 1, per: 'day' } })),
          counted(person({ budget: { amount: 0.1, per: 'day' } })),
        ],
        makeNeed(10_000),
        'res_1',
        now,
      ),
    )
    // 0.1 − 0.01 dollars are left for output at 2 per million.
    expect(decision.outputLimit).toBe(45_000)
    expect(decision.grants.map(({ reservation }) => reservation.money)).toEqual([
      0.1 * nanoDollars,
      0.1 * nanoDollars,
    ])
  })

  it('leave the limit that a client set', () => {
    const both = [
      counted(token({ budget: { amount: 1, per: 'day' } })),
      counted(person({ budget: { amount: 1, per: 'day' } })),
    ]
    expect(granted(reserveTogether(both, makeNeed(1, { outputLimit: 20 }), 'res_1', now)).outputLimit).toBe(
      undefined,
    )
  })
})

describe('a refusal', () => {
  it('by one reserves from none, and names whose cap it is', () => {
    const decision = reserveTogether(
      [counted(token({ maxConcurrent: 5 })), counted(person({ maxConcurrent: 2 }), 2)],
      makeNeed(1),
      'res_1',
      now,
    )
    expect(decision).toEqual({
      type: 'refusal',
      subject: 'person',
      code: 'RATE_LIMIT_EXCEEDED',
      message: 'Your account is at its concurrency limit: 2 of 2 requests in flight.',
      retryAt: now + 1_000,
    })
  })

  it('of several is the one that holds longest', () => {
    const perDay = person({ limits: [{ unit: 'requests', per: 'day', limit: 1 }] })
    const used = granted(reserveTogether([counted(perDay)], makeNeed(1), 'res_1', now)).grants[0]?.allowance
    const decision = reserveTogether(
      [counted(token({ maxConcurrent: 1 }), 1), counted(perDay, 1, used)],
      makeNeed(1),
      'res_2',
      now,
    )
    expect(decision).toMatchObject({ subject: 'person', retryAt: Date.UTC(2100, 1, 1) })
  })
})

describe('in any order of requests and ends of two tokens of one person', () => {
  const step = fc.oneof(
    fc.record({ type: fc.constant('reserve' as const), which: fc.nat(1), limit: fc.option(fc.nat(400)) }),
    fc.record({ type: fc.constant('settle' as const), which: fc.nat(10), share: fc.nat(100) }),
    fc.record({ type: fc.constant('give-back' as const), which: fc.nat(10) }),
  )
  const dollars = (amount: number) => ({ amount, per: 'day' as const })
  const someCaps = fc.record({
    limits: fc.constantFrom<Rules['limits']>(null, [{ unit: 'requests', per: 'day', limit: 12 }]),
    maxConcurrent: fc.constantFrom(null, 3),
    budget: fc.constantFrom(null, dollars(0.001), dollars(0.0004)),
  })

  it('each subject counts exactly the requests and the money of its own, and passes no cap', () => {
    fc.assert(
      fc.property(
        someCaps,
        someCaps,
        fc.array(step, { maxLength: 80 }),
        (capsOfToken, capsOfPerson, steps) => {
          const rules = {
            tok_0: { ...token(capsOfToken), id: 'tok_0' },
            tok_1: { ...token(capsOfToken), id: 'tok_1' },
            usr_1: person(capsOfPerson),
          }
          type Id = keyof typeof rules
          const states = new Map<string, Allowance>()
          const open = new Map<string, { by: Id[]; decision: JointDecision }>()
          const spent = new Map<string, number>()
          const runningOf = (id: Id): number => [...open.values()].filter(({ by }) => by.includes(id)).length
          const end = (id: string, outcome: Spent | undefined): void => {
            for (const { reservation } of open.get(id)?.decision.grants ?? []) {
              const state = states.get(reservation.subjectId)
              if (!state) throw new Error('A subject without counters holds a reservation.')
              states.set(reservation.subjectId, settle(state, reservation, outcome, now))
              const before = spent.get(reservation.subjectId) ?? 0
              spent.set(reservation.subjectId, before + (outcome?.money ?? 0))
            }
            open.delete(id)
          }
          for (const [index, action] of steps.entries()) {
            const ids = [...open.keys()]
            const id = ids[action.which % ids.length] ?? ''
            switch (action.type) {
              case 'reserve': {
                const by: Id[] = [action.which === 0 ? 'tok_0' : 'tok_1', 'usr_1']
                const price = action.limit === null ? { longestOutput: 100 } : { outputLimit: action.limit }
                const decision = reserveTogether(
                  by.map((each) => counted(rules[each], runningOf(each), states.get(each))),
                  makeNeed(5, price),
                  `res_${index}`,
                  now,
                )
                if (decision.type === 'refusal') break
                for (const { reservation, allowance } of decision.grants) {
                  states.set(reservation.subjectId, allowance)
                }
                open.set(decision.reservationId, { by, decision })
                break
              }
              case 'settle': {
                const shares = open.get(id)?.decision.grants ?? []
                const most = Math.min(...shares.map(({ reservation }) => reservation.money))
                end(id, {
                  tokens: 1,
                  money: Math.floor((Number.isFinite(most) ? most : 0) * (action.share / 100)),
                })
                break
              }
              case 'give-back':
                end(id, undefined)
                break
            }
            for (const [subject, { budget, maxConcurrent }] of Object.entries(rules)) {
              const held = [...open.values()]
                .flatMap(({ decision }) => decision.grants)
                .filter(({ reservation }) => reservation.subjectId === subject)
              const reserved = held.reduce((sum, { reservation }) => sum + reservation.money, 0)
              const state = states.get(subject)
              const counts = state ? spentAt(state.spending, 'day', now) : 0
              if (budget) {
                expect(counts).toBe((spent.get(subject) ?? 0) + reserved)
                expect(counts).toBeLessThanOrEqual(budget.amount * nanoDollars)
              }
              if (maxConcurrent !== null) expect(held.length).toBeLessThanOrEqual(maxConcurrent)
            }
          }
        },
      ),
      { numRuns: 200 },
    )
  })
})
