/** Every door has a bound: bodies, names and paths that come in, and answers that come back. */
import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { bodiesInWork } from '../../src/http/body-memory.ts'
import { app } from '../../src/index.ts'
import { poolStub } from '../../src/quota/stub.ts'
import { maxBodyOf } from '../../src/api/endpoint.ts'
import { call, completionBody, send, settleIn, type Settled } from '../hub.workerd.ts'
import { stops } from '../api/walk.ts'

let ada: Settled
const provider = 'groq'
const kilobyte = 1024
const megabyte = 1024 * kilobyte

beforeAll(async () => {
  ada = await settleIn({ provider, apiKey: 'gsk_doors0123456789' })
})
beforeEach(() => {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () => Response.json(completionBody))
})
afterEach(() => {
  vi.restoreAllMocks()
  expect(bodiesInWork.bytes).toBe(0)
})

const hello = { model: `${provider}/m1`, messages: [{ role: 'user', content: 'hi' }] }

/** Sends a text as a body, in chunks without a length where `isChunked`. */
function sendText(
  path: string,
  text: string,
  as?: string,
  isChunked = false,
  more: Record<string, string> = {},
): Promise<Response> {
  const bytes = new TextEncoder().encode(text)
  const headers = {
    'content-type': 'application/json',
    ...(as !== undefined && { authorization: `Bearer ${as}` }),
    ...more,
  }
  if (!isChunked)
    return fetchApp(new Request(`http://localhost${path}`, { method: 'POST', headers, body: bytes }))
  let at = 0
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= bytes.length) return controller.close()
      controller.enqueue(bytes.slice(at, (at += 64 * kilobyte)))
    },
  })
  return fetchApp(new Request(`http://localhost${path}`, { method: 'POST', headers, body }))
}

const works: Promise<unknown>[] = []
async function fetchApp(request: Request): Promise<Response> {
  const context = {
    waitUntil: (work: Promise<unknown>) => void works.push(work.catch(() => {})),
    passThroughOnException: () => {},
    props: {},
  }
  return app.fetch(request, env, context)
}

/** The whole answer, once everything behind it is done. */
async function finish(sending: Promise<Response>) {
  const response = await sending
  const text = await response.text()
  await Promise.all(works.splice(0))
  return { status: response.status, headers: response.headers, text }
}

/** What could be harmed: keys that are not active, and circuits that are not whole. */
async function harm(): Promise<string[]> {
  const { keys } = await poolStub(env, ada.userId, provider).report()
  const explained = await poolStub(env, ada.userId, provider).report()
  return [...keys, ...explained.keys].filter(({ status }) => status !== 'active').map(({ status }) => status)
}

const nested = (levels: number): string => '{"1":'.repeat(levels) + '0' + '}'.repeat(levels)

describe('a body', () => {
  it.each([
    ['/api/auth/login', 16 * kilobyte, '16 kB'],
    ['/api/auth/register', 16 * kilobyte, '16 kB'],
    ['/v1/auth/login', 16 * kilobyte, '16 kB'],
    ['/api/tokens', megabyte, '1 MB'],
    ['/api/providers', megabyte, '1 MB'],
    ['/api/keys/import', 4 * megabyte, '4 MB'],
    ['/v1/chat/completions', 32 * megabyte, '32 MB'],
  ])(
    'of %s that is larger than its bound is refused, with and without a length',
    async (path, bytes, named) => {
      const text = `{"x":"${'x'.repeat(bytes)}"}`
      for (const isChunked of [false, true]) {
        const { status, text: answer } = await finish(sendText(path, text, ada.session, isChunked))
        expect(status).toBe(413)
        expect(answer).toContain(`larger than ${named}`)
        expect(answer).toContain('PAYLOAD_TOO_LARGE')
      }
    },
    60_000,
  )

  it('of 20 MB is taken where conversations are', async () => {
    const body = { ...hello, messages: [{ role: 'user', content: 'x'.repeat(20 * megabyte) }] }
    expect((await finish(sendText('/v1/chat/completions', JSON.stringify(body), ada.token))).status).toBe(200)
  }, 60_000)

  it.each([
    [
      '/v1/chat/completions',
      (text: string) => `{"model":"groq/m1","messages":[{"role":"user","content":"hi"}],"metadata":${text}}`,
    ],
    [
      '/v1/messages',
      (text: string) =>
        `{"model":"groq/m1","max_tokens":5,"messages":[{"role":"user","content":"hi"}],"metadata":${text}}`,
    ],
    ['/v1/responses', (text: string) => `{"model":"groq/m1","input":"hi","metadata":${text}}`],
    [
      '/v1beta/models/groq/m1:generateContent',
      (text: string) => `{"contents":[{"parts":[{"text":"hi"}]}],"x":${text}}`,
    ],
  ])(
    'of %s that nests too deep or holds too much is the client’s fault, and nobody’s circuit',
    async (path, around) => {
      for (const [text, words] of [
        [nested(3_000), 'deeper than 200 levels'],
        ['['.repeat(100_000), 'deeper than 200 levels'],
        [`[${'{},'.repeat(600_000)}0]`, 'more than 500000 JSON values'],
      ] as const) {
        const { status, text: answer } = await finish(sendText(path, around(text), ada.token))
        expect(status).toBe(400)
        expect(answer).toContain(words)
      }
      expect(fetch).not.toHaveBeenCalled()
      expect(await harm()).toEqual([])
      expect((await finish(sendText('/v1/chat/completions', JSON.stringify(hello), ada.token))).status).toBe(
        200,
      )
    },
    60_000,
  )

  it('with JSON in a text of it that nests too deep is sent as the text that it is', async () => {
    await call(
      'POST',
      '/api/keys',
      { provider: 'gemini', apiKey: 'AIzaDoors0123456789012345678901234567' },
      ada.session,
    )
    const body = {
      model: 'gemini/m1',
      messages: [
        { role: 'user', content: 'hi' },
        {
          role: 'assistant',
          tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: nested(5_000) } }],
        },
        { role: 'tool', tool_call_id: 'c', content: 'done' },
      ],
    }
    vi.mocked(fetch).mockImplementation(async () =>
      Response.json({ candidates: [{ content: { parts: [{ text: 'Hi' }] }, finishReason: 'STOP' }] }),
    )
    expect((await finish(sendText('/v1/chat/completions', JSON.stringify(body), ada.token))).status).toBe(200)
  })

  it('of strangers is counted before it is read', async () => {
    const from = { 'cf-connecting-ip': '203.0.113.40' }
    const statuses = await Promise.all(
      Array.from(
        { length: 80 },
        async () =>
          (await finish(sendText('/api/auth/login', 'x'.repeat(9_000), undefined, false, from))).status,
      ),
    )
    expect(new Set(statuses)).toEqual(new Set([400, 429]))
    expect(statuses.filter((status) => status === 400).length).toBeLessThanOrEqual(60)
  }, 60_000)

  it('is held while its call lasts, and a call beyond what the isolate holds is told to come back', async () => {
    const body = JSON.stringify({
      ...hello,
      messages: [{ role: 'user', content: 'x'.repeat(20 * megabyte) }],
    })
    const gate = Promise.withResolvers<void>()
    vi.mocked(fetch).mockImplementation(async () => {
      await gate.promise
      return Response.json(completionBody)
    })
    const first = finish(sendText('/v1/chat/completions', body, ada.token))
    await vi.waitFor(() => expect(bodiesInWork.bytes).toBeGreaterThan(20 * megabyte), { timeout: 20_000 })
    // The same person holds no more than one large one, and their small requests go on.
    for (const isChunked of [false, true]) {
      const refused = await finish(sendText('/v1/chat/completions', body, ada.token, isChunked))
      expect(refused.status).toBe(503)
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(refused.text).toContain('OVERLOADED')
    }
    expect((await finish(sendText('/api/auth/login', '{}', undefined))).status).toBe(400)
    const other = bodiesInWork.open('somebody else', 'chat')
    other.grow(18 * megabyte)
    other.release()
    gate.resolve()
    expect((await first).status).toBe(200)
    // A large body goes out as bytes: no text of it was held beside them.
    const sent = vi.mocked(fetch).mock.lastCall?.[1]?.body
    if (!(sent instanceof Uint8Array)) throw new Error('A text was sent.')
    const { messages } = JSON.parse(new TextDecoder().decode(sent)) as { messages: { content: string }[] }
    expect(messages[0]?.content.length).toBe(20 * megabyte)
  }, 60_000)

  it('that its client breaks off is let go of', async () => {
    const broken = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.error(new Error('gone')),
    })
    const headers = { authorization: `Bearer ${ada.token}` }
    const request = new Request('http://localhost/v1/chat/completions', {
      method: 'POST',
      headers,
      body: broken,
    })
    expect((await finish(fetchApp(request))).status).toBe(400)
  })
})

describe('every route', () => {
  it('declares a bound for what it takes', () => {
    for (const { declaration, name } of stops) {
      const most = maxBodyOf(declaration)
      if (declaration.guard === 'public') expect(most, name).toBeLessThanOrEqual(16 * kilobyte)
      else if (declaration.guard !== 'caller') expect(most, name).toBeLessThanOrEqual(4 * megabyte)
      else expect(most, name).toBeLessThanOrEqual(32 * megabyte)
    }
  })

  it('answers no body with a 500, and harms no key', async () => {
    const json = fc.oneof(
      fc.json({ maxDepth: 4 }),
      fc.constantFrom(
        '',
        '{',
        'null',
        '[]',
        '{"__proto__":{"a":1},"constructor":1}',
        '{"1":1,"1":2,"00":3,"4294967295":4}',
        '{"model":"\\ud800","messages":[{"role":"user","content":"\\udfff"}]}',
        '{"model":"groq/m1","messages":[{"role":"user","content":"a"}],"max_tokens":1e308,"temperature":-1e308}',
        `{"model":"${'m'.repeat(5_000)}","messages":[{"role":"user","content":"a"}]}`,
        nested(300),
        '{"name":"\\u0000\\ud800","id":"\\u0000"}',
        `{${Array.from({ length: 5_000 }, (_, index) => `"field${index}":1`).join()}}`,
      ),
      fc.uint8Array({ maxLength: 40 }).map((bytes) => new TextDecoder().decode(bytes)),
    )
    const routes = stops.filter(
      ({ declaration, path }) => maxBodyOf(declaration) > 0 && !path.includes('/auth/'),
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...routes), json, async (route, text) => {
        const headers = {
          'content-type': 'application/json',
          authorization: `Bearer ${tokenFor(route.declaration.guard)}`,
        }
        const request = new Request(`http://localhost${route.address()}`, {
          method: route.method,
          headers,
          body: text,
        })
        const { status, text: answer } = await finish(fetchApp(request))
        expect(status, `${route.name} ${text.slice(0, 200)} ${answer.slice(0, 300)}`).not.toBe(500)
        expect(answer.length).toBeLessThan(20_000)
      }),
      { numRuns: 150 },
    )
    expect(await harm()).toEqual([])
  }, 120_000)
})

const tokenFor = (guard: string): string => (guard === 'caller' ? ada.token : ada.session)

describe('the name of a model', () => {
  const long = `${provider}/${'y'.repeat(200)}`
  const doors: [string, (model: string) => [string, unknown]][] = [
    ['chat completions', (model) => ['/v1/chat/completions', { ...hello, model }]],
    ['messages', (model) => ['/v1/messages', { ...hello, model, max_tokens: 5 }]],
    ['count_tokens', (model) => ['/v1/messages/count_tokens', { ...hello, model }]],
    ['responses', (model) => ['/v1/responses', { model, input: 'hi' }]],
    ['embeddings', (model) => ['/v1/embeddings', { model, input: 'hi' }]],
    ['the hub’s chat', (model) => ['/api/chat', { ...hello, model }]],
    ['one query', (model) => ['/gateway/query', { provider, model, prompt: 'hi' }]],
    [
      'Gemini',
      (model) => [
        `/v1beta/models/${encodeURIComponent(model)}:generateContent`,
        { contents: [{ parts: [{ text: 'hi' }] }] },
      ],
    ],
    [
      'Gemini’s count',
      (model) => [
        `/v1/models/${encodeURIComponent(model)}:countTokens`,
        { contents: [{ parts: [{ text: 'hi' }] }] },
      ],
    ],
  ]

  it.each(doors)('is bounded at %s', async (_door, make) => {
    for (const model of [long, `${provider}/a\nb`, `${provider}/a\u0000b`, `${provider}/a\u2028b`]) {
      const [path, body] = make(model)
      const { status, text } = await finish(sendText(path, JSON.stringify(body), ada.token))
      expect(status).toBe(400)
      // An address with such characters is no address.
      expect(text).toMatch(/model name|The path contains/)
    }
    expect(fetch).not.toHaveBeenCalled()
  })

  it('of two million characters reaches neither the pool nor the log', async () => {
    const body = { ...hello, model: `${provider}/${'y'.repeat(2_100_000)}` }
    expect((await finish(sendText('/v1/chat/completions', JSON.stringify(body), ada.token))).status).toBe(400)
    const good = await finish(sendText('/v1/chat/completions', JSON.stringify(hello), ada.token))
    const id = good.headers.get('x-hub-request-id')
    await vi.waitFor(
      async () => expect((await send('GET', `/api/logs/${id}`, { as: ada.session })).status).toBe(200),
      {
        timeout: 20_000,
        interval: 200,
      },
    )
  }, 30_000)

  it('in other letters stands in headers', async () => {
    const { status, headers } = await finish(
      sendText('/v1/chat/completions', JSON.stringify({ ...hello, model: `${provider}/模型 1` }), ada.token),
    )
    expect(status).toBe(200)
    expect(decodeURIComponent(headers.get('x-llm-model') ?? '')).toBe('模型 1')
  })
})

describe('a path', () => {
  it('with a broken escape is refused', async () => {
    for (const [method, path] of [
      ['GET', '/v1/models/%E0%A4%A'],
      ['POST', '/v1beta/models/%E0%A4%A:generateContent'],
      ['GET', '/api/keys/%'],
      ['GET', '/v1beta/models/%ff'],
    ] as const) {
      expect((await send(method, path, { as: ada.token })).status, path).toBe(400)
    }
  })

  it('is decoded once', async () => {
    const { error } = await (
      await send('GET', '/v1/models/a%2525b%2Fc', { as: ada.token })
    ).json<{ error: { message: string } }>()
    expect(error.message).toContain('"a%25b/c"')
  })
})

describe('the name that a request says the hub has', () => {
  it.each(['/health', '/health/ready', '/api/nothing', '/v1/models'])(
    'is not believed of GET %s',
    async (path) => {
      const host = `127.0.0.1:${9_000 + path.length}`
      for (const as of [undefined, ada.token]) {
        const headers = as === undefined ? {} : { authorization: `Bearer ${as}` }
        await finish(fetchApp(new Request(`http://${host}${path}`, { headers })))
      }
      const id = `local-${path.length}`
      const input = {
        id,
        name: 'Beside it',
        baseUrl: `http://${host}/v1`,
        dialect: 'openai-chat',
        models: ['m'],
      }
      await call('POST', '/api/providers', input, ada.session)
      await call('POST', '/api/keys', { provider: id, apiKey: 'beside-0123456789' }, ada.session)
      const body = JSON.stringify({ ...hello, model: `${id}/m` })
      expect((await finish(sendText('/v1/chat/completions', body, ada.token))).status).toBe(200)
    },
  )
})
