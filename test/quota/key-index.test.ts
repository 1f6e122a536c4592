import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { decide, type Pool } from '../../src/quota/admission.ts'
import { nothingHeld } from '../../src/quota/refusals.ts'
import { configure } from '../../src/quota/configure.ts'
import { reserve } from '../../src/quota/reserve.ts'
import { accountUnder, emptyState, type OpenLease } from '../../src/quota/pool-state.ts'
import { Roster } from '../../src/quota/key-index.ts'
import { settle } from '../../src/quota/settle.ts'
import { makeNeed, makeUsage } from './fixtures.ts'
import { makeStoredKey } from './plain-pool.ts'

const start = Date.UTC(2026, 10, 21, 12)

/** Keys with little room, each on an account of its own. */
function openPool(keys: number, resets: 'sliding' | 'refill'): Pool {
  const stored = Array.from({ length: keys }, (_, index) =>
    makeStoredKey({
      id: `k${index}`,
      accountId: `a${index}`,
      priority: 1 + (index % 2),
      limits: [{ unit: 'tokens', per: 'minute', limit: 1_000 + 100 * (index % 5), resets }],
    }),
  )
  const configuration = configure({ owner: 'u1', provider: 'custom' }, { strategy: null, keys: stored }, {})
  const state = emptyState()
  for (const [id, rules] of configuration.rules) state.accounts.set(id, accountUnder(rules, undefined))
  return { configuration, state, roster: new Roster(configuration, state) }
}

const steps = fc.array(
  fc.record({
    pauseMs: fc.oneof(fc.constant(0), fc.nat(3_000), fc.nat(30_000)),
    inputTokens: fc.nat(1_600),
    outputTokens: fc.nat(600),
    settles: fc.boolean(),
    usedTokens: fc.nat(1_500),
    held: fc.option(fc.nat(29)),
  }),
  { minLength: 10, maxLength: 80 },
)

// What it remembers of sizes must never keep a key from what it could serve, nor change what a
// refusal says.
it.each(['sliding', 'refill'] as const)(
  'decides with a %s window as one that remembers nothing',
  (resets) => {
    fc.assert(
      fc.property(steps, (all) => {
        const pool = openPool(30, resets)
        const { state, configuration, roster } = pool
        const open: OpenLease[] = []
        let now = start
        for (const { pauseMs, inputTokens, outputTokens, settles, usedTokens, held } of all) {
          now += pauseMs
          const need = makeNeed({ estimate: { inputTokens, outputTokens } })
          const held500 = { calls: 1, charges: { 'tokens/minute': 500 } }
          const waiting = { ...held500, people: { u2: held500 } }
          const heldOf = (account: string) => (account === `u1/a${held}` ? waiting : nothingHeld)
          const decision = decide(pool, need, now, heldOf)
          const fresh = { configuration, state, roster: new Roster(configuration, state) }
          expect(decision).toEqual(decide(fresh, need, now, heldOf))
          if (decision.type === 'lease') {
            const { lease, account } = reserve(state, decision, need, `lease_${state.turn}`, now)
            state.turn++
            state.accounts.set(lease.account, account)
            roster.touch(lease.account, now)
            open.push(lease)
          }
          const ended = settles ? open.shift() : undefined
          if (!ended) continue
          const usage = makeUsage(usedTokens, 0)
          const { account } = settle(
            {},
            state,
            ended,
            { outcome: { type: 'success', usage, latencyMs: 1 } },
            now,
          )
          state.accounts.set(ended.account, account)
          roster.touch(ended.account, now)
        }
      }),
      { numRuns: 50 },
    )
  },
  60_000,
)
