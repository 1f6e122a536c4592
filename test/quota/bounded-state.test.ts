/**
 * Names of models are the client's: the state of a pool keeps the newest, however many there are.
 */
import { expect, it } from 'vitest'
import { settle } from '../../src/quota/settle.ts'
import { mostRestingModels, newest } from '../../src/quota/cooldown.ts'
import { type Account, emptyState, type OpenLease } from '../../src/quota/pool-state.ts'
import { makeFault } from './fixtures.ts'

const now = Date.UTC(2100, 0, 1)

it('an account remembers the newest models that rest, with little of what was said of them', () => {
  let account: Account = { windows: [], modelRests: {}, keys: {} }
  for (let index = 0; index < 1_000; index++) {
    const model = `${index}`
    const lease: OpenLease = {
      id: 'lease_1',
      keyId: 'k1',
      account: 'a',
      model,
      admittedAt: now + index,
      deadlineAt: now + index + 60_000,
      mark: 'v1',
      estimate: { inputTokens: 1, outputTokens: 1 },
      charges: {},
    }
    const state = { ...emptyState(), accounts: new Map([['a', account]]) }
    const fault = makeFault({ blame: 'model', verdict: 'no-such-model', message: 'x'.repeat(5_000) })
    account = settle({}, state, lease, { outcome: { type: 'failure', fault } }, now + index).account
  }
  expect(Object.keys(account.modelRests)).toHaveLength(mostRestingModels)
  expect(account.modelRests['999']).toBeDefined()
  expect(account.modelRests['0']).toBeUndefined()
  expect(JSON.stringify(account).length).toBeLessThan(60_000)
})

it('of several rests the newest are kept', () => {
  const rests = [3, 1, 2].map((since): [string, Parameters<typeof newest>[0][number][1]] => [
    `m${since}`,
    { since, until: 0, failures: 1, verdict: 'x', message: '' },
  ])
  expect(newest(rests, 2).map(([name]) => name)).toEqual(['m3', 'm2'])
  expect(newest(rests, 3)).toEqual(rests)
})
