/** A key pool that does not answer costs its own provider, and no other. */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, expect, it, vi } from 'vitest'
import type { Env } from '../../src/env.ts'
import { app } from '../../src/index.ts'
import { call, completionBody, settleIn, type Settled } from '../hub.workerd.ts'

let ada: Settled

beforeAll(async () => {
  ada = await settleIn({ provider: 'groq', apiKey: 'gsk_broken_pool_0001' })
  await call('POST', '/api/keys', { provider: 'openai', apiKey: 'sk-broken-pool-0002' }, ada.session)
})
afterEach(() => vi.restoreAllMocks())

/** The bindings, in which the pools of these providers are down. */
function without(...providers: string[]): Env {
  const down = (): never => {
    throw new Error('The object is overloaded.')
  }
  const KEY_POOL = new Proxy(env.KEY_POOL, {
    get(target, name) {
      if (name !== 'getByName') return Reflect.get(target, name)
      return (pool: string) =>
        providers.some((provider) => pool.endsWith(`/${provider}`))
          ? { admit: async () => down() }
          : target.getByName(pool)
    },
  })
  return { ...env, KEY_POOL }
}

async function ask(bindings: Env): Promise<Response> {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () => Response.json(completionBody))
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const context = createExecutionContext()
  const request = new Request('http://localhost/v1/chat/completions', {
    method: 'POST',
    headers: { authorization: `Bearer ${ada.token}` },
    body: JSON.stringify({ model: 'fast', messages: [{ role: 'user', content: 'Hello' }] }),
  })
  const response = await app.fetch(request, bindings, context)
  await waitOnExecutionContext(context)
  return response
}

it('goes on to the next provider of the route', async () => {
  const response = await ask(without('groq'))
  expect(response.status).toBe(200)
  expect(response.headers.get('x-llm-provider')).toBe('openai')
})

it('is the hub’s own failure where there is no other, and says nothing of the inside', async () => {
  const response = await ask(without('groq', 'openai', 'gemini'))
  expect(response.status).toBe(500)
  const text = await response.text()
  expect(JSON.parse(text)).toMatchObject({ hub: { code: 'INTERNAL_ERROR' } })
  expect(text).not.toContain('overloaded')
  const logs = await call<{ data: { status: number }[] }>('GET', '/api/logs', undefined, ada.session)
  expect(logs.data[0]).toMatchObject({ status: 500 })
})
