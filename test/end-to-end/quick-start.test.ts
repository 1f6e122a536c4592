/**
 * The README's quick start, as a new user would go through it, with curl's requests and the
 * unmodified OpenAI SDK.
 */
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Hub, readLog, startHub } from './hub.ts'

let hub: Hub
let session: string
let token: string

beforeAll(async () => {
  hub = await startHub()
})
afterAll(() => hub?.stop())

describe('the quick start', () => {
  it('is ready and unclaimed before anyone has come', async () => {
    expect(await hub.call('GET', '/health/ready')).toEqual({
      status: 'ready',
      works: { chat: true, people: true, log: true },
      problems: [],
      unclaimed: true,
    })
  })

  it('registers the first account as admin, and closes registration', async () => {
    const first = await hub.call<{ token: string; user: { role: string } }>('POST', '/api/auth/register', {
      body: { username: 'me', password: 'choose-a-good-one' },
    })
    expect(first.user.role).toBe('admin')
    session = first.token
    const second = { username: 'you', password: 'choose-a-good-one' }
    await hub.call('POST', '/api/auth/register', { body: second, expect: 403 })
  })

  it('logs in again, and refuses a wrong password and an unknown name in the same words', async () => {
    const again = await hub.call<{ token: string }>('POST', '/api/auth/login', {
      body: { login: 'me', password: 'choose-a-good-one' },
    })
    expect(await hub.call('GET', '/api/auth/me', { as: again.token })).toMatchObject({ username: 'me' })
    const wrong = await hub.call<{ error: unknown }>('POST', '/api/auth/login', {
      body: { login: 'me', password: 'something else' },
      expect: 401,
    })
    const unknown = await hub.call<{ error: unknown }>('POST', '/api/auth/login', {
      body: { login: 'nobody', password: 'something else' },
      expect: 401,
    })
    expect(unknown.error).toEqual(wrong.error)
  })

  it('takes a key and never shows it again', async () => {
    const key = await hub.call('POST', '/api/keys', {
      as: session,
      body: { provider: 'sandbox', apiKey: 'anything at all 1234' },
    })
    const list = await hub.call<{ data: unknown[] }>('GET', '/api/keys', { as: session })
    expect(list.data).toEqual([key])
    expect(JSON.stringify(list)).not.toContain('anything')
    expect(key).toMatchObject({ provider: 'sandbox', masked: '****1234', state: { status: 'active' } })
  })

  it('makes a token that is shown once', async () => {
    const made = await hub.call<{ token: string; id: string }>('POST', '/api/tokens', {
      as: session,
      body: { name: 'first' },
    })
    expect(made.token).toMatch(/^llm_/)
    token = made.token
    const list = await hub.call<{ data: object[] }>('GET', '/api/tokens', { as: session })
    expect(list.data).toMatchObject([{ id: made.id, name: 'first' }])
    expect(JSON.stringify(list)).not.toContain(token)
  })

  it('answers curl', async () => {
    const response = await fetch(`${hub.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'smart', messages: [{ role: 'user', content: 'Hello there' }] }),
    })
    expect(response.status).toBe(200)
    expect(response.headers.get('x-llm-provider')).toBe('sandbox')
    expect(response.headers.get('x-hub-attempts')).toBe('1')
    const body = await response.json<{
      choices: { message: { content: string } }[]
      usage: { total_tokens: number }
    }>()
    expect(body.choices[0]?.message.content).toContain('Hello there')
    const log = await readLog(hub, session, response.headers.get('x-hub-request-id'))
    expect(log).toMatchObject({ status: 200, provider: 'sandbox', attempts: 1 })
    expect((log.usage?.inputTokens ?? 0) + (log.usage?.outputTokens ?? 0)).toBe(body.usage.total_tokens)
  })
})

describe('the official OpenAI SDK', () => {
  const client = (): OpenAI => new OpenAI({ baseURL: `${hub.url}/v1`, apiKey: token, maxRetries: 0 })
  const weather: OpenAI.Chat.ChatCompletionTool = {
    type: 'function',
    function: {
      name: 'get_weather',
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
  }

  it('gets a whole answer from a route', async () => {
    const answer = await client().chat.completions.create({
      model: 'smart',
      messages: [{ role: 'user', content: 'Say good morning' }],
    })
    expect(answer.choices[0]?.message.content).toContain('good morning')
    expect(answer.usage?.total_tokens).toBeGreaterThan(0)
  })

  it('gets a streamed answer, with usage because it asked', async () => {
    const stream = await client().chat.completions.create({
      model: 'smart',
      messages: [{ role: 'user', content: 'Say good morning' }],
      stream: true,
      stream_options: { include_usage: true },
    })
    let text = ''
    let chunks = 0
    let usage: OpenAI.CompletionUsage | null | undefined
    for await (const chunk of stream) {
      chunks++
      text += chunk.choices[0]?.delta.content ?? ''
      usage = chunk.usage ?? usage
    }
    expect(text).toContain('good morning')
    expect(chunks).toBeGreaterThan(3)
    expect(usage?.total_tokens).toBeGreaterThan(0)
  })

  it('goes round a loop of tools, streamed', async () => {
    const messages: OpenAI.Chat.ChatCompletionMessageParam[] = [
      { role: 'user', content: 'The weather in Paris, please' },
    ]
    const first = await client()
      .chat.completions.stream({ model: 'smart', messages, tools: [weather] })
      .finalChatCompletion()
    const call = first.choices[0]?.message.tool_calls?.[0]
    expect(first.choices[0]?.finish_reason).toBe('tool_calls')
    if (!first.choices[0] || call?.type !== 'function') throw new Error('The model called no function.')
    expect(JSON.parse(call.function.arguments)).toHaveProperty('city')
    messages.push(first.choices[0].message, {
      role: 'tool',
      tool_call_id: call.id,
      content: 'Sunny, 21 degrees',
    })
    const second = await client().chat.completions.create({ model: 'smart', messages, tools: [weather] })
    expect(second.choices[0]?.message.content).toContain('Sunny, 21 degrees')
  })

  it('lists routes and models', async () => {
    const ids = (await client().models.list()).data.map((model) => model.id)
    expect(ids).toEqual(expect.arrayContaining(['smart', 'fast', 'cheap', 'any', 'sandbox/echo']))
    expect(await client().models.retrieve('sandbox/echo')).toMatchObject({
      id: 'sandbox/echo',
      owned_by: 'sandbox',
    })
  })

  it('raises its own typed errors for ours', async () => {
    const stranger = new OpenAI({ baseURL: `${hub.url}/v1`, apiKey: 'llm_nonsense', maxRetries: 0 })
    const ask = { messages: [{ role: 'user' as const, content: 'x' }] }
    await expect(stranger.chat.completions.create({ model: 'smart', ...ask })).rejects.toBeInstanceOf(
      OpenAI.AuthenticationError,
    )
    await expect(client().chat.completions.create({ model: 'no-such-model', ...ask })).rejects.toBeInstanceOf(
      OpenAI.NotFoundError,
    )
    await expect(client().chat.completions.create({ model: 'sandbox/429', ...ask })).rejects.toBeInstanceOf(
      OpenAI.RateLimitError,
    )
  })
})

describe('the pages', () => {
  it('serve the dashboard, and never instead of the API', async () => {
    const page = await fetch(`${hub.url}/`)
    expect(page.headers.get('content-type')).toContain('text/html')
    const deep = await fetch(`${hub.url}/keys`, {
      headers: { accept: 'text/html', 'sec-fetch-mode': 'navigate' },
    })
    expect(deep.headers.get('content-type')).toContain('text/html')
    for (const path of [
      '/v1/nothing',
      '/api/nothing',
      '/gateway/nothing',
      '/v1beta/nothing',
      '/health/nothing',
    ]) {
      const response = await fetch(`${hub.url}${path}`, {
        headers: { accept: 'text/html', 'sec-fetch-mode': 'navigate' },
      })
      expect(response.headers.get('content-type'), path).toContain('application/json')
      expect(response.status, path).toBe(404)
    }
  })
})
