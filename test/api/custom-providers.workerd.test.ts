/**
 * Custom providers: tested before they are saved, without a key, with what they list themselves.
 */
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { call, refusal, settleIn, type Settled } from '../hub.workerd.ts'

let ada: Settled

beforeAll(async () => {
  ada = await settleIn({ provider: 'sandbox', apiKey: 'anything' })
})
afterEach(() => vi.restoreAllMocks())

interface Made {
  url: string
  headers: Headers
  body: { model?: string }
}

const listed = {
  data: [
    { id: 'nomic-embed-text', object: 'model' },
    { id: 'llama-4', object: 'model', max_model_len: 2_000, capabilities: { function_calling: false } },
  ],
}
const answered = {
  id: 'c1',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Hello.' } }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
}

/** A server that lists models and answers chat; tells how it was called. */
function serve(list: () => Response = () => Response.json(listed)): Made[] {
  const calls: Made[] = []
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const url = typeof input === 'string' ? input : ''
    const body = typeof init?.body === 'string' ? (JSON.parse(init.body) as Made['body']) : {}
    calls.push({ url, headers: new Headers(init?.headers), body })
    return url.endsWith('/models') ? list() : Response.json(answered)
  })
  return calls
}

const box = {
  id: 'box',
  name: 'Box',
  baseUrl: 'http://localhost:11434/v1',
  dialect: 'openai-chat',
  key: 'none',
}
const ask = (model: string, more: object = {}, who = ada): Promise<unknown> =>
  call(
    'POST',
    '/v1/chat/completions',
    { model, messages: [{ role: 'user', content: 'Hi' }], ...more },
    who.session,
  )

describe('a provider that is tried before it is saved', () => {
  const { id: _id, name: _name, key: _key, ...address } = box

  it('is asked for its models without a key, and nothing of it is stored', async () => {
    const calls = serve()
    expect(await call('POST', '/api/providers/test', address, ada.session)).toMatchObject({
      ok: true,
      models: ['nomic-embed-text', 'llama-4'],
    })
    expect(calls.map(({ url }) => url)).toEqual(['http://localhost:11434/v1/models'])
    expect(calls[0]?.headers.has('authorization')).toBe(false)
    const { data } = await call<{ data: { id: string }[] }>('GET', '/api/providers', undefined, ada.session)
    expect(data.map(({ id }) => id)).not.toContain('box')
  })

  it('says why it cannot be used, without the key', async () => {
    const calls = serve(() =>
      Response.json({ error: { message: 'No such key: sk-secret-0001' } }, { status: 401 }),
    )
    const tested = await call(
      'POST',
      '/api/providers/test',
      { ...address, apiKey: 'sk-secret-0001' },
      ada.session,
    )
    expect(tested).toMatchObject({ ok: false, message: expect.stringContaining('answered 401'), models: [] })
    expect(JSON.stringify(tested)).not.toContain('sk-secret-0001')
    expect(calls[0]?.headers.get('authorization')).toBe('Bearer sk-secret-0001')
  })

  it('may be one of the servers that people run, whose addresses are known', async () => {
    const { data } = await call<{ data: { id: string; baseUrl: string }[] }>(
      'GET',
      '/api/providers/presets',
      undefined,
      ada.session,
    )
    expect(data.map(({ id }) => id)).toEqual(['ollama', 'vllm', 'lm-studio', 'llama-cpp'])
    expect(data[0]?.baseUrl).toBe(box.baseUrl)
  })
})

describe('a server without a key', () => {
  it('serves as soon as it is saved, with the models that it lists, and is sent no key', async () => {
    const calls = serve()
    expect(await call('POST', '/api/providers', box, ada.session)).toMatchObject({ key: 'none', models: [] })
    await call('POST', '/api/providers/box/models', {}, ada.session)
    const { data } = await call<{ data: { id: string; defaultModel: string; models: string[] }[] }>(
      'GET',
      '/api/providers',
      undefined,
      ada.session,
    )
    // What answers no chat is nobody's default.
    expect(data.find(({ id }) => id === 'box')).toMatchObject({
      defaultModel: 'llama-4',
      models: ['nomic-embed-text', 'llama-4'],
      namedModels: [],
      listedAt: expect.any(String),
    })
    await ask('box')
    const { url, headers, body } = calls.at(-1) ?? {}
    expect(url).toBe('http://localhost:11434/v1/chat/completions')
    expect(body?.model).toBe('llama-4')
    expect(headers?.has('authorization')).toBe(false)
  })

  it('offers its models wherever models are', async () => {
    const { data } = await call<{ data: { id: string; context_window?: number }[] }>(
      'GET',
      '/v1/models',
      undefined,
      ada.session,
    )
    expect(data.find(({ id }) => id === 'box/llama-4')).toMatchObject({ context_window: 2_000 })
  })

  it('is not asked for what its list says that it cannot', async () => {
    const calls = serve()
    const tools = [
      { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } },
    ]
    const body = { model: 'box/llama-4', messages: [{ role: 'user', content: 'Hi' }], tools }
    expect(await refusal('POST', '/v1/chat/completions', body, ada.session)).toMatchObject({
      code: 'NO_ELIGIBLE_KEY',
    })
    // A person knows better.
    await call('PATCH', '/api/providers/box', { modelDetails: { 'llama-4': { tools: true } } }, ada.session)
    await ask('box/llama-4', { tools })
    expect(calls).toHaveLength(1)
  })
})

it('keeps one entry in the place of a key, and none once a key is needed', async () => {
  const entries = async (): Promise<unknown[]> => {
    const { data } = await call<{ data: { provider: string }[] }>('GET', '/api/keys', undefined, ada.session)
    return data.filter(({ provider }) => provider === 'switched')
  }
  const change = (body: object) => call('PATCH', '/api/providers/switched', body, ada.session)
  await call('POST', '/api/providers', { ...box, id: 'switched' }, ada.session)
  const apiKey = 'sk-of-a-person-0001'
  await call('POST', '/api/keys', { provider: 'switched', apiKey }, ada.session)
  expect(await entries()).toHaveLength(2)
  await change({ baseUrl: 'http://localhost:11435/v1' })
  expect(await entries()).toHaveLength(2)
  await change({ key: 'needed' })
  expect(await entries()).toMatchObject([{ name: null }])
  await change({ key: 'none' })
  expect(await entries()).toHaveLength(2)
})

it('serves everyone once it is the hub’s, with the limits of its entry, and leaves keys beside it private', async () => {
  await call('POST', '/api/providers', { ...box, id: 'given' }, ada.session)
  const entriesNow = async () => {
    const { data } = await call<{
      data: { id: string; provider: string; shared: boolean; maxConcurrent: number | null }[]
    }>('GET', '/api/keys', undefined, ada.session)
    return data.filter(({ provider }) => provider === 'given')
  }
  const [entry] = await entriesNow()
  await call('PATCH', `/api/keys/${entry?.id}`, { maxConcurrent: 3 }, ada.session)
  await call('POST', '/api/keys', { provider: 'given', apiKey: 'sk-of-a-person-0002' }, ada.session)
  await call('PATCH', '/api/providers/given', { scope: 'hub' }, ada.session)
  const now = await entriesNow()
  expect(now.find(({ id }) => id === entry?.id)).toMatchObject({ shared: true, maxConcurrent: 3 })
  expect(now.filter(({ id }) => id !== entry?.id)).toMatchObject([{ shared: false }])
  serve()
  const bob = await settleIn({ provider: 'sandbox', apiKey: 'anything' }, 'bob')
  expect(await ask('given/llama-4', {}, bob)).toMatchObject({ choices: [{}] })
})

describe('further dialects of a provider', () => {
  const anthropic = 'http://localhost:11434/v1'

  it('are called at their own base URLs', async () => {
    const calls = serve()
    const made = { ...box, id: 'both', models: ['m'], dialects: { anthropic } }
    expect(await call('POST', '/api/providers', made, ada.session)).toMatchObject({
      dialects: { 'openai-chat': box.baseUrl, anthropic },
    })
    const body = { model: 'both/m', max_tokens: 10, messages: [{ role: 'user', content: 'Hi' }] }
    await refusal('POST', '/v1/messages', body, ada.session)
    expect(calls.at(-1)?.url).toBe(`${anthropic}/messages`)
  })

  it('are of the same origin, to which its keys were entered', async () => {
    const made = { ...box, id: 'apart', dialects: { anthropic: 'https://elsewhere.example.org/v1' } }
    expect(await refusal('POST', '/api/providers', made, ada.session)).toMatchObject({
      status: 400,
      code: 'VALIDATION_ERROR',
    })
  })
})

it('has prices by which a key with a limit of money serves, as its explanation says', async () => {
  const { key: _key, ...needsKey } = box
  const prices = { priced: { input: 1, output: 2 } }
  await call('POST', '/api/providers', { ...needsKey, id: 'dear', prices }, ada.session)
  const limits = [{ unit: 'money', per: 'day', limit: 1 }]
  const entered = { provider: 'dear', apiKey: 'sk-of-a-person-0003', limits }
  const { id } = await call<{ id: string }>('POST', '/api/keys', entered, ada.session)
  const explain = (model: string): Promise<unknown> =>
    call('GET', `/api/keys/${id}/explain?model=${model}`, undefined, ada.session)
  expect(await explain('priced')).toMatchObject({ serves: true, refusal: null })
  expect(await explain('unpriced')).toMatchObject({ serves: false, refusal: { reason: 'price-unknown' } })
})

it.each([
  ['the body', '', { scope: 'hub' }],
  ['the query', '?scope=hub', {}],
])('is added for everyone by an administrator alone, who says so in %s', async (_where, query, more) => {
  const made = { ...box, id: `everyones-${query ? 'query' : 'body'}`, ...more }
  const path = `/api/providers${query}`
  expect(await call('POST', path, made, ada.session)).toMatchObject({ scope: 'hub' })
  const bob = await settleIn({ provider: 'sandbox', apiKey: 'anything' }, `bob-${made.id}`)
  expect(await refusal('POST', path, { ...made, id: 'bobs' }, bob.session)).toMatchObject({
    status: 403,
    code: 'FORBIDDEN',
    param: 'scope',
  })
})
