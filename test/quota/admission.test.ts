import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Limit } from '../../src/db/schema.ts'
import { decide, reserve } from '../../src/quota/admission.ts'
import { configure } from '../../src/quota/configure.ts'
import type { Outcome } from '../../src/quota/lease.ts'
import {
  type Configuration,
  accountUnder,
  emptyState,
  type OpenLease,
  type PoolState,
} from '../../src/quota/pool-state.ts'
import { Roster } from '../../src/quota/roster.ts'
import { settle } from '../../src/quota/settling.ts'
import { usedAt } from '../../src/quota/windows.ts'
import { makeFault, makeNeed, makeUsage } from './fixtures.ts'

const minuteMs = 60_000
const start = Date.UTC(2026, 10, 21, 12)

/** A pool as the object keeps it, without the object. */
class PlainPool {
  readonly configuration: Configuration
  readonly state: PoolState = emptyState()
  readonly roster: Roster

  constructor(limits: Limit[]) {
    const key = {
      id: 'k1',
      owner: 'u1',
      accountId: 'a1',
      ciphertext: '',
      enabled: true,
      priority: 1,
      weight: 1,
      allowedModels: null,
      defaultModel: null,
      limits,
      maxConcurrent: null,
    }
    this.configuration = configure({ owner: 'u1', provider: 'custom' }, { strategy: null, keys: [key] }, {})
    for (const [id, rules] of this.configuration.rules)
      this.state.accounts.set(id, accountUnder(rules, undefined))
    this.roster = new Roster(this.configuration, this.state)
  }

  admit(inputTokens: number, outputTokens: number, now: number): OpenLease | undefined {
    const need = makeNeed({ estimate: { inputTokens, outputTokens } })
    const decision = decide(this, need, now)
    if (decision.type === 'refusal') return undefined
    const { lease, account } = reserve(this.state, decision, need, `lease_${this.state.turn}`, now)
    this.state.turn++
    this.state.leases.set(lease.id, lease)
    this.state.accounts.set(lease.account, account)
    this.roster.touch(lease.account, now)
    return lease
  }

  settle(lease: OpenLease, outcome: Outcome, now: number): void {
    this.state.leases.delete(lease.id)
    const { account, circuit } = settle({}, this.state, lease, { outcome }, now)
    this.state.accounts.set(lease.account, account)
    if (circuit.rest) this.state.circuits.set(circuit.model, circuit.rest)
    else this.state.circuits.delete(circuit.model)
    this.roster.touch(lease.account, now)
  }

  used(unit: string, now: number): number {
    const windows = this.state.accounts.get('u1/a1')?.windows ?? []
    const window = windows.find((candidate) => candidate.unit === unit && candidate.per === 'minute')
    return window ? usedAt(window, now) : Number.NaN
  }
}

const steps = fc.array(
  fc.record({
    pause: fc.oneof(fc.nat(100), fc.nat(20_000)),
    inputTokens: fc.nat(300),
    outputTokens: fc.nat(600),
    /** Which of the open leases ends now, if any. */
    ends: fc.option(fc.nat(20)),
    how: fc.constantFrom('success' as const, 'failure' as const, 'cancelled' as const, 'unused' as const),
    excess: fc.nat(200),
  }),
  { maxLength: 150 },
)

describe('admission and settlement together', () => {
  it('never exceed a request limit, and tokens by no more than answers exceed their estimates', () => {
    const limits: Limit[] = [
      { unit: 'requests', per: 'minute', limit: 20 },
      { unit: 'tokens', per: 'minute', limit: 1_000 },
    ]
    fc.assert(
      fc.property(steps, (list) => {
        const pool = new PlainPool(limits)
        const calls: { lease: OpenLease; at: number; reached: boolean }[] = []
        let open: typeof calls = []
        let now = start
        for (const step of list) {
          now += step.pause
          const ending = step.ends === null ? undefined : open[step.ends % Math.max(1, open.length)]
          if (ending) {
            open = open.filter((call) => call !== ending)
            ending.reached = step.how !== 'unused'
            pool.settle(ending.lease, outcomeOf(step.how, ending.lease, step.excess), now)
          }
          const before = pool.used('tokens', now)
          const lease = pool.admit(step.inputTokens, step.outputTokens, now)
          if (!lease) continue
          const taken = pool.used('tokens', now)
          expect(taken).toBeLessThanOrEqual(1_000)
          expect(taken - before).toBe(Math.min(step.inputTokens + step.outputTokens, 1_000))
          const call = { lease, at: now, reached: true }
          calls.push(call)
          open.push(call)
          const inMinute = calls.filter(({ at, reached }) => reached && at > now - minuteMs)
          expect(inMinute.length).toBeLessThanOrEqual(20)
        }
      }),
    )
  })

  it('leave no trace of a lease that was not used', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(500), fc.nat(59_000), (inputTokens, outputTokens, tookMs) => {
        const pool = new PlainPool([{ unit: 'tokens', per: 'minute', limit: 800 }])
        const lease = pool.admit(inputTokens, outputTokens, start)
        if (!lease) throw new Error('An empty window admits any input that fits it.')
        pool.settle(lease, { type: 'unused' }, start + tookMs)
        expect(pool.used('tokens', start + tookMs)).toBe(0)
        expect(pool.used('requests', start + tookMs)).toBe(0)
      }),
    )
  })
})

function outcomeOf(how: Outcome['type'], lease: OpenLease, excess: number): Outcome {
  const usage = makeUsage(lease.estimate.inputTokens, excess)
  switch (how) {
    case 'success':
      return { type: 'success', usage, latencyMs: 1 }
    case 'failure':
      return { type: 'failure', fault: makeFault({ blame: 'unknown' }) }
    case 'cancelled':
      return { type: 'cancelled', usage }
    default:
      return { type: 'unused' }
  }
}
