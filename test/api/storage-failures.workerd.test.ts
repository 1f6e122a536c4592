/**
 * What the hub says while its storage fails, or is of another version: 503, why, and when to come
 * back.
 */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Env } from '../../src/env.ts'
import { app } from '../../src/index.ts'
import { completionBody, settleIn, type Settled } from '../hub.workerd.ts'

let ada: Settled

beforeAll(async () => {
  ada = await settleIn({ provider: 'openai', apiKey: 'sk-storage-0123456789' })
})
afterEach(() => vi.restoreAllMocks())

/** The bindings with another database object, which the hub has not asked yet. */
function withDatabase(fails?: (query: string) => string | undefined): Env {
  const wrap = (target: D1Database | D1DatabaseSession): object =>
    new Proxy(target, {
      get(_target, name) {
        if (name === 'withSession') return (at: string) => wrap(env.DB.withSession(at))
        if (name === 'prepare') {
          return (query: string) => {
            const message = fails?.(query)
            if (message !== undefined) throw new Error(message)
            return target.prepare(query)
          }
        }
        const value: unknown = Reflect.get(target, name)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  // The proxy has what D1 has.
  return { ...env, DB: wrap(env.DB) as D1Database }
}

const lost = (): Env => withDatabase(() => 'D1_ERROR: Network connection lost.')
const readOnly = (): Env =>
  withDatabase((query) =>
    /^\s*select/i.test(query) ? undefined : 'D1_ERROR: attempt to write a readonly database: SQLITE_READONLY',
  )

/** The bindings in which key pools are not responding. */
function withoutPools(): Env {
  const down = new Proxy({}, { get: () => () => Promise.reject(new Error('internal error; reference = x')) })
  return { ...env, KEY_POOL: new Proxy(env.KEY_POOL, { get: () => () => down }) }
}

async function ask(bindings: Env, method: string, path: string, body?: unknown): Promise<Response> {
  for (const level of ['error', 'warn'] as const) vi.spyOn(console, level).mockImplementation(() => {})
  const context = createExecutionContext()
  const as = path.startsWith('/v1') ? ada.token : ada.session
  const response = await app.fetch(
    new Request(`http://localhost${path}`, {
      method,
      headers: { authorization: `Bearer ${as}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
    bindings,
    context,
  )
  await waitOnExecutionContext(context)
  return response
}

function chat(bindings: Env): Promise<Response> {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () => Response.json(completionBody))
  const messages = [{ role: 'user', content: 'Hello' }]
  return ask(bindings, 'POST', '/v1/chat/completions', { model: 'openai/gpt-5', messages })
}

describe('a database that does not answer', () => {
  it.each([
    ['GET', '/api/keys', undefined],
    ['GET', '/api/logs', undefined],
    ['POST', '/api/tokens', { name: 'never' }],
    ['POST', '/api/auth/login', { login: 'ada', password: 'correct horse battery' }],
  ])('is told to %s %s: 503 and a time to come back', async (method, path, body) => {
    const response = await ask(lost(), method, path, body)
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('5')
    expect(await response.json()).toMatchObject({ error: { code: 'UNAVAILABLE' } })
  })

  it('leaves chat of a warm isolate as it is, and the health says so', async () => {
    expect((await chat(env)).status).toBe(200)
    const bindings = lost()
    expect((await chat(bindings)).status).toBe(200)
    const ready = await ask(bindings, 'GET', '/health/ready')
    expect(ready.status).toBe(200)
    expect(await ready.json()).toMatchObject({
      status: 'degraded',
      works: { chat: true, people: false, log: false },
      problems: [{ name: 'DB', problem: 'the database is not responding' }],
    })
  })
})

it('a database that takes no changes is told, and serves chat', async () => {
  const ready = await ask(readOnly(), 'GET', '/health/ready')
  expect(ready.status).toBe(200)
  expect(await ready.json()).toMatchObject({
    status: 'degraded',
    works: { chat: true, people: false, log: false },
    problems: [{ name: 'DB', problem: 'the database is read-only' }],
  })
})

it('key pools that do not answer are told, because no chat is served', async () => {
  const bindings = withoutPools()
  const refused = await chat(bindings)
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toBe('5')
  const ready = await ask(bindings, 'GET', '/health/ready')
  expect(ready.status).toBe(503)
  expect(await ready.json()).toMatchObject({
    status: 'not-ready',
    works: { chat: false, people: true, log: true },
    problems: [{ name: 'KEY_POOL' }],
  })
  // Its own requests have shown it, whatever a check finds.
  expect((await ask(env, 'GET', '/health/ready')).status).toBe(503)
  expect((await chat(env)).status).toBe(200)
  const whole = await ask(withDatabase(), 'GET', '/health/ready')
  expect(await whole.json()).toMatchObject({
    status: 'ready',
    works: { chat: true, people: true, log: true },
  })
})

describe('a database of another version', () => {
  it('that a newer hub has used is refused by this one, with one clear line', async () => {
    await env.DB.prepare("INSERT INTO d1_migrations (name) VALUES ('9001_future.sql')").run()
    const bindings = withDatabase()
    for (const [method, path] of [
      ['GET', '/api/keys'],
      ['GET', '/v1/models'],
    ] as const) {
      const refused = await ask(bindings, method, path)
      expect(refused.status).toBe(503)
      expect(refused.headers.get('retry-after')).toBe('5')
      expect(await refused.text()).toContain(
        'The hub’s database belongs to a newer version of the hub (9001_future.sql)',
      )
    }
    const ready = await ask(bindings, 'GET', '/health/ready')
    expect(ready.status).toBe(503)
    expect(await ready.json()).toMatchObject({ works: { chat: false }, problems: [{ name: 'version' }] })
    await env.DB.prepare("DELETE FROM d1_migrations WHERE name = '9001_future.sql'").run()
    expect((await ask(withDatabase(), 'GET', '/api/keys')).status).toBe(200)
  })

  it('that lacks a migration is refused, and says which', async () => {
    const [last] = (
      await env.DB.prepare('SELECT name FROM d1_migrations ORDER BY name DESC LIMIT 1').all<{
        name: string
      }>()
    ).results
    await env.DB.prepare('DELETE FROM d1_migrations WHERE name = ?').bind(last?.name).run()
    const refused = await ask(withDatabase(), 'GET', '/api/keys')
    expect(refused.status).toBe(503)
    expect(await refused.text()).toContain(`lacks migrations (${last?.name})`)
    await env.DB.prepare('INSERT INTO d1_migrations (name) VALUES (?)').bind(last?.name).run()
  })
})
