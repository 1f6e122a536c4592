/** One idempotency key: one upstream call, and one answer for everyone who may have it. */
import {
  createExecutionContext,
  evictDurableObject,
  runInDurableObject,
  waitOnExecutionContext,
} from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Env } from '../../src/env.ts'
import { sha256 } from '../../src/ids.ts'
import { app } from '../../src/index.ts'
import { budgets } from '../../src/gateway/timeouts.ts'
import { userStub } from '../../src/user/stub.ts'
import { call, completionBody, settleIn, type Settled } from '../hub.workerd.ts'

let ada: Settled
let bob: Settled
/** What was sent to the provider. */
let calls: Request[]
/** How the provider answers. */
let behave: () => Response | Promise<Response>
let keys = 0
let key = ''

const hold = budgets.holdMs

beforeAll(async () => {
  ada = await settleIn({ provider: 'openai', apiKey: 'sk-idempotency-000001' })
  // It is called over Chat, whatever the client speaks.
  await call('POST', '/api/keys', { provider: 'groq', apiKey: 'gsk_idempotency0000003' }, ada.session)
  bob = await settleIn({ provider: 'groq', apiKey: 'gsk_idempotency0000002' }, 'bob')
})
beforeEach(() => {
  key = `key ${++keys}`
  calls = []
  behave = () => Response.json(completionBody)
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (url, init) => {
    calls.push(new Request(url, init))
    return behave()
  })
})
afterEach(() => {
  vi.restoreAllMocks()
  Object.assign(budgets, { holdMs: hold })
})

interface Asking {
  as?: string
  bindings?: Env
  key?: string
  path?: string
  body?: object
  headers?: Record<string, string>
}

interface Sent {
  response: Promise<Response>
  /** Waits for what goes on after the answer. */
  settled: () => Promise<void>
}

function send({
  as = ada.token,
  bindings = env,
  key: by = key,
  path = '/v1/chat/completions',
  ...more
}: Asking = {}): Sent {
  const context = createExecutionContext()
  const request = new Request(`http://localhost${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${as}`, 'idempotency-key': by, ...more.headers },
    body: JSON.stringify({ model: 'groq/m', messages: [{ role: 'user', content: 'Hello' }], ...more.body }),
  })
  return {
    response: Promise.resolve(app.fetch(request, bindings, context)),
    settled: () => waitOnExecutionContext(context),
  }
}

interface Answer {
  status: number
  text: string
  replayed: string | null
  headers: Record<string, string>
}

async function ask(asking: Asking = {}): Promise<Answer> {
  const { response, settled } = send(asking)
  const answer = await read(await response)
  await settled()
  return answer
}

async function read(response: Response): Promise<Answer> {
  const text = await response.text()
  const {
    'x-hub-replayed': replayed = null,
    'content-length': _length,
    ...headers
  } = Object.fromEntries(response.headers)
  return { status: response.status, text, replayed, headers }
}

/** A provider whose stream is written by the test. */
function openStream(): { write: (data: string) => Promise<void>; close: () => Promise<void> } {
  const { readable, writable } = new IdentityTransformStream()
  const writer = writable.getWriter()
  behave = () => new Response(readable, { headers: { 'content-type': 'text/event-stream' } })
  return {
    write: (data) => writer.write(new TextEncoder().encode(`data: ${data}\n\n`)),
    close: () => writer.close(),
  }
}

const chunk = (content: string, finish: string | null = null): string =>
  JSON.stringify({
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta: { content }, finish_reason: finish }],
  })

function streamOf(...contents: string[]): Response {
  const events = [...contents.map((content) => chunk(content)), chunk('', 'stop'), '[DONE]']
  return new Response(events.map((data) => `data: ${data}\n\n`).join(''), {
    headers: { 'content-type': 'text/event-stream' },
  })
}

/** Five requests, two of them at once, and the object out of memory in between. */
async function askFiveTimes(asking: Asking): Promise<Answer[]> {
  const gate = Promise.withResolvers<void>()
  const usual = behave
  behave = async () => {
    await gate.promise
    return usual()
  }
  const first = ask(asking)
  const second = ask(asking)
  await vi.waitFor(() => expect(calls).toHaveLength(1), 15_000)
  gate.resolve()
  const answers = await Promise.all([first, second])
  // Which of two at once leads is nobody's choice.
  answers.sort((a, b) => Number(b.replayed === null) - Number(a.replayed === null))
  for (let i = 0; i < 3; i++) {
    await evictDurableObject(userStub(env, ada.userId))
    answers.push(await ask(asking))
  }
  return answers
}

const dialects: [string, Asking][] = [
  ['OpenAI chat', {}],
  ['Responses', { path: '/v1/responses', body: { messages: undefined, input: 'Hello' } }],
  ['Anthropic', { path: '/v1/messages', body: { max_tokens: 100 } }],
  [
    'Gemini',
    {
      path: '/v1beta/models/groq%2Fm:generateContent',
      body: { messages: undefined, model: undefined, contents: [{ parts: [{ text: 'Hello' }] }] },
    },
  ],
  ['the hub’s own', { path: '/api/chat' }],
  [
    'the query',
    {
      path: '/gateway/query',
      body: { model: 'm', messages: undefined, provider: 'groq', prompt: 'Hello' },
    },
  ],
]

describe('five requests with one idempotency key', () => {
  it.each(dialects)('cause one call and get one answer, in the dialect of %s', async (_name, asking) => {
    const [first, ...others] = await askFiveTimes(asking)
    expect(calls).toHaveLength(1)
    expect(first).toMatchObject({ status: 200, replayed: null })
    expect(first?.headers).toMatchObject({ 'x-llm-provider': 'groq', 'content-type': 'application/json' })
    for (const other of others) expect(other).toEqual({ ...first, replayed: 'true' })
  })

  it('cause one call and get one stream', async () => {
    behave = () => streamOf('Good ', 'morning, ', 'Zoë.')
    const [first, ...others] = await askFiveTimes({ body: { stream: true } })
    expect(calls).toHaveLength(1)
    expect(first?.headers['content-type']).toBe('text/event-stream; charset=utf-8')
    expect(first?.text).toContain('Zoë.')
    expect(first?.text).toContain('[DONE]')
    for (const other of others) expect(other).toEqual({ ...first, replayed: 'true' })
  })

  it('cause one call of embeddings', async () => {
    const embedding = { object: 'embedding', index: 0, embedding: [0.1] }
    behave = () => Response.json({ object: 'list', data: [embedding], model: 'm', usage: {} })
    const asking = {
      path: '/v1/embeddings',
      body: { model: 'openai/text-embedding-3-small', input: 'Hello', messages: undefined },
    }
    const [first, ...others] = await askFiveTimes(asking)
    expect(calls).toHaveLength(1)
    for (const other of others) expect(other).toEqual({ ...first, replayed: 'true' })
  })
})

describe('an idempotency key', () => {
  it('of another user, another token or another dialect is another key', async () => {
    const { token } = await call<{ token: string }>('POST', '/api/tokens', { name: 'two' }, ada.session)
    for (const asking of [{}, { as: bob.token }, { as: token }, { as: ada.session }, { path: '/api/chat' }]) {
      expect(await ask(asking)).toMatchObject({ status: 200, replayed: null })
    }
    expect(calls).toHaveLength(5)
  })

  it('is refused with another body, in the dialect of the client', async () => {
    await ask()
    const refused = await ask({ body: { temperature: 0 } })
    expect(refused.status).toBe(409)
    expect(JSON.parse(refused.text)).toMatchObject({
      error: { param: 'idempotency-key' },
      hub: { code: 'CONFLICT' },
    })
    expect(calls).toHaveLength(1)
  })

  it('is refused with another address where the address says what is asked for', async () => {
    const body = { messages: undefined, model: undefined, contents: [{ parts: [{ text: 'Hello' }] }] }
    await ask({ path: '/v1beta/models/groq%2Fm:generateContent', body })
    const refused = await ask({ path: '/v1beta/models/groq%2Fother:generateContent', body })
    expect(refused.status).toBe(409)
  })

  it.each([
    ['empty', ''],
    ['too long', 'x'.repeat(256)],
    ['not ASCII', 'schlüssel'],
  ])('is refused where it is %s', async (_why, wrong) => {
    const refused = await ask({ key: wrong })
    expect(refused.status).toBe(400)
    expect(JSON.parse(refused.text)).toMatchObject({ hub: { code: 'VALIDATION_ERROR' } })
    expect(refused.text).toContain('idempotency-key')
    expect(calls).toHaveLength(0)
  })

  it('gives no answer to a token that was revoked', async () => {
    const made = await call<{ id: string; token: string }>('POST', '/api/tokens', { name: 'x' }, ada.session)
    await ask({ as: made.token })
    await call('DELETE', `/api/tokens/${made.id}`, undefined, ada.session)
    expect((await ask({ as: made.token })).status).toBe(401)
  })
})

describe('a failure', () => {
  it('is not kept', async () => {
    behave = () =>
      Response.json({ error: { message: 'Bad.', type: 'invalid_request_error' } }, { status: 400 })
    expect((await ask()).status).toBe(400)
    behave = () => Response.json(completionBody)
    expect(await ask()).toMatchObject({ status: 200, replayed: null })
    expect(await ask()).toMatchObject({ status: 200, replayed: 'true' })
    expect(calls).toHaveLength(2)
  })

  it('of a stream that had begun is not kept', async () => {
    const stream = openStream()
    const first = ask({ body: { stream: true } })
    await vi.waitFor(() => expect(calls).toHaveLength(1), 15_000)
    await stream.write(chunk('Half'))
    await stream.close()
    expect((await first).text).toContain('broke off')
    behave = () => streamOf('Whole')
    expect(await ask({ body: { stream: true } })).toMatchObject({ status: 200, replayed: null })
  })

  it('makes one who waits the next to lead', async () => {
    const gate = Promise.withResolvers<Response>()
    behave = () => gate.promise
    const first = ask()
    await vi.waitFor(() => expect(calls).toHaveLength(1), 15_000)
    const second = ask()
    behave = () => Response.json(completionBody)
    gate.resolve(Response.json({ error: { message: 'Bad.' } }, { status: 400 }))
    expect((await first).status).toBe(400)
    expect(await second).toMatchObject({ status: 200, replayed: null })
  })
})

describe('one who waits', () => {
  it('is answered 408 when its time is over', async () => {
    const gate = Promise.withResolvers<Response>()
    behave = () => gate.promise
    const first = ask()
    await vi.waitFor(() => expect(calls).toHaveLength(1), 15_000)
    const second = await ask({ headers: { 'x-hub-timeout': '0.3' } })
    expect(second.status).toBe(408)
    expect(JSON.parse(second.text)).toMatchObject({ hub: { code: 'REQUEST_TIMEOUT' } })
    gate.resolve(Response.json(completionBody))
    expect((await first).status).toBe(200)
  })

  it('for a stream has company, and then gets the answer and its facts', async () => {
    Object.assign(budgets, { holdMs: 20 })
    const stream = openStream()
    const first = ask({ body: { stream: true } })
    await vi.waitFor(() => expect(calls).toHaveLength(1), 15_000)
    const second = send({ body: { stream: true } })
    const waiting = await second.response
    expect(waiting.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    const reading = waiting.text()
    await stream.write(chunk('Hello', 'stop'))
    await stream.write('[DONE]')
    await stream.close()
    const text = await reading
    expect(text.startsWith(': keep-alive\n\n')).toBe(true)
    expect(text).toContain((await first).text)
    expect(text).toMatch(/^: .*x-hub-replayed=true/m)
    await second.settled()
  })

  it('for a JSON array of events gets one array', async () => {
    Object.assign(budgets, { holdMs: 20 })
    const stream = openStream()
    const body = { messages: undefined, model: undefined, contents: [{ parts: [{ text: 'Hello' }] }] }
    const asking = { path: '/v1beta/models/groq%2Fm:streamGenerateContent', body }
    const first = ask(asking)
    await vi.waitFor(() => expect(calls).toHaveLength(1), 15_000)
    const second = ask(asking)
    await stream.write(chunk('Hello', 'stop'))
    await stream.write('[DONE]')
    await stream.close()
    const events = JSON.parse((await second).text)
    expect(events.length).toBeGreaterThan(0)
    expect(events).toEqual(JSON.parse((await first).text))
  })

  it('for a stream that has begun learns of its end as an error event', async () => {
    Object.assign(budgets, { holdMs: 20 })
    const stream = openStream()
    const first = ask({ body: { stream: true } })
    await vi.waitFor(() => expect(calls).toHaveLength(1), 15_000)
    const second = await ask({ body: { stream: true }, headers: { 'x-hub-timeout': '0.4' } })
    expect(second).toMatchObject({ status: 200, replayed: null })
    expect(second.text).toContain('REQUEST_TIMEOUT')
    await stream.close()
    await first
  })

  it('for one who died leads when the claim has run out', async () => {
    const object = userStub(env, ada.userId)
    const { id } = await env.DB.prepare('SELECT id FROM tokens WHERE hash = ?')
      .bind(await sha256(ada.token))
      .first<{ id: string }>()
      .then((row) => row ?? { id: '' })
    const sent = JSON.stringify({ model: 'groq/m', messages: [{ role: 'user', content: 'Hello' }] })
    const name = await sha256(JSON.stringify([id, 'openai-chat', key]))
    await object.claim({ name, body: await sha256(`null${sent}`) })
    expect((await ask({ headers: { 'x-hub-timeout': '0.3' } })).status).toBe(408)
    const waiting = ask()
    await runInDurableObject(object, (instance) => {
      instance.clock = () => Date.now() + 60_000
    })
    expect(await waiting).toMatchObject({ status: 200, replayed: null })
    await evictDurableObject(object)
  })
})

describe('a leader', () => {
  it('does not make others wait for a client that does not read', async () => {
    behave = () => streamOf(...Array.from({ length: 1_000 }, (_, i) => `word ${i} `))
    const first = send({ body: { stream: true } })
    const unread = await first.response
    const second = await ask({ body: { stream: true } })
    expect(second.replayed).toBe('true')
    expect(await unread.text()).toBe(second.text)
    await first.settled()
  })

  it('goes on when its client leaves, and whoever asks again gets the whole stream', async () => {
    const stream = openStream()
    const first = send({ body: { stream: true } })
    await vi.waitFor(() => expect(calls).toHaveLength(1), 15_000)
    await stream.write(chunk('One, '))
    const response = await first.response
    const requestId = response.headers.get('x-hub-request-id')
    await response.body?.cancel()
    const second = ask({ body: { stream: true } })
    await stream.write(chunk('two, '))
    await stream.write(chunk('three.'))
    await stream.write(chunk('', 'stop'))
    await stream.write('[DONE]')
    await stream.close()
    await first.settled()
    const answer = await second
    expect(answer.replayed).toBe('true')
    for (const word of ['One, ', 'two, ', 'three.', '[DONE]']) expect(answer.text).toContain(word)
    expect(calls).toHaveLength(1)
    await vi.waitFor(
      async () =>
        expect(await call('GET', `/api/logs/${requestId}`, undefined, ada.session)).toMatchObject({
          status: 200,
        }),
      { timeout: 60_000 },
    )
  })
})

describe('an answer', () => {
  it('of more than two megabytes is not kept: whoever asks again is told that it is made again', async () => {
    const content = 'x'.repeat(2 * 1024 * 1024)
    behave = () =>
      Response.json({ ...completionBody, choices: [{ index: 0, message: { role: 'assistant', content } }] })
    expect(await ask()).toMatchObject({ status: 200, replayed: null })
    expect(await ask()).toMatchObject({ status: 200, replayed: 'false' })
    expect(calls).toHaveLength(2)
  })

  it('of nearly two megabytes is kept', async () => {
    const content = 'x'.repeat(2 * 1024 * 1024 - 1024)
    behave = () =>
      Response.json({ ...completionBody, choices: [{ index: 0, message: { role: 'assistant', content } }] })
    const first = await ask()
    expect(await ask()).toEqual({ ...first, replayed: 'true' })
  })

  it.each([
    ['whole', {}, () => Response.json(completionBody)],
    ['streamed', { stream: true }, () => streamOf('Hello')],
  ])('whose master key is gone is made again, %s, and that one is kept', async (_case, body, respond) => {
    const logged = vi.spyOn(console, 'error').mockReturnValue()
    behave = respond
    const withNewer: Env = { ...env, MASTER_KEY_2: btoa('a newer master key, soon lost.!!') }
    const asking = { body }
    expect(await ask({ ...asking, bindings: withNewer })).toMatchObject({ status: 200, replayed: null })
    expect(await ask({ ...asking, bindings: withNewer })).toMatchObject({ status: 200, replayed: 'true' })

    const again = await Promise.all([ask(asking), ask(asking), ask(asking)])
    expect(again.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(again.filter(({ replayed }) => replayed === null)).toHaveLength(1)
    expect(calls).toHaveLength(2)
    expect(logged.mock.calls.flat().join()).toContain('is served again')
    expect(await ask(asking)).toMatchObject({ status: 200, replayed: 'true' })
    expect(calls).toHaveLength(2)
  })

  it('cannot be read where it is kept, nor can what was asked', async () => {
    const question = 'A very particular question'
    const secret = 'A very particular answer'
    const message = { role: 'assistant', content: secret }
    behave = () =>
      Response.json({ ...completionBody, choices: [{ index: 0, message, finish_reason: 'stop' }] })
    key = 'a-particular-key'
    const asking = { body: { messages: [{ role: 'user', content: question }] } }
    expect((await ask(asking)).text).toContain(secret)
    expect((await ask(asking)).replayed).toBe('true')
    const stored = await runInDurableObject(userStub(env, ada.userId), (_instance, { storage: { sql } }) =>
      JSON.stringify([
        sql.exec('SELECT * FROM claims').toArray(),
        sql.exec('SELECT * FROM answers').toArray(),
      ]),
    )
    expect(stored.length).toBeGreaterThan(1_000)
    for (const text of ['particular', 'groq/m', 'x-llm', btoa(secret).slice(0, 20)]) {
      expect(stored).not.toContain(text)
    }
  })
})

it('costs nothing where there is no key', async () => {
  const names: string[] = []
  const watched = {
    ...env,
    USER_OBJECT: new Proxy(env.USER_OBJECT, {
      get(target, name) {
        names.push(String(name))
        return Reflect.get(target, name)
      },
    }),
  }
  const context = createExecutionContext()
  const request = new Request('http://localhost/v1/chat/completions', {
    method: 'POST',
    headers: { authorization: `Bearer ${ada.token}` },
    body: JSON.stringify({ model: 'groq/m', messages: [{ role: 'user', content: 'Hello' }] }),
  })
  expect((await app.fetch(request, watched, context)).status).toBe(200)
  await waitOnExecutionContext(context)
  expect(names).toEqual([])
})
