/** The models of a provider, from the catalogue and from the provider itself. */
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { call, refusal, settleIn, type Settled } from '../hub.workerd.ts'

interface List {
  data: { id: string; source: string; contextTokens: number | null; price: { input: number } | null }[]
}

let ada: Settled
let bob: Settled

beforeAll(async () => {
  ada = await settleIn({ provider: 'groq', apiKey: 'gsk_models_000001' })
  bob = await settleIn({ provider: 'sandbox', apiKey: 'anything' }, 'bob')
})
afterEach(() => vi.restoreAllMocks())

function list(path: string, who = ada): Promise<List> {
  return call('GET', `/api/providers/${path}`, undefined, who.session)
}

/** Answers calls to providers, and tells what they were. */
function answer(respond: (url: string, init?: RequestInit) => Response): { url: string; headers: Headers }[] {
  const calls: { url: string; headers: Headers }[] = []
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const url = typeof input === 'string' ? input : ''
    calls.push({ url, headers: new Headers(init?.headers) })
    return respond(url, init)
  })
  return calls
}

/** A body without an end. */
function endless(): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(1024 * 1024).fill(32)),
  })
}

describe('the models of a provider', () => {
  it('are those of the catalogue, with what is known of them, and nobody is asked', async () => {
    const calls = answer(() => Response.json({}))
    const { data } = await list('groq/models')
    expect(data.find(({ id }) => id === 'openai/gpt-oss-120b')).toMatchObject({
      source: 'catalogue',
      contextTokens: 131_072,
      price: { input: 0.15 },
    })
    expect(await list('hf/models')).toEqual(await list('huggingface/models?refresh=false'))
    expect(calls).toEqual([])
  })

  it('are asked of the provider at its own host, with a key of the caller', async () => {
    const calls = answer(() => Response.json({ data: [{ id: 'openai/gpt-oss-120b' }, { id: 'brand-new' }] }))
    expect((await list('groq/models?refresh')).data).toMatchObject([
      { id: 'openai/gpt-oss-120b', source: 'provider', contextTokens: 131_072 },
      { id: 'brand-new', source: 'provider', contextTokens: null, price: null },
    ])
    expect(calls.map(({ url }) => url)).toEqual(['https://api.groq.com/openai/v1/models'])
    expect(calls[0]?.headers.get('authorization')).toBe('Bearer gsk_models_000001')
  })

  it.each([
    ['anthropic', 'sk-ant-models-1', 'https://api.anthropic.com/v1/models?limit=1000', 'x-api-key'],
    [
      'gemini',
      'AIza-models-1',
      'https://generativelanguage.googleapis.com/v1beta/models?pageSize=1000',
      'x-goog-api-key',
    ],
    ['cohere', 'models-1', 'https://api.cohere.com/v1/models?page_size=1000', 'authorization'],
    [
      'workers-ai',
      `${'0123456789abcdef'.repeat(2)}:token-1`,
      `https://api.cloudflare.com/client/v4/accounts/${'0123456789abcdef'.repeat(2)}/ai/models/search?per_page=1000`,
      'authorization',
    ],
  ])('of %s are asked for as it wants', async (provider, apiKey, url, header) => {
    await call('POST', '/api/keys', { provider, apiKey }, ada.session)
    const calls = answer(() => Response.json({ models: [] }))
    await list(`${provider}/models?refresh=true`)
    expect(calls.map((made) => made.url)).toEqual([url])
    expect(calls[0]?.headers.get(header)).toContain(apiKey.split(':').at(-1))
  })

  it('are not asked for with somebody else’s key', async () => {
    const calls = answer(() => Response.json({ data: [] }))
    expect(await refusal('GET', '/api/providers/groq/models?refresh', undefined, bob.session)).toMatchObject({
      status: 400,
      code: 'NO_ELIGIBLE_KEY',
    })
    expect(calls).toEqual([])
  })

  it('are asked for with the next key where one is refused', async () => {
    await call('POST', '/api/keys', { provider: 'mistral', apiKey: 'models-dead' }, ada.session)
    await call('POST', '/api/keys', { provider: 'mistral', apiKey: 'models-good' }, ada.session)
    answer((_url, init) =>
      new Headers(init?.headers).get('authorization') === 'Bearer models-good'
        ? Response.json({ data: [{ id: 'm' }] })
        : Response.json({ detail: 'Unauthorized' }, { status: 401 }),
    )
    expect((await list('mistral/models?refresh')).data).toMatchObject([{ id: 'm' }])
  })

  it.each([
    [
      'fails',
      () => Response.json({ error: { message: 'No. gsk_models_000001' } }, { status: 500 }),
      'answered 500',
    ],
    ['refuses the key', () => Response.json({ error: 'gsk_models_000001' }, { status: 401 }), 'answered 401'],
    [
      'sends the key elsewhere',
      () => new Response(null, { status: 302, headers: { location: 'https://evil.example/' } }),
      'answered 302',
    ],
    ['answers nonsense', () => new Response('<html>'), 'unexpected response'],
    ['never stops talking', () => new Response(endless()), 'unexpected response'],
    [
      'cannot be reached',
      () => {
        throw new TypeError('fetch failed')
      },
      'could not be reached',
    ],
  ])('say what is wrong where the provider %s, without the key', async (_case, respond, words) => {
    answer(respond)
    const refused = await refusal('GET', '/api/providers/groq/models?refresh', undefined, ada.session)
    expect(refused).toMatchObject({ status: 502, code: 'PROVIDER_ERROR' })
    expect(refused.message).toContain(words)
    expect(refused.message).not.toContain('gsk_models_000001')
  })

  it('of a custom provider are asked at its own address, by its owner alone', async () => {
    const custom = {
      id: 'mine',
      name: 'Mine',
      // Pasted with the path of a call, which is taken off.
      baseUrl: 'https://models.example.com/v1/chat/completions',
      dialect: 'openai-chat',
    }
    await call('POST', '/api/providers', { ...custom, models: ['a'] }, ada.session)
    await call('POST', '/api/keys', { provider: 'mine', apiKey: 'custom-key' }, ada.session)
    expect((await list('mine/models')).data).toMatchObject([{ id: 'a', source: 'catalogue' }])
    const calls = answer(() => Response.json({ data: [{ id: 'b' }] }))
    expect((await list('mine/models?refresh=1')).data).toMatchObject([{ id: 'b', source: 'provider' }])
    expect(calls.map(({ url }) => url)).toEqual(['https://models.example.com/v1/models'])
    expect(await refusal('GET', '/api/providers/mine/models', undefined, bob.session)).toMatchObject({
      status: 404,
    })
  })

  it('are not asked with a key that was entered for another address, which is said with the remedy', async () => {
    await call(
      'PATCH',
      '/api/providers/mine',
      { baseUrl: 'https://moved.example.com/v1/chat/completions' },
      ada.session,
    )
    const calls = answer(() => Response.json({ data: [{ id: 'c' }] }))
    const moved = await refusal('GET', '/api/providers/mine/models?refresh', undefined, ada.session)
    expect(moved).toMatchObject({ status: 400, code: 'NO_ELIGIBLE_KEY' })
    expect(moved.message).toContain('base URL changed')
    expect(moved.message).toContain('Enter it again')
    expect(moved.message).not.toContain('custom-key')
    expect(calls).toEqual([])

    await call('POST', '/api/keys', { provider: 'mine', apiKey: 'key-for-the-new-address' }, ada.session)
    expect((await list('mine/models?refresh')).data).toMatchObject([{ id: 'c', source: 'provider' }])
    expect(calls.map(({ url }) => url)).toEqual(['https://moved.example.com/v1/models'])
  })

  it('of the sandbox are known without a call', async () => {
    const calls = answer(() => Response.json({ data: [] }))
    expect((await list('sandbox/models?refresh', bob)).data.map(({ id }) => id)).toContain('echo')
    expect(calls).toEqual([])
  })
})

describe('the providers that are offered', () => {
  it('come with their free tiers as presets, or with what is known in their place', async () => {
    const { data } = await call<{ data: { id: string; presets: { id: string }[]; terms: string | null }[] }>(
      'GET',
      '/api/providers',
      undefined,
      ada.session,
    )
    const shown = new Map(data.map((provider) => [provider.id, provider]))
    expect(shown.get('groq')).toMatchObject({
      presets: [{ id: 'free', limits: expect.any(Array) }],
      terms: null,
    })
    expect(shown.get('together')).toMatchObject({
      presets: [],
      terms: expect.stringContaining('No free tier'),
    })
    expect(shown.get('mine')).toMatchObject({ presets: [], terms: null })
  })

  it('give presets that can be entered for a key as they are', async () => {
    const { data } = await call<{ data: { id: string; presets: { limits: unknown[] }[] }[] }>(
      'GET',
      '/api/providers',
      undefined,
      ada.session,
    )
    const limits = data.find(({ id }) => id === 'groq')?.presets[0]?.limits
    const body = { provider: 'groq', apiKey: 'gsk_models-preset', limits }
    expect(await call('POST', '/api/keys', body, ada.session)).toMatchObject({ limits })
  })
})

describe('what ends', () => {
  it('is named by the routes that name it, with what to take instead', async () => {
    const candidates = [
      { provider: 'openai', model: 'gpt-4.1' },
      { provider: 'github' },
      { provider: 'groq' },
    ]
    const body = { name: 'ageing', candidates }
    expect(await call('POST', '/api/routes', body, ada.session)).toMatchObject({
      endings: [
        {
          provider: 'openai',
          model: 'gpt-4.1',
          on: '2027-01-14',
          successor: 'gpt-6.1-terra',
          message: expect.stringContaining('Use openai/gpt-6.1-terra instead.'),
        },
        { provider: 'github', model: null, isOver: true, message: 'github ended on 2026-07-30.' },
      ],
    })
  })

  it('is said of a provider, and how old the tables are of all', async () => {
    const { data } = await call<{ data: { id: string; retiredOn: string | null }[] }>(
      'GET',
      '/api/providers',
      undefined,
      ada.session,
    )
    expect(data.filter(({ retiredOn }) => retiredOn !== null)).toMatchObject([
      { id: 'github', retiredOn: '2026-07-30' },
    ])
    expect(await call('GET', '/api/providers/catalogue', undefined, ada.session)).toMatchObject({
      publishedAt: null,
      builtInAsOf: expect.stringMatching(/^2026-/),
    })
  })
})
