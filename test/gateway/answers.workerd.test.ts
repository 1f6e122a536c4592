/**
 * What counts as an answer of a provider, as clients find it: who is asked next, and what arrives.
 */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { app } from '../../src/index.ts'
import { call, completionBody, settleIn, type Settled } from '../hub.workerd.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let turn = 0
let ada: Settled
let provider: string
/** What the provider answers, call after call. */
let answers: (() => Response)[]
let calls: number

beforeAll(async () => {
  ada = await settleIn({ provider: 'sandbox', apiKey: 'x' })
})
beforeEach(() => {
  calls = 0
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () => {
    const answer = answers[calls++]
    if (!answer) throw new Error('The provider was asked too often.')
    return answer()
  })
})
afterEach(() => vi.restoreAllMocks())

async function add(dialect: string): Promise<void> {
  turn++
  provider = `answers-${turn}`
  const row = { id: provider, name: 'P', baseUrl: 'http://127.0.0.1:9/v1', dialect, models: ['m'] }
  await call('POST', '/api/providers', row, ada.session)
  for (const index of [1, 2])
    await call(
      'POST',
      '/api/keys',
      { provider, apiKey: `answers-secret-${turn}-${index}-0123456789` },
      ada.session,
    )
}

type Client = 'chat' | 'messages' | 'responses' | 'gemini'

async function ask(
  client: Client,
  stream = false,
): Promise<{ status: number; text: string; requestId: string | null }> {
  const model = `${provider}/m`
  const messages = [{ role: 'user', content: 'Hello' }]
  const requests: Record<Client, [path: string, body: object]> = {
    chat: ['/v1/chat/completions', { model, messages, stream }],
    messages: ['/v1/messages', { model, messages, max_tokens: 50, stream }],
    responses: ['/v1/responses', { model, input: 'Hello', stream }],
    gemini: [
      `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
      { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] },
    ],
  }
  const [path, body] = requests[client]
  const context = createExecutionContext()
  const request = new Request(`http://localhost${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ada.token}` },
    body: JSON.stringify(body),
  })
  const response = await app.fetch(request, env, context)
  const text = await response.text()
  await waitOnExecutionContext(context)
  return { status: response.status, text, requestId: response.headers.get('x-hub-request-id') }
}

const sse = (...events: (object | string)[]): string =>
  events.map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`).join('')
const streamed = (text: string) => () =>
  new Response(text, { headers: { 'content-type': 'text/event-stream' } })
const json = (body: object) => () => Response.json(body)
const chunk = (delta: object, finish: string | null = null) => ({
  id: 'c1',
  model: 'm',
  choices: [{ index: 0, delta, finish_reason: finish }],
})
const whole = sse(chunk({ content: 'Good ' }), chunk({ content: 'morning.' }), chunk({}, 'stop'), '[DONE]')
const usage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }

describe('a 200 that is no answer', () => {
  it.each<[object]>([
    [{}],
    [{ success: false, message: 'engine exhausted', code: 500 }],
    [{ choices: [], usage }],
    [{ choices: null }],
    [{ base_resp: { status_code: 1002, status_msg: 'rate limit' }, choices: null }],
    [{ code: 500, msg: 'busy' }],
  ])('is a failure, and the next key is asked: %j', async (body) => {
    await add('openai-chat')
    answers = [json(body), json(completionBody)]
    expect(await ask('chat')).toMatchObject({ status: 200, text: JSON.stringify(completionBody) })
    expect(calls).toBe(2)
  })

  it.each<[string, string]>([
    ['nothing but the mark', sse('[DONE]')],
    ['usage alone', sse({ choices: [], usage }, '[DONE]')],
    ['an error of its own shape', sse({ success: false, message: 'exhausted', code: 500 }, '[DONE]')],
    ['a web page', 'data: <html>\n\n'],
  ])('is a failure in a stream too, and the next key is asked: %s', async (_, text) => {
    await add('openai-chat')
    answers = [streamed(text), streamed(whole)]
    const { text: got } = await ask('messages', true)
    expect(got).toContain('morning.')
    expect(got).toContain('message_stop')
    expect(calls).toBe(2)
  })

  it('is none where a model had nothing to say', async () => {
    await add('openai-chat')
    const empty = { id: 'c', choices: [{ index: 0, message: { content: '' }, finish_reason: 'stop' }], usage }
    answers = [json(empty), streamed(sse(chunk({ role: 'assistant' }), chunk({}, 'stop'), '[DONE]'))]
    expect((await ask('chat')).text).toBe(JSON.stringify(empty))
    expect((await ask('messages', true)).text).toContain('"stop_reason":"end_turn"')
    expect(calls).toBe(2)
  })
})

it.each([1e14, -1e14, 8e300, -1, 9007199254740991])(
  'a time that no calendar has is left out: %s',
  async (created) => {
    await add('openai-chat')
    answers = [json({ ...completionBody, created })]
    const { status, text } = await ask('gemini')
    expect(status).toBe(200)
    expect(text).toContain('"createTime":"2')
  },
)

it.each<[Client, boolean]>([
  ['chat', true],
  ['messages', false],
  ['responses', true],
  ['gemini', false],
])(
  'an answer of too many parts is a failure for a client of %s, and the next key is asked',
  async (client, stream) => {
    await add('openai-chat')
    const tool_calls = Array.from({ length: 20_001 }, (_, at) => ({
      id: `c${at}`,
      type: 'function',
      function: { name: 'f', arguments: '{}' },
    }))
    const choices = [{ index: 0, message: { role: 'assistant', tool_calls }, finish_reason: 'tool_calls' }]
    answers = [json({ ...completionBody, choices }), stream ? streamed(whole) : json(completionBody)]
    expect((await ask(client, stream)).status).toBe(200)
    expect(calls).toBe(2)
  },
)

describe('an event stream where JSON was asked for', () => {
  it.each<[Client, RegExp]>([
    ['chat', /"content":"Good morning\."/],
    ['messages', /"text":"Good morning\."/],
    ['responses', /"text":"Good morning\."/],
    ['gemini', /"text":"Good morning\."/],
  ])('is folded for a client of %s', async (client, words) => {
    await add('openai-chat')
    answers = [streamed(whole)]
    const { status, text } = await ask(client)
    expect(status).toBe(200)
    expect(JSON.stringify(JSON.parse(text))).toMatch(words)
  })

  it('is a failure where an event is longer than any, and no fault of the hub', async () => {
    await add('openai-chat')
    answers = [streamed(sse({ x: 'x'.repeat(8.5e6) }, '[DONE]')), streamed(whole)]
    expect((await ask('chat')).text).toContain('Good morning.')
    expect(calls).toBe(2)
  })

  it('is a failure where it breaks off', async () => {
    await add('openai-chat')
    answers = [streamed(sse(chunk({ content: 'Good ' }))), json(completionBody)]
    expect((await ask('chat')).text).toBe(JSON.stringify(completionBody))
  })
})

describe('a stream', () => {
  it('is over with its last event, though the connection stays open', async () => {
    await add('openai-chat')
    const open = () => {
      const body = new ReadableStream({
        type: 'bytes',
        start: (controller) => controller.enqueue(new TextEncoder().encode(whole)),
      })
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
    }
    answers = [open, open]
    expect((await ask('chat', true)).text).toContain('[DONE]')
    expect((await ask('gemini', true)).text).toContain('morning.')
  })

  it.each<[Client]>([['gemini'], ['messages'], ['chat']])(
    'may end in a mark of another dialect for %s',
    async (client) => {
      await add('anthropic')
      const text = (event: object & { type: string }) => `event: ${event.type}\n${sse(event)}`
      const events =
        text({
          type: 'message_start',
          message: { id: 'msg_1', model: 'm', content: [], usage: { input_tokens: 3 } },
        } as never) +
        text({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } } as never) +
        text({
          type: 'content_block_delta',
          index: 0,
          delta: { type: 'text_delta', text: 'morning.' },
        } as never) +
        text({ type: 'content_block_stop', index: 0 } as never) +
        text({
          type: 'message_delta',
          delta: { stop_reason: 'end_turn' },
          usage: { output_tokens: 1 },
        } as never) +
        text({ type: 'message_stop' })
      answers = [streamed(events + sse('[DONE]'))]
      const { status, text: got } = await ask(client, true)
      expect(status).toBe(200)
      expect(got).toContain('morning.')
      expect(got).not.toMatch(/error/)
      if (client === 'messages') expect(got).toBe(events)
    },
  )

  it('goes on with another key where it broke in a call of which the client was given nothing', async () => {
    await add('openai-chat')
    const half = sse(
      chunk({ tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{"x":' } }] }),
    )
    answers = [streamed(half), streamed(whole)]
    const { text } = await ask('gemini', true)
    expect(text).toContain('morning.')
    expect(text).not.toContain('error')
    expect(calls).toBe(2)
  })
})

describe('a provider that redirects', () => {
  it('is named in the log of whoever made it, without what may be secret, and is not followed', async () => {
    await add('openai-chat')
    const moved = () =>
      new Response(null, {
        status: 308,
        headers: { location: 'https://user:pw@api.new.example/v2/chat/completions?key=secret-in-query#x' },
      })
    answers = [moved, moved]
    const { status, text, requestId } = await ask('chat')
    expect(status).toBe(502)
    expect(text).toContain('redirected')
    expect(text).not.toContain('new.example')
    const log = await vi.waitFor(
      async () => JSON.stringify(await call('GET', `/api/logs/${requestId}`, undefined, ada.session)),
      { timeout: 20_000, interval: 200 },
    )
    expect(log).toContain('https://api.new.example/v2/chat/completions')
    for (const secret of ['secret-in-query', 'user:pw']) expect(log).not.toContain(secret)
  })
})
