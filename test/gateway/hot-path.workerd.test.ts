/**
 * The budget of the hot path: what a request may ask of D1 and of Durable Objects before the
 * provider is called.
 */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import worker from '../../src/index.ts'
import type { Env } from '../../src/env.ts'
import { completionBody, settleIn } from '../hub.workerd.ts'

let token = ''

beforeAll(async () => {
  token = (await settleIn({ provider: 'openai', apiKey: 'sk-test-0123456789' })).token
})
afterEach(() => vi.restoreAllMocks())

/** Notes every use of D1 in this isolate, the Worker's and the pools' alike. */
function watchD1(log: string[]): void {
  const database = Object.getPrototypeOf(env.DB) as D1Database
  const session = Object.getPrototypeOf(env.DB.withSession()) as D1DatabaseSession
  for (const name of ['prepare', 'batch', 'exec', 'withSession'] as const) {
    const original = database[name]
    vi.spyOn(database, name).mockImplementation(function (this: D1Database, ...args: unknown[]) {
      log.push(`D1 ${name}`)
      return Reflect.apply(original, this, args)
    })
  }
  const prepare: unknown = Reflect.get(session, 'prepare')
  vi.spyOn(session, 'prepare').mockImplementation(function (this: D1DatabaseSession, sql) {
    if (/count\(\*\) from "keys"/.test(sql)) log.push('D1 counts disabled keys')
    return Reflect.apply(prepare as D1DatabaseSession['prepare'], this, [sql])
  })
}

/** The bindings, noting each call of a pool. */
function countingEnv(log: string[]): Env {
  const KEY_POOL = new Proxy(env.KEY_POOL, {
    get(target, name) {
      if (name !== 'getByName') return Reflect.get(target, name)
      return (pool: string) =>
        new Proxy(target.getByName(pool), {
          get(stub, verb) {
            const method = Reflect.get(stub, verb)
            if (typeof method !== 'function') return method
            return (...args: unknown[]) => {
              log.push(`${pool.split('/')[1]} ${String(verb)}`)
              return Reflect.apply(method, stub, args)
            }
          },
        })
    },
  })
  return { ...env, KEY_POOL }
}

async function ask(log: string[], body: object): Promise<Response> {
  vi.restoreAllMocks()
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () => {
    log.push('provider called')
    return Response.json(completionBody)
  })
  watchD1(log)
  const context = createExecutionContext()
  const request = new Request('http://localhost/v1/chat/completions', {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ messages: [{ role: 'user', content: 'Hello' }], ...body }),
  })
  const response = await worker.fetch(request, countingEnv(log), context)
  await response.text()
  await waitOnExecutionContext(context)
  return response
}

describe('a request in a warm isolate', () => {
  it('asks D1 nothing, and a Durable Object once before the provider is called and once after', async () => {
    await ask([], { model: 'smart' })
    const log: string[] = []
    const response = await ask(log, { model: 'smart' })
    expect(response.status).toBe(200)
    expect(log).toEqual(['openai admit', 'provider called', 'openai settle'])
  })

  it('asks D1 for disabled keys once, where a provider without a key fails it again and again', async () => {
    const log: string[] = []
    for (let asked = 0; asked < 3; asked++) {
      const { status } = await ask(log, { model: 'groq/llama-3' })
      expect(status).toBe(400)
    }
    expect(log.filter((use) => use === 'D1 counts disabled keys')).toHaveLength(1)
  })

  it('asks D1 when the isolate is cold, so that this test would see it', async () => {
    const { token: cold } = await settleIn({ provider: 'openai', apiKey: 'sk-test-other-987654' }, 'cold')
    const warm = token
    token = cold
    const log: string[] = []
    await ask(log, { model: 'smart' })
    token = warm
    expect(log.filter((entry) => entry.startsWith('D1')).length).toBeGreaterThan(0)
  })
})
