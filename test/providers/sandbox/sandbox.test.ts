import { beforeEach, afterEach, describe, expect, it, vi } from 'vitest'
import type { Json, JsonObject } from '../../../src/chat/json.ts'
import { answerSandbox, sandboxHost } from '../../../src/providers/sandbox/index.ts'
import { sandboxModels } from '../../../src/providers/sandbox/models.ts'

const address = `https://${sandboxHost}/v1`
const user = { role: 'user', content: 'What is the weather in Oslo?' }

// Pauses are real; the clock is not.
beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

interface ToolCall {
  index: number
  id?: string
  function: { name: string; arguments: string }
}

interface Texts {
  content?: string | null
  reasoning_content?: string
}

interface Body {
  choices: {
    index: number
    message: Texts & { content: string; tool_calls?: ToolCall[] }
    finish_reason: string
  }[]
  usage: { prompt_tokens: number; completion_tokens: number; total_tokens: number }
  error: { message: string; type: string; code: string | null; param: string | null }
  data: { id: string }[]
}

interface Chunk {
  choices?: { index: number; delta: Texts & { tool_calls?: ToolCall[] }; finish_reason: string | null }[]
  usage?: Body['usage'] | null
}

function call(body: JsonObject, signal?: AbortSignal): Promise<Response> {
  const request = new Request(`${address}/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'echo', messages: [user], ...body }),
    ...(signal && { signal }),
  })
  return answerSandbox(request)
}

async function ask(body: JsonObject): Promise<{ status: number; headers: Headers; body: Body }> {
  const pending = call(body)
  const [response] = await Promise.all([pending, vi.runAllTimersAsync()])
  return { status: response.status, headers: response.headers, body: await response.json() }
}

async function streamText(body: JsonObject): Promise<string> {
  const response = await call({ stream: true, ...body })
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  const text = response.text()
  await vi.runAllTimersAsync()
  return text
}

async function stream(body: JsonObject): Promise<{ chunks: Chunk[]; done: boolean }> {
  const lines = (await streamText(body)).split('\n\n').filter(Boolean)
  const done = lines.at(-1) === 'data: [DONE]'
  const chunks = lines
    .filter((line) => line !== 'data: [DONE]')
    .map((line) => JSON.parse(line.slice('data: '.length)))
  return { chunks, done }
}

function choicesOf(chunks: Chunk[]) {
  return chunks.flatMap(({ choices }) => choices ?? [])
}

function deltas(chunks: Chunk[], field: keyof Texts): string {
  return choicesOf(chunks)
    .map(({ delta }) => delta[field] ?? '')
    .join('')
}

async function askWhole(model: string): Promise<Response> {
  const pending = call({ model })
  await vi.runAllTimersAsync()
  return pending
}

const weather: JsonObject = {
  type: 'function',
  function: {
    name: 'weather',
    parameters: {
      type: 'object',
      properties: {
        city: { type: 'string' },
        unit: { enum: ['celsius', 'fahrenheit'] },
        days: { type: 'integer', minimum: 3 },
      },
      required: ['city'],
    },
  },
}
const clock: JsonObject = { type: 'function', function: { name: 'clock' } }

describe('echo', () => {
  it('says back what it was told, and counts tokens', async () => {
    const { status, headers, body } = await ask({})
    expect(status).toBe(200)
    expect(headers.get('x-ratelimit-limit-requests')).toMatch(/^\d+$/)
    expect(body.choices[0]?.message.content).toContain('What is the weather in Oslo?')
    expect(body.choices[0]?.finish_reason).toBe('stop')
    const { prompt_tokens, completion_tokens, total_tokens } = body.usage
    expect(prompt_tokens).toBeGreaterThan(5)
    expect(total_tokens).toBe(prompt_tokens + completion_tokens)
  })

  it('says the same when it is streamed, and reports usage only when asked', async () => {
    const whole = await ask({})
    const silent = await stream({})
    expect(deltas(silent.chunks, 'content')).toBe(whole.body.choices[0]?.message.content)
    expect(silent.done).toBe(true)
    expect(silent.chunks.some((chunk) => 'usage' in chunk)).toBe(false)

    const { chunks } = await stream({ stream_options: { include_usage: true } })
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: whole.body.usage })
    expect(chunks.slice(0, -1).every((chunk) => chunk.usage === null)).toBe(true)
  })

  it('reads the text of parts and counts the files', async () => {
    const content = [
      { type: 'text', text: 'Look' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,x' } },
    ]
    const { body } = await ask({ messages: [{ role: 'user', content }] })
    expect(body.choices[0]?.message.content).toContain('Look (with 1 file)')
  })

  it('stops at the output limit, by either name', async () => {
    for (const limit of [{ max_tokens: 2 }, { max_completion_tokens: 2 }]) {
      const { body } = await ask(limit)
      expect(body.choices[0]).toMatchObject({ finish_reason: 'length', message: { content: 'You said' } })
      expect(body.usage.completion_tokens).toBe(2)
    }
  })

  it('stops before a stop sequence', async () => {
    const { body } = await ask({ stop: ['Oslo', 'weather'] })
    expect(body.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { content: 'You said: What is the ' },
    })
  })

  it('gives as many answers as are wanted', async () => {
    const { body } = await ask({ n: 3 })
    expect(body.choices.map(({ index }) => index)).toEqual([0, 1, 2])
    const { chunks } = await stream({ n: 2 })
    const finished = choicesOf(chunks)
    expect(finished.filter((choice) => choice.finish_reason).map(({ index }) => index)).toEqual([0, 1])
  })

  it('makes JSON where JSON is wanted', async () => {
    const { body } = await ask({ response_format: { type: 'json_object' } })
    expect(JSON.parse(body.choices[0]?.message.content ?? '')).toEqual({ echo: user.content })
    const schema = {
      type: 'object',
      properties: { days: { type: 'integer' } },
      required: ['days'],
      additionalProperties: false,
    }
    const format = { type: 'json_schema', json_schema: { name: 'forecast', schema, strict: true } }
    const structured = await ask({ response_format: format })
    expect(JSON.parse(structured.body.choices[0]?.message.content ?? '')).toEqual({ days: 1 })
  })
})

describe('tools', () => {
  it('are called once each, with arguments that fit', async () => {
    const { body } = await ask({ tools: [weather, clock] })
    expect(body.choices[0]?.finish_reason).toBe('tool_calls')
    const calls = body.choices[0]?.message.tool_calls ?? []
    expect(calls.map((entry) => entry.function.name)).toEqual(['weather', 'clock'])
    expect(new Set(calls.map(({ id }) => id)).size).toBe(2)
    expect(JSON.parse(calls[0]?.function.arguments ?? '')).toEqual({ city: 'city', unit: 'celsius', days: 3 })
    expect(calls[1]?.function.arguments).toBe('{}')
  })

  it('are streamed with an index each', async () => {
    const { chunks, done } = await stream({ tools: [weather, clock] })
    const pieces = choicesOf(chunks).flatMap(({ delta }) => delta.tool_calls ?? [])
    expect(pieces.filter(({ id }) => id).map(({ index }) => index)).toEqual([0, 1])
    expect(done).toBe(true)
  })

  it.each<[string, JsonObject, string[]]>([
    ['one at a time', { parallel_tool_calls: false }, ['weather']],
    [
      'the one that was chosen',
      { tool_choice: { type: 'function', function: { name: 'clock' } } },
      ['clock'],
    ],
    ['any, where one is required', { tool_choice: 'required' }, ['weather', 'clock']],
    ['none, where none is wanted', { tool_choice: 'none' }, []],
  ])('are called: %s', async (_, options, names) => {
    const { body } = await ask({ tools: [weather, clock], ...options })
    const calls = body.choices[0]?.message.tool_calls ?? []
    expect(calls.map((entry) => entry.function.name)).toEqual(names)
  })

  it('are not called again when they have answered', async () => {
    const made = { id: 'a', type: 'function', function: { name: 'weather', arguments: '{}' } }
    const messages = [
      user,
      { role: 'assistant', content: null, tool_calls: [made] },
      { role: 'tool', tool_call_id: 'a', content: 'Rain.' },
    ]
    const { body } = await ask({ messages, tools: [weather], tool_choice: 'required' })
    expect(body.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { content: 'The tools answered: Rain.' },
    })
  })
})

describe('other models', () => {
  it('think before they speak', async () => {
    const { body } = await ask({ model: 'think' })
    expect(body.choices[0]?.message.reasoning_content).toContain('Oslo')
    expect(body.usage).toMatchObject({ completion_tokens_details: { reasoning_tokens: expect.any(Number) } })
    const { chunks } = await stream({ model: 'think' })
    expect(deltas(chunks, 'reasoning_content')).toBe(body.choices[0]?.message.reasoning_content)
    expect(deltas(chunks, 'content')).toBe(body.choices[0]?.message.content)
  })

  it('use up their output with thinking', async () => {
    const { body } = await ask({ model: 'think', max_tokens: 1 })
    expect(body.choices[0]).toMatchObject({
      finish_reason: 'length',
      message: { content: '', reasoning_content: 'I am' },
    })
  })

  it('answer in 200 pieces', async () => {
    const { chunks } = await stream({ model: 'long' })
    expect(chunks.filter((chunk) => deltas([chunk], 'content') !== '')).toHaveLength(200)
  })

  it('refuse', async () => {
    const { body } = await ask({ model: 'refuse' })
    expect(body.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { content: null, refusal: expect.any(String) },
    })
  })

  it.each<[string, number, JsonObject]>([
    ['429', 429, { type: 'requests', code: 'rate_limit_exceeded' }],
    ['quota', 429, { type: 'insufficient_quota', code: 'insufficient_quota' }],
    ['400', 400, { type: 'invalid_request_error' }],
    ['401', 401, { code: 'invalid_api_key' }],
    ['500', 500, { type: 'server_error' }],
    ['503', 503, { code: 'server_is_overloaded' }],
  ])('fail: %s', async (model, status, error) => {
    for (const streamed of [false, true]) {
      const result = await ask({ model, stream: streamed })
      expect(result.status).toBe(status)
      expect(result.body.error).toMatchObject(error)
    }
  })

  it('state when a rate limit ends', async () => {
    const { headers } = await ask({ model: '429' })
    expect(Object.fromEntries(headers)).toMatchObject({
      'retry-after': '7',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '7s',
    })
  })

  it('break off in the middle, without an end', async () => {
    const { chunks, done } = await stream({ model: 'cut' })
    expect(deltas(chunks, 'content')).not.toBe('')
    expect(done).toBe(false)
    expect(JSON.stringify(chunks)).not.toContain('"finish_reason":"stop"')
    const response = await askWhole('cut')
    await expect(response.json()).rejects.toThrow(SyntaxError)
  })

  it('break off before any content', async () => {
    expect(await streamText({ model: 'cut-early' })).toBe('')
  })

  it('send an error in the middle', async () => {
    const { chunks, done } = await stream({ model: 'error' })
    expect(deltas(chunks, 'content')).not.toBe('')
    expect(chunks.at(-1)).toMatchObject({ error: { type: 'server_error' } })
    expect(done).toBe(false)
    expect((await askWhole('error')).status).toBe(500)
  })
})

describe('a call that is given up', () => {
  it('ends the wait for an answer that never comes', async () => {
    const abort = new AbortController()
    const answer = call({ model: 'timeout' }, abort.signal)
    const outcome = expect(answer).rejects.toThrow('enough')
    await vi.advanceTimersByTimeAsync(60_000)
    abort.abort(new Error('enough'))
    await outcome
    expect(vi.getTimerCount()).toBe(0)
  })

  it('breaks the stream at once', async () => {
    const abort = new AbortController()
    const response = await call({ model: 'slow', stream: true }, abort.signal)
    const text = expect(response.text()).rejects.toThrow('enough')
    await vi.advanceTimersByTimeAsync(2_100)
    abort.abort(new Error('enough'))
    await text
    expect(vi.getTimerCount()).toBe(0)
  })

  it('leaves no timer behind when the stream is cancelled', async () => {
    const response = await call({ model: 'slow', stream: true })
    const reader = response.body?.getReader()
    void reader?.read()
    await vi.advanceTimersByTimeAsync(100)
    await reader?.cancel()
    await vi.advanceTimersByTimeAsync(0)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is refused when it was given up before', async () => {
    await expect(call({ model: 'timeout' }, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
  })
})

describe('streams', () => {
  it('can be read into a buffer of the reader’s own, to the end', async () => {
    const response = await call({ model: 'long', stream: true })
    const reader = response.body?.getReader({ mode: 'byob' })
    if (!reader) throw new Error('There is no body.')
    let bytes = 0
    for (;;) {
      const { done, value } = await reader.read(new Uint8Array(1_024))
      if (done) break
      bytes += value.byteLength
    }
    expect(bytes).toBeGreaterThan(10_000)
  })
})

describe('requests', () => {
  const made = { id: 'a', type: 'function', function: { name: 'clock', arguments: '{}' } }
  const asked = { role: 'assistant', tool_calls: [made] }

  it.each<[string, JsonObject, string | null]>([
    ['no messages', { messages: [] }, 'messages'],
    ['an unknown role', { messages: [{ role: 'robot', content: 'x' }] }, 'messages[0].role'],
    ['a user who says nothing', { messages: [{ role: 'user' }] }, 'messages[0].content'],
    ['too high a temperature', { temperature: 3 }, 'temperature'],
    ['no output', { max_tokens: 0 }, 'max_tokens'],
    ['five stop sequences', { stop: ['a', 'b', 'c', 'd', 'e'] }, 'stop'],
    [
      'a tool with a bad name',
      { tools: [{ type: 'function', function: { name: 'a b' } }] },
      'tools[0].function.name',
    ],
    ['stream options without a stream', { stream_options: { include_usage: true } }, 'stream_options'],
    [
      'an answer to no call',
      { messages: [user, { role: 'tool', tool_call_id: 'a', content: 'x' }] },
      'messages[1].role',
    ],
    ['a call without an answer', { messages: [user, asked, user] }, 'messages[2]'],
    ['a last call without an answer', { messages: [user, asked] }, 'messages'],
  ])('are refused: %s', async (_, body, param) => {
    const result = await ask(body)
    expect(result.status).toBe(400)
    expect(result.body.error).toMatchObject({ type: 'invalid_request_error', param })
  })

  it('are refused where they are not JSON, or for a model or an address that is not there', async () => {
    const broken = await answerSandbox(
      new Request(`${address}/chat/completions`, { method: 'POST', body: '{' }),
    )
    expect(broken.status).toBe(400)
    expect((await ask({ model: 'gpt-5.5' })).body.error.code).toBe('model_not_found')
    expect((await ask({ model: 'constructor' })).status).toBe(404)
    expect((await answerSandbox(new Request(`${address}/elsewhere`))).status).toBe(404)
  })

  it('may hold fields that the sandbox does not know', async () => {
    expect((await ask({ enable_thinking: true, messages: [{ ...user, name: 'ann', x: 1 }] })).status).toBe(
      200,
    )
  })
})

describe('models', () => {
  it('are listed', async () => {
    const response = await answerSandbox(new Request(`${address}/models`))
    const { data }: Body = await response.json()
    expect(data.map(({ id }) => id).toSorted()).toEqual(Object.keys(sandboxModels).toSorted())
  })

  it('are found one by one', async () => {
    expect(await (await answerSandbox(new Request(`${address}/models/echo`))).json()).toMatchObject({
      id: 'echo',
    } satisfies Json)
    expect((await answerSandbox(new Request(`${address}/models/none`))).status).toBe(404)
  })
})
