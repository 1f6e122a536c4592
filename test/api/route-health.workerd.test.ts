/**
 * Who would serve each route, in one answer: the caller's own routes and pools, one broken route no
 * reason to tell nothing.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { call, settleIn, type Settled } from '../hub.workerd.ts'

interface RouteHealth {
  name: string
  serves: { provider: string; model: string | null; keyId: string } | null
  retryAt: string | null
}

let ada: Settled

const healthOf = async ({ session }: Settled, query = ''): Promise<RouteHealth[]> =>
  (await call<{ data: RouteHealth[] }>('GET', `/api/health/routes${query}`, undefined, session)).data

beforeAll(async () => {
  ada = await settleIn({ provider: 'openai', apiKey: 'sk-of-ada-0123456789' }, 'ada')
  const own = { id: 'leaving', name: 'Leaving', baseUrl: 'http://127.0.0.1:9/v1', dialect: 'openai-chat' }
  await call('POST', '/api/providers', own, ada.session)
  const routes = [
    { name: 'mine', candidates: [{ provider: 'openai', model: 'gpt-fake' }] },
    { name: 'lost', candidates: [{ provider: own.id, model: 'gone' }] },
    { name: 'gpt-*', candidates: [{ provider: 'openai' }] },
  ]
  for (const route of routes) await call('POST', '/api/routes', route, ada.session)
  await call('DELETE', `/api/providers/${own.id}`, undefined, ada.session)
})

describe('the health of routes', () => {
  it('names who would serve each route that a request could name', async () => {
    const health = await healthOf(ada)
    const served = Object.fromEntries(health.map(({ name, serves }) => [name, serves?.provider]))
    expect(served).toMatchObject({ mine: 'openai', smart: 'openai', fast: 'openai', any: 'openai' })
    expect(health.find(({ name }) => name === 'mine')?.serves).toEqual({
      provider: 'openai',
      model: 'gpt-fake',
      keyId: expect.stringMatching(/^key_/),
    })
    expect(served).not.toHaveProperty('gpt-*')
  })

  it('tells of a route whose provider is gone beside the others', async () => {
    expect(await healthOf(ada)).toContainEqual({ name: 'lost', serves: null, retryAt: null })
  })

  it('tells as many as are asked for, and refuses what is no number of routes', async () => {
    expect(await healthOf(ada, '?limit=2')).toHaveLength(2)
    await expect(healthOf(ada, '?limit=0')).rejects.toThrow(/limit/)
    await expect(healthOf(ada, '?limit=21')).rejects.toThrow(/limit/)
  })

  it('asks only the pools of whoever asks', async () => {
    const bob = await settleIn({ provider: 'sandbox', apiKey: 'x' }, 'bob')
    const health = await healthOf(bob)
    expect(health.map(({ name }) => name)).not.toContain('mine')
    expect(health.every(({ serves }) => serves === null || serves.provider === 'sandbox')).toBe(true)
  })
})
