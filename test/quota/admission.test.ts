import type { Limit } from '../../src/domain/limits.ts'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Outcome } from '../../src/quota/rpc.ts'
import type { OpenLease } from '../../src/quota/pool-state.ts'
import { makeFault, makeUsage } from './fixtures.ts'
import { PlainPool } from './plain-pool.ts'

const minuteMs = 60_000
const start = Date.UTC(2026, 10, 21, 12)

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
          const lease = pool.admit({ estimate: step }, now)
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
        const lease = pool.admit({ estimate: { inputTokens, outputTokens } }, start)
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
