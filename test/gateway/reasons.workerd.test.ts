/** The log says why a request ended as it did, also where no provider was called. */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { app } from '../../src/index.ts'
import { call, completionBody, send, settleIn, type Settled } from '../hub.workerd.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let ada: Settled
/** By the name of a custom provider, its key. */
const keys: Record<string, string> = {}

beforeAll(async () => {
  ada = await settleIn({ provider: 'sandbox', apiKey: 'x' })
  for (const id of ['first', 'second']) {
    const row = {
      id,
      name: id,
      baseUrl: `https://93.184.215.14/${id}`,
      dialect: 'openai-chat',
      models: ['m'],
    }
    await call('POST', '/api/providers', row, ada.session)
    const key = { provider: id, apiKey: `secret-of-${id}-0123456789` }
    keys[id] = (await call<{ id: string }>('POST', '/api/keys', key, ada.session)).id
  }
  const candidates = [{ provider: 'groq' }, { provider: 'first' }, { provider: 'second' }]
  await call('PUT', '/api/routes/work', { candidates }, ada.session)
  await call('PUT', '/api/routes/claude-*', { candidates: [{ provider: 'second' }] }, ada.session)
})
beforeEach(() => {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () => Response.json(completionBody))
})

interface Shown {
  status: number
  code: string | null
  message: string | null
  route: string | null
  client: string | null
  trail: object[]
  skipped: { provider: string; reason: string; keyId: string | null; keys: number | null; after: number }[]
  names: Record<string, string>
}

/** Asks the hub. @returns what the client was told, and what the log says of it. */
async function ask(model: string, { as = ada.token, ...headers }: Record<string, string> = {}) {
  const context = createExecutionContext()
  const request = new Request('http://localhost/v1/chat/completions', {
    method: 'POST',
    headers: { authorization: `Bearer ${as}`, ...headers },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }),
  })
  const response = await app.fetch(request, env, context)
  const text = await response.text()
  await waitOnExecutionContext(context)
  const path = `/api/logs/${response.headers.get('x-hub-request-id')}`
  const log = await vi.waitFor(
    async () => {
      const found = await send('GET', path, { as: ada.session })
      expect(found.status).toBe(200)
      return found.json<Shown>()
    },
    { timeout: 20_000, interval: 200 },
  )
  const { error } = JSON.parse(text) as { error?: { message: string } }
  return { status: response.status, text, told: error?.message, log }
}

async function makeToken(more: object): Promise<string> {
  const { token } = await call<{ token: string }>('POST', '/api/tokens', { name: 't', ...more }, ada.session)
  return token
}

describe('a request that reached no provider is logged with the message that its client was sent:', () => {
  it.concurrent.each([
    ['an unknown model', 404, 'no-such-model-1', {}],
    ['a token that may not use the model', 403, 'work', { allowedModels: ['sandbox'] }],
    ['a candidate without a key', 400, 'mistral', {}],
    ['a request limit', 429, 'work', { limits: [{ unit: 'requests', per: 'day', limit: 1 }] }],
    ['a budget', 402, 'openai/gpt-5.4-mini', { budget: { amount: 0.000001, per: 'day' } }],
  ])('%s', async (_what, status, model, token) => {
    if (status === 402) {
      await call('POST', '/api/keys', { provider: 'openai', apiKey: 'sk-paid-0000000001' }, ada.session)
    }
    const as = await makeToken(token)
    if (status === 429) await ask(model, { as })
    const { told, log, ...answer } = await ask(model, { as })
    expect(answer.status).toBe(status)
    expect(told).toBeTruthy()
    expect(log).toMatchObject({ status, message: told, trail: [] })
  })
})

describe('candidates and keys that were passed over', () => {
  it('are named beside those that were called, in the order in which they came up', async () => {
    await call('PATCH', `/api/keys/${keys['first']}`, { enabled: false }, ada.session)
    const { log } = await ask('work', { 'user-agent': 'codex_cli_rs/0.58.0\t(Mac OS)' })
    expect(log).toMatchObject({ status: 200, route: 'work', client: 'codex_cli_rs/0.58.0 (Mac OS)' })
    expect(log).toMatchObject({ message: null, trail: [{ provider: 'second' }] })
    expect(log.skipped.map(({ provider, after }) => [provider, after])).toEqual([
      ['groq', 0],
      ['first', 0],
    ])
    await call('PATCH', `/api/keys/${keys['first']}`, { enabled: true }, ada.session)
  })

  it('have the keys with their state, where the pool refused', async () => {
    vi.spyOn(globalThis, 'fetch').mockImplementation(async () =>
      Response.json({ error: { message: 'Invalid API key' } }, { status: 401 }),
    )
    await ask('claude-x')
    const { told, log } = await ask('claude-x')
    expect(log).toMatchObject({ route: 'claude-*', message: told, trail: [] })
    expect(log.skipped).toMatchObject([
      { provider: 'second', reason: 'quarantined', keyId: keys['second'], keys: 1, verdict: 'bad-key' },
    ])
    expect(Object.keys(log.names)).toContain(keys['second'])
    await call('POST', `/api/keys/${keys['second']}/restore`, undefined, ada.session)
  })

  it('leave out providers without a key, where a default route names every one', async () => {
    const { log } = await ask('any')
    expect(log).toMatchObject({ status: 200, route: 'any', skipped: [] })
  })
})

it('a key that was typed in place of a model is not in the log', async () => {
  const { log } = await ask('sk-proj-abcdefghijklmnop1234567890')
  expect(log.message).toContain('[redacted]')
  expect(JSON.stringify(log)).not.toContain('abcdefghijklmnop')
})

it('where clients are not told who serves, the owner still reads who was passed over', async () => {
  await call('PATCH', '/api/settings', { exposeServedBy: false }, ada.session)
  await call('PATCH', `/api/keys/${keys['first']}`, { enabled: false }, ada.session)
  await call('PATCH', `/api/keys/${keys['second']}`, { enabled: false }, ada.session)
  const { text, told, log } = await ask('work')
  for (const name of ['first', 'second', 'groq']) expect(text).not.toContain(name)
  expect(log.message).toBe(told)
  expect(log.skipped.map(({ provider }) => provider)).toEqual(['groq', 'first', 'second'])
})
