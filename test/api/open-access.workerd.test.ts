/**
 * Open access: off until an admin says so; then shared accounts only, for the model endpoints only,
 * bounded for each address.
 */
import { createExecutionContext, runDurableObjectAlarm, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import worker, { app } from '../../src/index.ts'
import { poolStub } from '../../src/quota/stub.ts'
import { declaredRoutes } from '../../src/api/endpoint.ts'
import { call, completionBody, send, settleIn, type Settled } from '../hub.workerd.ts'

let admin: Settled
let sharedKey = ''

beforeAll(async () => {
  admin = await settleIn({ provider: 'groq', apiKey: 'gsk_private-0123456789' }, 'ada')
  const shared = { provider: 'openai', apiKey: 'sk-shared-0123456789', shared: true }
  sharedKey = (await call<{ id: string }>('POST', '/api/keys', shared, admin.session)).id
})
beforeEach(() => {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () => Response.json(completionBody))
})
afterEach(() => vi.restoreAllMocks())

function set(settings: object): Promise<unknown> {
  return call('PATCH', '/api/settings', settings, admin.session)
}

/** Asks a model without a credential. */
async function chat(
  address: string,
  model = 'openai/gpt-fake',
  headers: Record<string, string> = {},
): Promise<Response> {
  const context = createExecutionContext()
  const request = new Request('http://localhost/v1/chat/completions', {
    method: 'POST',
    headers: { 'cf-connecting-ip': address, ...headers },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }),
  })
  const response = await worker.fetch(request, env, context)
  await waitOnExecutionContext(context)
  return response
}

describe('a request without a credential', () => {
  it('is refused while open access is off, which it is at first', async () => {
    expect(await call('GET', '/api/settings', undefined, admin.session)).toMatchObject({ openAccess: false })
    const refused = await chat('203.0.113.1')
    expect(refused.status).toBe(401)
    expect(fetch).not.toHaveBeenCalled()
  })

  it('that sends a key of another service is told that it is not valid, while it is off', async () => {
    const refused = await chat('203.0.113.1', 'openai/gpt-fake', { authorization: 'Bearer sk-placeholder' })
    expect(refused.status).toBe(401)
    expect(await refused.text()).toContain('Invalid, revoked or expired')
  })

  it('costs no query each while it is off', async () => {
    await chat('203.0.113.1')
    const asked = vi.spyOn(Object.getPrototypeOf(env.DB), 'withSession')
    for (let i = 0; i < 5; i++) expect((await chat('203.0.113.1')).status).toBe(401)
    expect(asked).not.toHaveBeenCalled()
  })

  it('is served from shared accounts once an admin has opened the hub', async () => {
    await set({ openAccess: true })
    const served = await chat('203.0.113.2')
    expect(served.status).toBe(200)
    expect(served.headers.get('x-llm-key-id')).toBe(sharedKey)
  })

  it('never draws on private accounts, not even those of an admin', async () => {
    const refused = await chat('203.0.113.2', 'groq/llama')
    expect(refused.status).toBe(400)
    expect(await refused.json()).toMatchObject({ hub: { code: 'NO_ELIGIBLE_KEY' } })
    expect(fetch).not.toHaveBeenCalled()
    const models = await (await send('GET', '/v1/models')).text()
    expect(models).toContain('openai/')
    expect(models).not.toContain('groq/')
  })

  it('has no idempotency key: nobody could tell whose answer it would be', async () => {
    const refused = await chat('203.0.113.40', 'openai/gpt-fake', { 'idempotency-key': 'once' })
    expect(refused.status).toBe(400)
    expect(await refused.json()).toMatchObject({
      error: { message: expect.stringContaining('requires a token') },
      hub: { code: 'VALIDATION_ERROR' },
    })
    expect(fetch).not.toHaveBeenCalled()
  })

  it('may ask for models and nothing else: every other route says 401', async () => {
    for (const { method, path, declaration } of declaredRoutes(app)) {
      if (declaration.guard !== 'user' && declaration.guard !== 'admin') continue
      const address = path.replaceAll(/:\w+(\{[^}]*\})?/g, 'x')
      expect([method, path, (await send(method, address)).status]).toEqual([method, path, 401])
    }
  })

  it.each([
    ['authorization', 'Bearer sk-placeholder'],
    ['authorization', 'Bearer none'],
    ['x-api-key', 'dummy'],
    ['x-goog-api-key', 'AIzaPlaceholder'],
  ])('may send a key that is none of the hub’s, as SDKs must: %s: %s', async (name, value) => {
    expect((await chat('203.0.113.50', 'openai/gpt-fake', { [name]: value })).status).toBe(200)
  })

  it('is refused with a bad credential: whoever sends one wants to know', async () => {
    const request = { body: { model: 'openai/gpt-fake', messages: [] }, as: 'llm_mistyped' }
    expect((await send('POST', '/v1/chat/completions', request)).status).toBe(401)
  })

  it('is in the log of the hub, and nowhere a user', async () => {
    await chat('203.0.113.3')
    await runDurableObjectAlarm(poolStub(env, 'hub', 'openai'))
    const { results } = await env.DB.prepare(
      "SELECT DISTINCT owner, token_id FROM requests WHERE owner = 'hub'",
    ).all()
    expect(results).toEqual([{ owner: 'hub', token_id: null }])
    const users = await (await send('GET', '/api/users', { as: admin.session })).text()
    expect(users).not.toContain('"hub"')
    expect(users).not.toContain('open access')
  })

  it('is bounded for each address, exactly, however many come at once', async () => {
    await set({ openAccessPerMinute: 15 })
    const answers = await Promise.all(Array.from({ length: 60 }, () => chat('203.0.113.4')))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(15)
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused).toHaveLength(45)
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(fetch).toHaveBeenCalledTimes(15)
    expect((await chat('203.0.113.5')).status).toBe(200)
  })

  it('leaves nothing to go on from: one caller could read what another said', async () => {
    const answer = { ...completionBody, id: 'resp_of_somebody' }
    vi.mocked(fetch).mockImplementation(async () => Response.json(answer))
    const context = createExecutionContext()
    const request = new Request('http://localhost/v1/responses', {
      method: 'POST',
      headers: { 'cf-connecting-ip': '203.0.113.6' },
      body: JSON.stringify({ model: 'openai/gpt-fake', input: 'a secret' }),
    })
    await worker.fetch(request, env, context)
    await waitOnExecutionContext(context)
    expect((await env.DB.prepare('SELECT * FROM kept_responses').all()).results).toEqual([])
  })

  it('is refused from the next one on when open access is switched off, in an isolate that has just served it', async () => {
    expect((await chat('203.0.113.7')).status).toBe(200)
    await env.DB.prepare(`UPDATE settings SET value = 'false' WHERE name = 'openAccess'`).run()
    expect((await chat('203.0.113.7')).status).toBe(401)
    expect((await send('GET', '/v1/models')).status).toBe(401)
  })
})
