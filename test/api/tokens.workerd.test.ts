/** Gateway tokens as people make, change and see them. */
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Rules } from '../../src/user/rpc.ts'
import { userStub } from '../../src/user/stub.ts'
import { call, settleIn, type Settled } from '../hub.workerd.ts'

let ada: Settled

beforeAll(async () => {
  ada = await settleIn({ provider: 'openai', apiKey: 'sk-tokens-0000000001' })
})

interface ShownToken {
  id: string
  limits: object[] | null
  maxConcurrent: number | null
  budget: object | null
  defaultWait: number | null
  state: { running: number; windows: object[]; budget: object | null }
}

const limits = [{ unit: 'requests' as const, per: 'minute' as const, limit: 20 }]
const budget = { amount: 2.5, per: 'month' as const }

async function make(fields: object = {}): Promise<ShownToken> {
  return call('POST', '/api/tokens', { name: 'a token', ...fields }, ada.session)
}

async function list(id: string): Promise<ShownToken | undefined> {
  const { data } = await call<{ data: ShownToken[] }>('GET', '/api/tokens', undefined, ada.session)
  return data.find((token) => token.id === id)
}

describe('the limits of a token', () => {
  it('are shown as they were set, with what is used of them', async () => {
    const { id } = await make({ limits, budget, maxConcurrent: 3, defaultWait: 20 })
    const price = { input: 1_000, output: 1_000, choices: 1, outputLimit: 100_000, longestOutput: 100_000 }
    await userStub(env, ada.userId).reserve([{ subject: 'token', id, limits, budget, maxConcurrent: 3 }], {
      estimate: { inputTokens: 100_000, outputTokens: 10 },
      price,
    })
    expect(await list(id)).toMatchObject({
      limits,
      budget,
      maxConcurrent: 3,
      defaultWait: 20,
      state: {
        running: 1,
        windows: [{ unit: 'requests', per: 'minute', used: 0, reserved: 1, limit: 20 }],
        budget: { spent: 0, reserved: 0.2 },
      },
    })
  })

  it('are none unless they are set, and can be taken away', async () => {
    const none = { limits: null, budget: null, maxConcurrent: null, defaultWait: null }
    const nothing = { state: { running: 0, windows: [], budget: null } }
    expect(await make()).toMatchObject({ ...none, ...nothing })
    const { id } = await make({ limits, budget, maxConcurrent: 3, defaultWait: 20 })
    const changed = await call('PATCH', `/api/tokens/${id}`, { limits: [] }, ada.session)
    expect(changed).toMatchObject({ limits: null, budget, maxConcurrent: 3, defaultWait: 20 })
    expect(await call('PATCH', `/api/tokens/${id}`, none, ada.session)).toMatchObject({ ...none, ...nothing })
    expect(await call('PATCH', `/api/tokens/${id}`, {}, ada.session)).toMatchObject({ name: 'a token' })
  })

  it.each([
    [{ limits: [{ unit: 'requests', per: 'minute', limit: 0 }] }, 'limits[0].limit'],
    [{ limits: [{ unit: 'requests', per: 'minute', limit: 1, model: 'm' }] }, 'limits[0].model'],
    [{ budget: { amount: 0, per: 'day' } }, 'budget.amount'],
    [{ budget: { amount: 1, per: 'hour' } }, 'budget.per'],
    [{ maxConcurrent: 0 }, 'maxConcurrent'],
    [{ defaultWait: 301 }, 'defaultWait'],
  ])('are refused where they make no sense, by name: %j', async (fields, name) => {
    await expect(make(fields)).rejects.toThrow(name)
  })

  it('of a token that was revoked are forgotten', async () => {
    const { id } = await make({ limits })
    const object = userStub(env, ada.userId)
    const rules: Rules = { subject: 'token', id, limits, budget: null, maxConcurrent: null }
    await object.reserve([rules], { estimate: { inputTokens: 1, outputTokens: 1 } })
    await call('DELETE', `/api/tokens/${id}`, undefined, ada.session)
    expect(await object.uses([rules])).toMatchObject([{ running: 0, windows: [{ used: 0, reserved: 0 }] }])
  })
})
