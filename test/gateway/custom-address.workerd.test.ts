/**
 * Where a key goes: to the address on its provider's row, looked at before each call, and nowhere
 * else.
 */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Env } from '../../src/env.ts'
import { app } from '../../src/index.ts'
import { call, completionBody, settleIn, type Settled } from '../hub.workerd.ts'

// Each test is a life of a hub, and machines may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

/** As deployed: real secrets, nothing local, private addresses refused. */
const deployed: Env = {
  ...env,
  MASTER_KEY: btoa(String.fromCharCode(...Array.from({ length: 32 }, (_, i) => (i * 53 + 9) % 256))),
  HUB_LOCAL: '0',
  ALLOW_PRIVATE_UPSTREAMS: 'false',
}

let turn = 0
let ada: Settled
let id: string
/** Where names point to, as the resolvers say. */
let zone: Record<string, string[] | 'down'>
/** What was called, resolvers aside, and with which key. */
let called: { url: string; key: string | null }[]
let answer: () => Response

beforeEach(async () => {
  turn++
  id = `custom-${turn}`
  zone = {}
  called = []
  answer = () => Response.json(completionBody)
  vi.spyOn(console, 'warn').mockImplementation(() => {})
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input)
    if (url.pathname === '/dns-query' || url.hostname === 'dns.google') return resolve(url)
    called.push({ url: url.href, key: new Headers(init?.headers).get('authorization') })
    return answer()
  })
  ada = await settleIn({ provider: 'sandbox', apiKey: 'x' }, `ada${turn}`)
})
afterEach(() => vi.restoreAllMocks())

function resolve(url: URL): Response {
  const addresses = zone[url.searchParams.get('name') ?? ''] ?? []
  if (addresses === 'down') return new Response(null, { status: 503 })
  const type = url.searchParams.get('type') === 'A' ? 1 : 28
  const fitting = addresses.filter((address) => address.includes(':') === (type === 28))
  return Response.json({ Status: 0, Answer: fitting.map((data) => ({ name: '', type, data, TTL: 60 })) })
}

interface Answer {
  status: number
  body: {
    state?: { status: string; reason: { verdict: string; message: string } | null }
    error?: { message: string; param?: string }
    hub?: { code: string; trail?: { verdict: string; blame: string }[] }
  }
}

async function send(
  method: string,
  path: string,
  body?: unknown,
  as = ada.session,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const context = createExecutionContext()
  const request = new Request(`https://hub-${turn}.public.net${path}`, {
    method,
    headers: { authorization: `Bearer ${as}`, 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const response = await app.fetch(request, deployed, context)
  await waitOnExecutionContext(context)
  return { status: response.status, body: await response.json<Answer['body']>() }
}

const add = (baseUrl: string) =>
  send('POST', '/api/providers', { id, name: 'Mine', baseUrl, dialect: 'openai-chat', models: ['m'] })
const secret = () => `custom-secret-${turn}-0123456789`
const addKey = () => send('POST', '/api/keys', { provider: id, apiKey: secret() })
const ask = (as = ada.token) =>
  send(
    'POST',
    '/v1/chat/completions',
    { model: `${id}/m`, messages: [{ role: 'user', content: 'Hello' }] },
    as,
  )

describe('a custom provider', () => {
  it('is called where its name points to the public internet', async () => {
    zone[`models-${turn}.public.net`] = ['93.184.215.14', '2606:4700::1']
    expect((await add(`https://models-${turn}.public.net/v1`)).status).toBe(201)
    expect((await addKey()).status).toBe(201)
    expect((await ask()).status).toBe(200)
    expect(called).toEqual([
      { url: `https://models-${turn}.public.net/v1/chat/completions`, key: `Bearer ${secret()}` },
    ])
  })

  it.each([
    ['is private', ['10.0.0.5']],
    ['is not there', []],
    ['cannot be looked up', 'down' as const],
  ])('is not stored where its name %s', async (_what, addresses) => {
    zone[`models-${turn}.public.net`] = addresses
    const { status, body } = await add(`https://models-${turn}.public.net/v1`)
    expect(status).toBe(400)
    expect(body.error?.message).toContain('"baseUrl"')
  })

  it('is not stored where it is this hub', async () => {
    zone[`hub-${turn}.public.net`] = ['93.184.215.14']
    const { status, body } = await add(`https://hub-${turn}.public.net/v1`)
    expect(status).toBe(400)
    expect(body.error?.message).toContain('this hub itself')
  })

  it.each([
    ['address-refused', ['127.0.0.1']],
    ['unresolved', 'down' as const],
  ])('is not called once its name has changed: %s, and its key is not harmed', async (verdict, addresses) => {
    const name = `models-${turn}.public.net`
    zone[name] = ['93.184.215.14']
    await add(`https://${name}/v1`)
    await addKey()
    // The answer that was stored is forgotten after five minutes.
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 301_000)
    zone[name] = addresses
    const { status, body } = await ask()
    expect(status).toBe(502)
    expect(body.hub?.trail).toMatchObject([{ verdict, blame: 'unknown' }])
    expect(called).toEqual([])
    zone[name] = ['93.184.215.14']
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 301_000)
    expect((await ask()).status).toBe(200)
  })

  it('that redirects is at fault: nobody follows with the key', async () => {
    zone[`models-${turn}.public.net`] = ['93.184.215.14']
    await add(`https://models-${turn}.public.net/v1`)
    await addKey()
    const headers = { location: 'https://evil.public.net/collect' }
    answer = () => new Response(null, { status: 302, headers })
    const { status, body } = await ask()
    expect(status).toBe(502)
    expect(called.map(({ url }) => url)).toEqual([`https://models-${turn}.public.net/v1/chat/completions`])
    expect(JSON.stringify(body)).not.toContain('evil')
  })

  it('has its keys in quarantine when it moves to another path or host, until they are entered again', async () => {
    zone[`models-${turn}.public.net`] = ['93.184.215.14']
    zone[`elsewhere-${turn}.public.net`] = ['93.184.215.15']
    await add(`https://models-${turn}.public.net/v1`)
    const key = (await addKey()).body as Answer['body'] & { id: string }
    await send('PATCH', `/api/providers/${id}`, { baseUrl: `https://models-${turn}.public.net/v2` })
    expect((await send('GET', `/api/keys/${key.id}`)).body.state).toMatchObject({
      status: 'quarantined',
      reason: { verdict: 'address-changed' },
    })
    expect((await ask()).status).not.toBe(200)
    await send('PATCH', `/api/keys/${key.id}`, { apiKey: secret() })
    expect((await ask()).status).toBe(200)

    const moved = await send('PATCH', `/api/providers/${id}`, {
      baseUrl: `https://elsewhere-${turn}.public.net/v1`,
    })
    expect(moved.status).toBe(200)
    const { body } = await send('GET', `/api/keys/${key.id}`)
    expect(body.state).toMatchObject({ status: 'quarantined', reason: { verdict: 'address-changed' } })
    expect(body.state?.reason?.message).toContain('Enter the key again')
    called = []
    expect((await ask()).status).not.toBe(200)
    expect((await send('POST', `/api/keys/${key.id}/restore`)).body.state?.status).toBe('quarantined')
    expect(called).toEqual([])

    const again = await send('PATCH', `/api/keys/${key.id}`, { apiKey: secret() })
    expect(again.body.state?.status).toBe('active')
    expect((await ask()).status).toBe(200)
    expect(called).toEqual([
      { url: `https://elsewhere-${turn}.public.net/v1/chat/completions`, key: `Bearer ${secret()}` },
    ])
  })

  it('has imported keys in quarantine as well when it moves', async () => {
    zone[`models-${turn}.public.net`] = ['93.184.215.14']
    zone[`elsewhere-${turn}.public.net`] = ['93.184.215.15']
    await add(`https://models-${turn}.public.net/v1`)
    const imported = await send('POST', '/api/keys/import', { text: secret(), provider: id, apply: true })
    expect(imported.body).toMatchObject({ counts: { added: 1 } })
    await send('PATCH', `/api/providers/${id}`, { baseUrl: `https://elsewhere-${turn}.public.net/v1` })
    const { body } = await send('GET', '/api/keys')
    const { data } = body as { data: { provider: string; state: { status: string } }[] }
    expect(data.find(({ provider }) => provider === id)?.state).toMatchObject({
      status: 'quarantined',
      reason: { verdict: 'address-changed' },
    })
  })

  it('does not inherit the keys of one that was removed', async () => {
    zone[`models-${turn}.public.net`] = ['93.184.215.14']
    zone[`evil-${turn}.public.net`] = ['93.184.215.15']
    await add(`https://models-${turn}.public.net/v1`)
    await addKey()
    await call('DELETE', `/api/providers/${id}`, undefined, ada.session)
    await add(`https://evil-${turn}.public.net/v1`)
    called = []
    expect((await ask()).status).not.toBe(200)
    expect(called).toEqual([])
  })

  it('is never chosen by the request itself', async () => {
    zone[`models-${turn}.public.net`] = ['93.184.215.14']
    await add(`https://models-${turn}.public.net/v1`)
    await addKey()
    const evil = 'https://evil.public.net/v1'
    const headers = {
      'x-portkey-custom-host': evil,
      'x-base-url': evil,
      'x-forwarded-host': 'evil.public.net',
      'helicone-target-url': evil,
    }
    for (const model of [`${id}/m`, `${id}/../../x#@evil.public.net`, `${id}/https://evil.public.net/m`]) {
      const messages = [{ role: 'user', content: 'Hello' }]
      const body = { model, api_base: evil, base_url: evil, baseURL: evil, custom_host: evil, messages }
      expect((await send('POST', '/v1/chat/completions', body, ada.token, headers)).status).toBe(200)
    }
    expect(called).toHaveLength(3)
    for (const { url } of called) expect(new URL(url).host).toBe(`models-${turn}.public.net`)
  })
})

it('a shared key is not sent where another user’s provider of the same name is', async () => {
  zone[`models-${turn}.public.net`] = ['93.184.215.14']
  zone[`evil-${turn}.public.net`] = ['93.184.215.15']
  await env.DB.prepare("UPDATE users SET role = 'admin' WHERE id = ?").bind(ada.userId).run()
  const row = { id, name: 'Mine', dialect: 'openai-chat', models: ['m'] }
  const mallory = await settleIn({ provider: 'sandbox', apiKey: 'x' }, `mallory${turn}`)
  const evil = { ...row, baseUrl: `https://evil-${turn}.public.net/v1` }
  expect((await send('POST', '/api/providers', evil, mallory.session)).status).toBe(201)
  const shared = { ...row, baseUrl: `https://models-${turn}.public.net/v1` }
  expect((await send('POST', '/api/providers?scope=hub', shared)).status).toBe(201)
  await send('POST', '/api/keys', { provider: id, apiKey: secret(), shared: true })
  for (const token of [mallory.token, ada.token]) expect((await ask(token)).status).toBe(200)
  expect(new Set(called.map(({ url }) => new URL(url).host))).toEqual(new Set([`models-${turn}.public.net`]))
})
