/** What browsers are told with every answer, and which of their pages may read it. */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { Env } from '../../src/env.ts'
import { app } from '../../src/index.ts'
import { cors } from '../../src/http/cors.ts'
import { Hono } from 'hono'
import { settleIn, type Settled } from '../hub.workerd.ts'

const page = 'https://app.example.org'
const listed: Env = {
  ...env,
  CORS_ORIGINS: ` ${page}/ , https://other.example.org,*, not a url ,null,app://obsidian.md`,
}

let ada: Settled
beforeAll(async () => {
  ada = await settleIn({ provider: 'sandbox', apiKey: 'x' })
})

async function send(
  path: string,
  init: RequestInit = {},
  bindings: Env = listed,
  base = 'http://localhost',
): Promise<Response> {
  const context = createExecutionContext()
  const response = await app.fetch(new Request(`${base}${path}`, init), bindings, context)
  const text = await response.text()
  await waitOnExecutionContext(context)
  return new Response(response.status === 204 ? null : text, response)
}

const chat = (as: string, stream = false): RequestInit => ({
  method: 'POST',
  headers: { authorization: `Bearer ${as}` },
  body: JSON.stringify({ model: 'sandbox/echo', stream, messages: [{ role: 'user', content: 'Hi' }] }),
})

describe('every answer', () => {
  it.each<[string, number, () => Promise<Response>]>([
    ['of the health', 200, () => send('/health')],
    ['that refuses', 401, () => send('/api/keys')],
    ['that finds nothing', 404, () => send('/api/nothing')],
    ['to a WebSocket', 426, () => send('/v1/responses', { headers: { upgrade: 'websocket' } })],
    [
      'that is a fault of the request',
      400,
      () => send('/v1/chat/completions', { ...chat(ada.token), body: '{' }),
    ],
    [
      'with private data',
      200,
      () => send('/api/keys', { headers: { authorization: `Bearer ${ada.session}` } }),
    ],
    ['of a model', 200, () => send('/v1/chat/completions', chat(ada.token))],
    ['that is a stream', 200, () => send('/v1/chat/completions', chat(ada.token, true))],
  ])('%s is data, is kept by no cache, and names no product', async (_what, status, ask) => {
    const response = await ask()
    expect(response.status).toBe(status)
    const headers = Object.fromEntries(response.headers)
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    )
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    })
    expect(headers['permissions-policy']).toContain('camera=()')
    for (const name of ['server', 'x-powered-by', 'via', 'strict-transport-security']) {
      expect(headers).not.toHaveProperty(name)
    }
  })

  it('over https says that nothing else is to be used from now on', async () => {
    const deployed = {
      ...listed,
      MASTER_KEY: btoa(String.fromCharCode(...Array.from({ length: 32 }, (_, i) => (i * 53 + 9) % 256))),
      HUB_LOCAL: '0',
    } as Env
    for (const path of ['/health', '/api/keys']) {
      const response = await send(path, {}, deployed, 'https://hub.example.org')
      expect(response.headers.get('strict-transport-security')).toContain('max-age=63072000')
    }
  })
})

const preflight = (origin: string, path = '/v1/chat/completions', bindings: Env = listed) =>
  send(
    path,
    {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization, content-type, x-stainless-lang',
      },
    },
    bindings,
  )

describe('a client whose base URL lacks /v1', () => {
  it('is answered', async () => {
    const answer = await send('/chat/completions', chat(ada.token))
    expect(answer.status).toBe(200)
    const models = await send('/models', { headers: { authorization: `Bearer ${ada.token}` } })
    expect(await models.json()).toMatchObject({ object: 'list' })
    expect((await send('/models')).status).toBe(401)
  })
})

describe('a page of another origin', () => {
  it('that is on the list is told before any credential that it may call', async () => {
    const response = await preflight(page)
    expect(response.status).toBe(204)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'access-control-allow-origin': page,
      'access-control-allow-headers': 'authorization, content-type, x-stainless-lang',
      'access-control-max-age': '600',
      vary: 'Origin',
    })
    expect(response.headers.get('access-control-allow-methods')).toContain('DELETE')
  })

  it('that is an app with a scheme of its own may ask before it calls', async () => {
    const response = await preflight('app://obsidian.md')
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-origin')).toBe('app://obsidian.md')
    expect((await preflight('app://other.md')).status).toBe(403)
  })

  it('that is on the list reads answers and errors, and their facts', async () => {
    for (const init of [chat(ada.token), chat('llm_wrong')]) {
      const response = await send('/v1/chat/completions', {
        ...init,
        headers: { ...(init.headers as Record<string, string>), origin: page },
      })
      expect(response.headers.get('access-control-allow-origin')).toBe(page)
      expect(response.headers.get('access-control-expose-headers')).toContain('x-hub-request-id')
      expect(response.headers.get('vary')).toContain('Origin')
    }
  })

  it.each([
    'https://evil.example.org',
    'https://app.example.org.evil.example',
    'https://evil-app.example.org',
    'http://app.example.org',
    'https://app.example.org:8443',
    'https://APP.example.org',
    'null',
    '*',
    'not a url',
  ])('that is not on it reads nothing: %s', async (origin) => {
    const refused = await preflight(origin)
    expect(refused.status).toBe(403)
    expect(refused.headers.has('access-control-allow-origin')).toBe(false)
    const response = await send('/v1/models', { headers: { origin, authorization: `Bearer ${ada.token}` } })
    expect(response.headers.has('access-control-allow-origin')).toBe(false)
  })

  it('is never told to send cookies, nor that every page may call', async () => {
    for (const origin of [page, 'https://evil.example.org']) {
      for (const response of [await preflight(origin), await send('/api/keys', { headers: { origin } })]) {
        expect(response.headers.has('access-control-allow-credentials')).toBe(false)
        expect(response.headers.get('access-control-allow-origin')).not.toBe('*')
      }
    }
  })

  it('may be put on the list by an administrator, and is read again after half a minute', async () => {
    let stored = ['https://first.example.org']
    const small = new Hono<{ Bindings: Env }>().use(cors(async () => stored)).get('/', (c) => c.text('fine'))
    const allowed = async (origin: string): Promise<boolean> =>
      (await small.request('/', { headers: { origin } }, env)).headers.get('access-control-allow-origin') ===
      origin
    expect(await allowed('https://first.example.org')).toBe(true)
    stored = ['https://second.example.org']
    expect(await allowed('https://second.example.org')).toBe(false)
    const later = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 30_001)
    expect(await allowed('https://second.example.org')).toBe(true)
    expect(await allowed('https://first.example.org')).toBe(false)
    later.mockRestore()
  })

  it('is not one where the origin is the hub’s own, and a request without origin is as before', async () => {
    for (const headers of [{ origin: 'http://localhost' }, {}] as Record<string, string>[]) {
      const response = await send('/v1/models', {
        headers: { ...headers, authorization: `Bearer ${ada.token}` },
      })
      expect(response.status).toBe(200)
      expect(response.headers.has('access-control-allow-origin')).toBe(false)
    }
  })
})
