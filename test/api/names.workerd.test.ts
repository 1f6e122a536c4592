/** Names of routes, models and keys: what is taken, what is told, and what is found under them. */
import { createExecutionContext, runInDurableObject, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { app } from '../../src/index.ts'
import { poolStub } from '../../src/quota/stub.ts'
import { call, completionBody, refusal, send, sentText, settleIn, type Settled } from '../hub.workerd.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const messages = [{ role: 'user', content: 'Hello' }]
let ada: Settled

beforeAll(async () => {
  ada = await settleIn({ provider: 'mistral', apiKey: 'mistral-key-0123456789' })
  await env.DB.prepare("UPDATE users SET role = 'admin'").run()
  const row = {
    id: 'mine',
    name: 'Mine',
    baseUrl: 'http://127.0.0.1:9/v1',
    dialect: 'openai-chat',
    models: ['m'],
  }
  await call('POST', '/api/providers', row, ada.session)
})
afterEach(() => vi.restoreAllMocks())

describe('a name that nothing is known to have', () => {
  const put = (...candidates: object[]) =>
    call<{ warnings: string[] }>('PUT', '/api/routes/lane', { candidates }, ada.session)

  it('is told where a route names it, and taken', async () => {
    const { warnings } = await put(
      { provider: 'mistral', model: 'mistral-smal-latest' },
      { provider: 'mistrall', model: 'x' },
      { provider: 'mine', model: 'n' },
    )
    expect(warnings).toEqual([
      expect.stringContaining('mistral-smal-latest'),
      expect.stringContaining('"mistrall"'),
      expect.stringContaining('"n"'),
    ])
    const good = [
      { provider: 'mistral', model: 'mistral-small-latest' },
      { provider: 'mine', model: 'm' },
      { provider: 'hf' },
    ]
    expect((await put(...good)).warnings).toEqual([])
  })

  it('is told where a token permits it, and taken', async () => {
    const allowedModels = ['smrat', 'mistral/*', 'lane', 'mistral/mistral-smal', 'mistral-small-*', 'gtp-5*']
    const token = await call<{ id: string; warnings: string[] }>(
      'POST',
      '/api/tokens',
      { name: 'typos', allowedModels },
      ada.session,
    )
    const told = ['smrat', 'mistral/mistral-smal', 'gtp-5*'].map((name) =>
      expect.stringContaining(`"${name}"`),
    )
    expect(token.warnings).toEqual(told)
    const changed = { allowedModels: ['smart'] }
    expect(await call('PATCH', `/api/tokens/${token.id}`, changed, ada.session)).toMatchObject({
      warnings: [],
    })
  })
})

describe('a name with a slash', () => {
  it('is an alias that goes before the provider’s own model', async () => {
    const candidates = [{ provider: 'mistral', model: 'mistral-small-latest' }]
    await call('POST', '/api/routes', { name: 'openai/gpt-x', candidates }, ada.session)
    const sent: string[] = []
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (_input, init) => {
      sent.push(sentText(init))
      return Response.json(completionBody)
    })
    const body = { model: 'openai/gpt-x', messages }
    expect((await send('POST', '/v1/chat/completions', { body, as: ada.token })).status).toBe(200)
    expect(sent).toEqual([expect.stringContaining('"mistral-small-latest"')])
    const path = '/api/routes/openai%2Fgpt-x'
    expect(await call('GET', path, undefined, ada.session)).toMatchObject({ name: 'openai/gpt-x' })
    await call('DELETE', path, undefined, ada.session)
    expect((await send('GET', path, { as: ada.session })).status).toBe(404)
  })

  it.each(['/x', 'x/', 'a//b', '*', 'a/*/b'])('is refused where it is no name: %s', async (name) => {
    const body = { name, candidates: [{ provider: 'mistral' }] }
    expect(await refusal('POST', '/api/routes', body, ada.session)).toMatchObject({
      status: 400,
      param: 'name',
    })
  })
})

it.each(['/api/keys', '/api/routes', '/api/accounts'])(
  'a query that %s does not take is refused by name',
  async (path) => {
    const refused = await send('GET', `${path}?owner=all`, { as: ada.session })
    expect(refused.status).toBe(400)
    expect(await refused.text()).toContain('owner')
  },
)

it('a provider whose only key is disabled is told as such', async () => {
  const key = { provider: 'mine', apiKey: 'mine-key-0123456789', enabled: false }
  await call('POST', '/api/keys', key, ada.session)
  const ask = { body: { model: 'mine/m', messages }, as: ada.token }
  const text = await (await send('POST', '/v1/chat/completions', ask)).text()
  expect(text).toContain('mine: 1 key disabled')
  const explained = await call('POST', '/api/routes/mine%2Fm/explain', {}, ada.session)
  expect(explained).toMatchObject({ leftOut: [{ provider: 'mine', reason: '1 key disabled' }] })
  const other = { body: { model: 'groq/m', messages }, as: ada.token }
  expect(await (await send('POST', '/v1/chat/completions', other)).text()).toContain('no key')
})

describe('a key of the deployment', () => {
  const bindings = { ...env, NVIDIA_API_KEY: 'nvapi-of-the-deployment-0123456789' }
  const pool = poolStub(env, 'hub', 'nvidia')

  async function ask(method: string, path: string, as: string, body?: object) {
    const context = createExecutionContext()
    const request = new Request(`http://localhost${path}`, {
      method,
      headers: { authorization: `Bearer ${as}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    const response = await app.fetch(request, bindings, context)
    const answer = await response.json<Record<string, unknown>>()
    await waitOnExecutionContext(context)
    return { status: response.status, answer }
  }

  it('that was refused is in the list of an administrator, who tests and restores it', async () => {
    await runInDurableObject(pool, (object) => {
      // The environment of one object, which the test may set as a deployment would.
      Object.assign(object, { env: bindings })
    })
    const fetched = vi.spyOn(globalThis, 'fetch')
    fetched.mockImplementation(async () => Response.json({ error: { message: 'No.' } }, { status: 401 }))
    await ask('POST', '/v1/chat/completions', ada.token, { model: 'nvidia/m', messages })
    const shown = { id: 'env-nvidia', environment: 'NVIDIA_API_KEY', state: { status: 'quarantined' } }
    const listed = await ask('GET', '/api/keys', ada.session)
    expect(listed.answer.data).toContainEqual(
      expect.objectContaining({ ...shown, state: expect.objectContaining(shown.state) }),
    )
    expect(JSON.stringify(listed.answer)).not.toContain('nvapi-')
    const restored = await ask('POST', '/api/keys/env-nvidia/restore', ada.session)
    expect(restored).toMatchObject({ status: 201, answer: { state: { status: 'active' } } })
    fetched.mockImplementation(async () => Response.json(completionBody))
    expect(await ask('POST', '/api/keys/env-nvidia/test', ada.session)).toMatchObject({
      status: 201,
      answer: { ok: true },
    })
  })

  it('is nobody else’s to see, and nobody’s to change', async () => {
    const bob = await settleIn({ provider: 'sandbox', apiKey: 'x' }, 'bob')
    for (const act of ['restore', 'test'])
      expect((await ask('POST', `/api/keys/env-nvidia/${act}`, bob.session)).status).toBe(404)
    expect(JSON.stringify((await ask('GET', '/api/keys', bob.session)).answer)).not.toContain('env-nvidia')
    expect((await ask('DELETE', '/api/keys/env-nvidia', ada.session)).status).toBe(404)
  })
})

describe('Gemini’s embeddings', () => {
  const vectors = (count: number) => ({
    object: 'list',
    data: Array.from({ length: count }, (_, index) => ({
      object: 'embedding',
      index,
      embedding: [index, 0.5],
    })),
    model: 'mistral-embed',
    usage: { prompt_tokens: 3, total_tokens: 3 },
  })
  const content = (text: string) => ({ parts: [{ text }] })

  it.each<[string, object, string[], object]>([
    [
      'embedContent',
      { content: content('one'), outputDimensionality: 2 },
      ['one'],
      { embedding: { values: [0, 0.5] } },
    ],
    [
      'batchEmbedContents',
      { requests: [{ model: 'models/x', content: content('one') }, { content: content('two') }] },
      ['one', 'two'],
      { embeddings: [{ values: [0, 0.5] }, { values: [1, 0.5] }] },
    ],
  ])('are answered at %s', async (method, body, input, expected) => {
    let sent = ''
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (_input, init) => {
      sent = sentText(init)
      return Response.json(vectors(input.length))
    })
    const path = `/v1beta/models/mistral/mistral-embed:${method}`
    const response = await send('POST', path, { body, as: ada.token })
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual(expected)
    expect(JSON.parse(sent)).toMatchObject({ model: 'mistral-embed', input })
  })

  it('name what no provider is told, and refuse what is no text', async () => {
    vi.spyOn(globalThis, 'fetch').mockImplementation(async () => Response.json(vectors(1)))
    const path = '/v1beta/models/mistral/mistral-embed:embedContent'
    const told = await send('POST', path, {
      body: { content: content('one'), taskType: 'CLUSTERING' },
      as: ada.token,
    })
    expect(told.headers.get('x-hub-dropped')).toBe('taskType')
    const image = { content: { parts: [{ inlineData: { mimeType: 'image/png', data: 'AA==' } }] } }
    const refused = await send('POST', path, { body: image, as: ada.token })
    expect(refused.status).toBe(400)
    expect(await refused.json()).toMatchObject({ error: { message: expect.stringContaining('Only text') } })
  })
})
