/**
 * What has gone wrong in other gateways, tried here. Each test is an incident of the field; those
 * that have tests of their own are: cache keys and revoked tokens in `auth/caller`, hosts chosen by
 * requests and redirects in `gateway/custom-address`, addresses in `http/safe-fetch`, routes
 * without a guard in `routes/guards`, keys in traces in `security/canary`, weak secrets in
 * `auth/secrets`.
 */
import { env, exports } from 'cloudflare:workers'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { hashToken, makeToken } from '../../src/auth/gateway-tokens.ts'
import { app } from '../../src/index.ts'
import { declaredRoutes } from '../../src/api/endpoint.ts'
import { call, completionBody, settleIn, type Settled } from '../hub.workerd.ts'

let ada: Settled
let bob: Settled

beforeAll(async () => {
  ada = await settleIn({ provider: 'openai', apiKey: 'sk-incidents-0123456789' })
  bob = await settleIn({ provider: 'sandbox', apiKey: 'x' }, 'bob')
})
afterEach(() => vi.restoreAllMocks())

async function send(method: string, path: string, as: string, body?: unknown): Promise<Response> {
  return exports.default.fetch(
    new Request(`http://localhost${path}`, {
      method,
      headers: { authorization: `Bearer ${as}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
  )
}

describe('a credential', () => {
  it.each([
    "' OR '1'='1",
    "llm_' OR 1=1 --",
    "x'; DROP TABLE tokens; --",
    'llm_%',
    'llm_*',
    '"}) OR 1=1',
    '../../etc/passwd',
    '__proto__',
    'constructor',
    'undefined',
    'null',
    'x'.repeat(10_000),
  ])('that is a piece of SQL or of nothing opens nothing: %s', async (text) => {
    expect((await send('GET', '/v1/models', text)).status).toBe(401)
    expect((await send('GET', '/api/keys', text)).status).toBe(401)
    const login = { login: text, password: text }
    const response = await send('POST', '/api/auth/login', '', { ...login, login: text.slice(0, 100) })
    expect([400, 401, 429]).toContain(response.status)
  })

  it('is known by the whole of it, not by how it begins', async () => {
    const twin = makeToken()
    const half = ada.token.slice(0, 30) + twin.slice(30)
    for (const other of [half, twin, ada.token.slice(0, -1), `${ada.token}0`, ada.token.toUpperCase()]) {
      expect((await send('GET', '/v1/models', other)).status).toBe(401)
    }
    expect((await send('GET', '/v1/models', ada.token)).status).toBe(200)
  })

  it('is stored as the hash of the whole of it, and nowhere else', async () => {
    const row = await env.DB.prepare('SELECT hash FROM tokens WHERE owner = ?')
      .bind(ada.userId)
      .first<{ hash: string }>()
    expect(row?.hash).toBe(await hashToken(ada.token))
  })

  it('that is wrong is answered without a word about what this is', async () => {
    const response = await send('GET', '/v1/models', makeToken())
    const said = `${await response.text()} ${JSON.stringify([...response.headers])}`
    expect(said).not.toMatch(/llm[ -]?hub|hono|workerd|version|\d+\.\d+\.\d+/i)
  })
})

describe('nobody is given more than they have', () => {
  it.each([
    ['/api/tokens', { name: 'more', role: 'admin' }],
    ['/api/tokens', { name: 'more', scopes: ['admin'] }],
    ['/api/tokens', { name: 'more', allowedRoutes: ['/api/*'] }],
    ['/api/tokens', { name: 'more', owner: 'hub' }],
    ['/api/keys', { provider: 'openai', apiKey: 'sk-more-0123456789', owner: 'hub' }],
    ['/api/keys', { provider: 'openai', apiKey: 'sk-more-0123456789', baseUrl: 'https://evil.example.org' }],
    ['/api/auth/register', { username: 'eve', password: 'a good long password', role: 'admin' }],
    ['/api/auth/register', { username: 'eve', password: 'a good long password', isAdmin: true }],
  ])('by a field of the body: %s %j', async (path, body) => {
    const response = await send('POST', path, bob.session, body)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ hub: { code: 'VALIDATION_ERROR' } })
  })

  it('by saying that something is for the whole hub', async () => {
    const route = { candidates: [{ provider: 'sandbox' }] }
    expect((await send('PUT', '/api/routes/smart?scope=hub', bob.session, route)).status).toBe(403)
    const provider = { id: 'everyones', name: 'X', baseUrl: 'http://127.0.0.1:9/v1', dialect: 'openai-chat' }
    expect((await send('POST', '/api/providers?scope=hub', bob.session, provider)).status).toBe(403)
    const key = { provider: 'openai', apiKey: 'sk-more-0123456789', shared: true }
    expect((await send('POST', '/api/keys', bob.session, key)).status).toBe(403)
  })

  it('by a custom provider under the id of a built-in one', async () => {
    for (const id of ['openai', 'claude', 'google']) {
      const provider = { id, name: 'X', baseUrl: 'http://127.0.0.1:9/v1', dialect: 'openai-chat' }
      expect((await send('POST', '/api/providers', bob.session, provider)).status).toBe(409)
    }
    expect(
      (await send('PATCH', '/api/providers/openai', bob.session, { baseUrl: 'http://127.0.0.1:9' })).status,
    ).toBe(403)
  })
})

describe('a name in a request', () => {
  it.each([
    '../../admin#@evil.example.org/',
    'm#@evil.example.org',
    'm?key=x&y',
    '//evil.example.org/m',
    'm/../../../v1/keys',
    'm\\..\\..',
    'm%2f..%2f..',
    'm\r\nhost: evil.example.org',
    '@evil.example.org/m',
    ':443@evil.example.org/m',
  ])('changes neither the host nor what is called on it: %j', async (model) => {
    await call(
      'POST',
      '/api/keys',
      { provider: 'gemini', apiKey: 'AIzaIncidents0123456789' },
      ada.session,
    ).catch(() => {})
    const called: URL[] = []
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (url) => {
      called.push(new URL(url instanceof Request ? url.url : url))
      return Response.json({ candidates: [{ content: { parts: [{ text: 'Hi' }] }, finishReason: 'STOP' }] })
    })
    const address = `/v1beta/models/${encodeURIComponent(`gemini/${model}`)}:generateContent`
    const response = await send('POST', address, ada.token, { contents: [{ parts: [{ text: 'Hello' }] }] })
    expect(called.length > 0 ? [200] : [400, 404]).toContain(response.status)
    for (const url of called) {
      expect(url.origin).toBe('https://generativelanguage.googleapis.com')
      expect(url.pathname).toMatch(/^\/v1beta\/models\/.+:generateContent$/)
      expect(url.search + url.hash).toBe('')
    }
  })

  it('of a model that objects have by nature is the name of a model', async () => {
    vi.spyOn(globalThis, 'fetch').mockImplementation(async () => Response.json(completionBody))
    for (const model of ['openai/constructor', 'openai/__proto__', 'openai/toString']) {
      const body = { model, messages: [{ role: 'user', content: 'Hello' }] }
      expect((await send('POST', '/v1/chat/completions', ada.token, body)).status).toBe(200)
    }
  })
})

describe('what this hub does not have', () => {
  it('is a way to take the database, the keys or a shell', () => {
    const paths = declaredRoutes(app).map(({ path }) => path)
    expect(
      paths.filter((path) => /export|backup|dump|shell|exec|tunnel|debug|eval|proxy|mcp/.test(path)),
    ).toEqual([])
  })

  it('is a path that is not declared', async () => {
    for (const path of [
      '/v1/proxy/chat',
      '/api/admin',
      '/api',
      '/v1/../api/keys',
      '/api//keys',
      '/API/keys',
      '/.env',
    ]) {
      expect([401, 404]).toContain((await send('GET', path, 'x')).status)
    }
  })
})

it('a key that fails again and again is kept, and its owner told why', async () => {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () =>
    Response.json(
      { error: { message: 'Incorrect API key provided', code: 'invalid_api_key' } },
      { status: 401 },
    ),
  )
  const body = { model: 'openai/gpt-fake', messages: [{ role: 'user', content: 'Hello' }] }
  for (let i = 0; i < 8; i++) await (await send('POST', '/v1/chat/completions', ada.token, body)).text()
  const { data } = await call<{
    data: { provider: string; state: { status: string; reason: { verdict: string } } }[]
  }>('GET', '/api/keys', undefined, ada.session)
  expect(data.find(({ provider }) => provider === 'openai')?.state).toMatchObject({ status: 'quarantined' })
})

it('an answer that one person goes on from means nothing to another', async () => {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () => Response.json(completionBody))
  await call('POST', '/api/keys', { provider: 'mistral', apiKey: 'incidents-mistral-0123' }, ada.session)
  await call('POST', '/api/keys', { provider: 'mistral', apiKey: 'incidents-mistral-4567' }, bob.session)
  const asked = await send('POST', '/v1/responses', ada.token, {
    model: 'mistral/m',
    input: 'The word is heron.',
  })
  const { id } = await asked.json<{ id: string }>()
  expect(id).toMatch(/^resp_/)
  const bodies: string[] = []
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (_url, init) => {
    if (typeof init?.body === 'string') bodies.push(init.body)
    return Response.json(completionBody)
  })
  const next = { model: 'mistral/m', input: 'Which word?', previous_response_id: id }
  await (await send('POST', '/v1/responses', bob.token, next)).text()
  await (await send('POST', '/v1/responses', ada.token, next)).text()
  expect(bodies.filter((body) => body.includes('heron'))).toHaveLength(1)
})
