/**
 * What the hub does when providers fail: over real sockets, with providers that send what real ones
 * send.
 */
import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Hub, type Person, readLog, settleIn, startHub } from './hub.ts'
import {
  chunks,
  completion,
  type FakeProvider,
  openStream,
  sendEvent,
  sendJson,
  startProvider,
  streamCompletion,
  usage,
} from './provider.ts'

let hub: Hub
let person: Person
let one: FakeProvider
let two: FakeProvider

beforeAll(async () => {
  ;[hub, one, two] = await Promise.all([startHub(), startProvider(), startProvider()])
  person = await settleIn(hub)
})
afterAll(() => Promise.all([hub?.stop(), one?.stop(), two?.stop()]))

/** Each test has providers, keys and a route of its own, so that none inherits another's rest. */
let route = ''
let number = 0
const keyIds = new Map<string, string>()

async function setUp(keysOfOne: string[], keysOfTwo: string[]): Promise<void> {
  number++
  route = `route-${number}`
  const as = person.session
  const providers = [
    { id: `one-${number}`, baseUrl: one.baseUrl, keys: keysOfOne },
    { id: `two-${number}`, baseUrl: two.baseUrl, keys: keysOfTwo },
  ]
  for (const { id, baseUrl, keys } of providers) {
    await hub.call('POST', '/api/providers', {
      as,
      body: { id, name: id, baseUrl, dialect: 'openai-chat', models: ['fake-1'] },
    })
    for (const apiKey of keys) {
      const key = await hub.call<{ id: string }>('POST', '/api/keys', { as, body: { provider: id, apiKey } })
      keyIds.set(apiKey, key.id)
    }
  }
  await hub.call('PUT', `/api/routes/${route}`, {
    as,
    body: { candidates: providers.map(({ id }) => ({ provider: id })) },
  })
}

function ask(
  body: object = {},
  init: { signal?: AbortSignal; headers?: Record<string, string> } = {},
): Promise<Response> {
  return fetch(`${hub.url}/v1/chat/completions`, {
    method: 'POST',
    ...init,
    headers: { authorization: `Bearer ${person.token}`, 'content-type': 'application/json', ...init.headers },
    body: JSON.stringify({ model: route, messages: [{ role: 'user', content: 'Hello' }], ...body }),
  })
}

beforeEach(() => {
  one.behave((response) => sendJson(response, 200, completion('one')))
  two.behave((response) => sendJson(response, 200, completion('two')))
})

const rateLimited = {
  error: { message: 'Rate limit reached', type: 'requests', param: null, code: 'rate_limit_exceeded' },
}
const broken = {
  error: { message: 'The server had an error', type: 'server_error', param: null, code: null },
}

describe('falling over', () => {
  it('gives one clean answer after a 429 and a 500, and says in the log who was to blame', async () => {
    await setUp(['key-a', 'key-b'], ['key-c'])
    one.behave((response, { key }) =>
      key === 'key-a'
        ? sendJson(response, 429, rateLimited, { 'retry-after': '7' })
        : sendJson(response, 500, broken),
    )
    const response = await ask()
    const answeredAt = Date.now()
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual(completion('two'))
    expect(response.headers.get('x-hub-attempts')).toBe('3')
    expect(response.headers.get('x-llm-key-id')).toBe(keyIds.get('key-c'))

    const log = await readLog(hub, person.session, response.headers.get('x-hub-request-id'))
    expect(log.trail).toMatchObject([
      { keyId: keyIds.get('key-a'), status: 429, blame: 'account' },
      { keyId: keyIds.get('key-b'), status: 500, blame: 'provider' },
      { keyId: keyIds.get('key-c'), status: 200, blame: null, verdict: 'ok' },
    ])
    const restsUntil = Date.parse(log.trail[0]?.retryAt ?? '')
    expect(restsUntil - answeredAt).toBeGreaterThan(6_000)
    expect(restsUntil - answeredAt).toBeLessThanOrEqual(7_000)

    one.behave((other) => sendJson(other, 200, completion('one')))
    await ask()
    expect(one.received.map(({ key }) => key)).toEqual(['key-b'])
    const key = await hub.call('GET', `/api/keys/${keyIds.get('key-a')}`, { as: person.session })
    expect(key).toMatchObject({ state: { status: 'cooling', coolingUntil: log.trail[0]?.retryAt } })
  })

  it('works in the other arrangement too: one key at the first provider, two at the second', async () => {
    await setUp(['key-d'], ['key-e', 'key-f'])
    one.behave((response) => sendJson(response, 429, rateLimited, { 'retry-after': '7' }))
    two.behave((response, { key }) =>
      key === 'key-e' ? sendJson(response, 500, broken) : sendJson(response, 200, completion('two')),
    )
    const response = await ask()
    expect(response.status).toBe(200)
    expect(response.headers.get('x-hub-attempts')).toBe('3')
  })

  it('uses a key again when the stated rest is over, and not before', async () => {
    await setUp(['key-g'], [])
    one.behave((response, _received, n) =>
      n === 1
        ? sendJson(response, 429, rateLimited, { 'retry-after': '1' })
        : sendJson(response, 200, completion('again')),
    )
    const refused = await ask()
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(await refused.json()).toMatchObject({ hub: { code: 'QUOTA_EXHAUSTED', trail: [{ status: 429 }] } })
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    expect((await ask()).status).toBe(200)
    expect(one.received).toHaveLength(2)
  })

  it("passes on a provider's verdict on the request itself, and tries nobody else", async () => {
    await setUp(['key-h'], ['key-i'])
    const verdict = {
      error: {
        message: "Invalid 'temperature'",
        type: 'invalid_request_error',
        param: 'temperature',
        code: 'decimal_above_max_value',
      },
    }
    one.behave((response) => sendJson(response, 400, verdict))
    const response = await ask({ temperature: 2 })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject(verdict)
    expect(two.received).toHaveLength(0)
    expect((await ask()).status).toBe(400)
    expect(one.received).toHaveLength(2)
  })

  it('never passes on a verdict on a key: it quarantines the key and goes on', async () => {
    await setUp(['key-j'], ['key-k'])
    one.behave((response) =>
      sendJson(response, 401, {
        error: {
          message: 'Incorrect API key provided: key-j.',
          type: 'invalid_request_error',
          code: 'invalid_api_key',
        },
      }),
    )
    expect((await ask()).status).toBe(200)
    const key = await hub.call('GET', `/api/keys/${keyIds.get('key-j')}`, { as: person.session })
    expect(key).toMatchObject({ state: { status: 'quarantined', reason: { verdict: 'bad-key' } } })
    expect(JSON.stringify(key)).not.toContain('provided: key-j')
    await ask()
    expect(one.received).toHaveLength(1)
    await hub.call('POST', `/api/keys/${keyIds.get('key-j')}/restore`, { as: person.session })
    await ask()
    expect(one.received).toHaveLength(2)
  })

  it('answers PROVIDER_ERROR with the whole trail when everybody fails', async () => {
    await setUp(['key-l'], ['key-m'])
    one.behave((response) => sendJson(response, 503, broken))
    two.behave((response) => void response.destroy())
    const response = await ask()
    expect(response.status).toBe(502)
    expect(await response.json()).toMatchObject({
      hub: {
        code: 'PROVIDER_ERROR',
        trail: [
          { status: 503, blame: 'provider' },
          { status: null, blame: 'provider' },
          // The first call is made again, because nobody else can serve.
          { status: 503, blame: 'provider' },
        ],
      },
    })
    const log = await readLog(hub, person.session, response.headers.get('x-hub-request-id'))
    expect(log).toMatchObject({ status: 502, code: 'PROVIDER_ERROR', attempts: 3 })
  })
})

describe('streams', () => {
  it('relay the events as they came, and hide the usage event from a client that did not ask', async () => {
    await setUp(['key-n'], [])
    one.behave((response, received) => streamCompletion(response, received, ['Hel', 'lo']))
    const response = await ask({ stream: true })
    const events = chunks(['Hel', 'lo']).map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`)
    expect(await response.text()).toBe(`${events.join('')}data: [DONE]\n\n`)
    expect(one.received[0]?.body.stream_options).toEqual({ include_usage: true })
    const log = await readLog(hub, person.session, response.headers.get('x-hub-request-id'))
    expect(log.usage).toMatchObject({
      inputTokens: 21,
      outputTokens: 9,
      cachedTokens: 5,
      reasoningTokens: 3,
      estimated: false,
    })
  })

  it('show the usage event to a client that asked', async () => {
    await setUp(['key-o'], [])
    one.behave((response, received) => streamCompletion(response, received, ['Hi']))
    const response = await ask({ stream: true, stream_options: { include_usage: true } })
    expect(await response.text()).toContain(JSON.stringify(usage))
    const log = await readLog(hub, person.session, response.headers.get('x-hub-request-id'))
    expect(log.usage).toMatchObject({ inputTokens: 21, outputTokens: 9, estimated: false })
  })

  it('fall over unseen when they are cut before any content', async () => {
    await setUp(['key-p'], ['key-q'])
    one.behave((response) => {
      openStream(response)
      sendEvent(response, chunks([])[0] ?? {})
      response.write(': keep-alive\n\n')
      response.end()
    })
    two.behave((response, received) => streamCompletion(response, received, ['Saved']))
    const response = await ask({ stream: true })
    const text = await response.text()
    expect(text).toContain('Saved')
    expect(text).toContain('[DONE]')
    expect(response.headers.get('x-hub-attempts')).toBe('2')
    const log = await readLog(hub, person.session, response.headers.get('x-hub-request-id'))
    expect(log.trail).toMatchObject([{ verdict: 'cut', blame: 'provider' }, { verdict: 'ok' }])
  })

  it('fall over unseen when an error comes before any content', async () => {
    await setUp(['key-r'], ['key-s'])
    one.behave((response) => {
      openStream(response)
      sendEvent(response, { error: { message: 'Overloaded', type: 'server_error', code: 503 } })
      response.end()
    })
    two.behave((response, received) => streamCompletion(response, received, ['Saved']))
    const text = await (await ask({ stream: true })).text()
    expect(text).toContain('Saved')
    expect(text).not.toContain('Overloaded')
  })

  it.each([
    ['cut', (response: ServerResponse) => response.destroy()],
    ['ended', (response: ServerResponse) => response.end()],
  ])('end with an error event and no [DONE] when they are %s after content', async (_how, finish) => {
    await setUp(['key-t'], ['key-u'])
    one.behave((response) => {
      openStream(response)
      for (const chunk of chunks(['Once upon', ' a time']).slice(0, -1)) sendEvent(response, chunk)
      response.write('data: {"id":"chatcmpl-1","obj')
      setTimeout(() => finish(response), 50)
    })
    const response = await ask({ stream: true })
    const text = await response.text()
    const events = text.trim().split('\n\n')
    expect(text).toContain('Once upon')
    expect(text).not.toContain('[DONE]')
    expect(JSON.parse(events.at(-1)?.replace('data: ', '') ?? '')).toMatchObject({
      error: { message: expect.stringContaining('broke off') },
      hub: { code: 'PROVIDER_ERROR' },
    })
    expect(two.received).toHaveLength(0)
    const log = await readLog(hub, person.session, response.headers.get('x-hub-request-id'))
    expect(log).toMatchObject({ code: 'PROVIDER_ERROR', trail: [{ verdict: 'cut' }] })
  })

  it('abort the provider at once when the client leaves, and settle what was counted', async () => {
    await setUp(['key-v'], [])
    let sent = 0
    one.behave(async (response, received) => {
      openStream(response)
      for (const chunk of chunks(Array.from({ length: 100 }, (_, i) => ` word${i}`))) {
        if (received.aborted || response.destroyed) return
        sendEvent(response, chunk)
        sent++
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      response.end()
    })
    const leaving = new AbortController()
    const response = await ask({ stream: true }, { signal: leaving.signal })
    const reader = response.body?.getReader()
    await reader?.read()
    leaving.abort()
    await expect.poll(() => one.received[0]?.aborted, { timeout: 4_000 }).toBe(true)
    expect(sent).toBeLessThan(60)
    const log = await readLog(hub, person.session, response.headers.get('x-hub-request-id'))
    expect(log).toMatchObject({
      status: 499,
      usage: { estimated: true },
      trail: [{ verdict: 'client-left' }],
    })
    expect(log.usage?.outputTokens).toBeGreaterThan(0)
  })

  it('send headers after ten seconds without content, then comments, then the answer and its facts', async () => {
    await setUp(['key-w'], [])
    one.behave(async (response, received) => {
      await new Promise((resolve) => setTimeout(resolve, 11_000))
      streamCompletion(response, received, ['At last'])
    })
    const gemini = fetch(`${hub.url}/v1beta/models/${route}:streamGenerateContent?alt=sse`, {
      method: 'POST',
      headers: { 'x-goog-api-key': person.token, 'content-type': 'application/json' },
      body: JSON.stringify({ contents: [{ parts: [{ text: 'Hello' }] }] }),
    })
    const response = await ask({ stream: true })
    expect(response.status).toBe(200)
    expect(one.received[0]?.aborted).toBe(false)
    const text = await response.text()
    // Google's SDK before 2.0 reads nothing that follows a comment.
    const bare = await (await gemini).text()
    expect(bare).toContain('At last')
    expect(bare).not.toMatch(/^:/m)
    expect(text).toMatch(/^: keep-alive\n\n/)
    expect(text).toContain('At last')
    expect(text.trim().split('\n\n').at(-1)).toMatch(/^: .*x-llm-provider=one/)
  })
})

describe('bad input', () => {
  const cases: [string, string, number, string, string | null][] = [
    ['what is not JSON', '{"model": "x", ', 400, 'VALIDATION_ERROR', null],
    ['an empty body', '', 400, 'VALIDATION_ERROR', null],
    ['an array', '[]', 400, 'VALIDATION_ERROR', null],
    ['no messages', '{"model": "sandbox/echo"}', 400, 'VALIDATION_ERROR', 'messages'],
    ['empty messages', '{"model": "sandbox/echo", "messages": []}', 400, 'VALIDATION_ERROR', 'messages'],
    [
      'a wrong type',
      '{"model": "sandbox/echo", "messages": [{"role": "user", "content": "x"}], "temperature": "hot"}',
      400,
      'VALIDATION_ERROR',
      'temperature',
    ],
    [
      'a wrong role',
      '{"model": "sandbox/echo", "messages": [{"role": "wizard", "content": "x"}]}',
      400,
      'VALIDATION_ERROR',
      'messages[0].role',
    ],
    [
      'a wrong field of hub',
      '{"model": "sandbox/echo", "messages": [{"role": "user", "content": "x"}], "hub": {"timeout": "soon"}}',
      400,
      'VALIDATION_ERROR',
      'hub.timeout',
    ],
    [
      'an unknown model',
      '{"model": "nonsense", "messages": [{"role": "user", "content": "x"}]}',
      404,
      'NOT_FOUND',
      'model',
    ],
    [
      'a model without a key',
      '{"model": "groq/llama-3.1-8b-instant", "messages": [{"role": "user", "content": "x"}]}',
      400,
      'NO_ELIGIBLE_KEY',
      'model',
    ],
  ]
  it.each(cases)(
    'refuses %s with a clear error in the dialect of the client',
    async (_name, body, status, code, param) => {
      const response = await fetch(`${hub.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${person.token}`, 'content-type': 'application/json' },
        body,
      })
      expect(response.status).toBe(status)
      const answer = await response.json<{
        error: { message: string; param: string | null }
        hub: { code: string }
      }>()
      expect(answer.hub.code).toBe(code)
      expect(answer.error.param).toBe(param)
      expect(answer.error.message.length).toBeGreaterThan(10)
    },
  )

  it('takes 20 MB and refuses 33 MB, and goes on serving', async () => {
    // A custom provider: the hub knows no context size of its model.
    await setUp(['key-large'], [])
    one.behave((answer) => sendJson(answer, 200, completion('taken')))
    const large = 'x'.repeat(20 * 1024 * 1024)
    const taken = await ask({ messages: [{ role: 'user', content: large }] })
    expect(taken.status, (await taken.text()).slice(0, 300)).toBe(200)
    expect(one.received[0]?.body.messages[0].content).toHaveLength(large.length)
    const content = 'x'.repeat(33 * 1024 * 1024)
    const response = await ask({ model: 'sandbox/echo', messages: [{ role: 'user', content }] })
    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({ hub: { code: 'PAYLOAD_TOO_LARGE' } })
    expect((await ask({ model: 'sandbox/echo' })).status).toBe(200)
  })

  it('checks credentials before bodies', async () => {
    const response = await fetch(`${hub.url}/v1/chat/completions`, { method: 'POST', body: 'nonsense' })
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ hub: { code: 'UNAUTHORIZED' } })
  })
})

describe('a change of configuration', () => {
  it('is seen by the next request of a warm isolate: a revoked token is refused, a removed key not used', async () => {
    await setUp(['key-x', 'key-y'], [])
    expect((await ask()).headers.get('x-llm-key-id')).toBe(keyIds.get('key-x'))
    await hub.call('DELETE', `/api/keys/${keyIds.get('key-x')}`, { as: person.session })
    expect((await ask()).headers.get('x-llm-key-id')).toBe(keyIds.get('key-y'))

    const made = await hub.call<{ id: string; token: string }>('POST', '/api/tokens', {
      as: person.session,
      body: { name: 'short' },
    })
    const headers = { authorization: `Bearer ${made.token}` }
    expect((await ask({}, { headers })).status).toBe(200)
    await hub.call('DELETE', `/api/tokens/${made.id}`, { as: person.session })
    expect((await ask({}, { headers })).status).toBe(401)
  })
})
