/**
 * The unmodified `@anthropic-ai/sdk`: Messages, models, token counting and errors, to a provider of
 * each dialect.
 */
import Anthropic from '@anthropic-ai/sdk'
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod'
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { breaking, providerDialects, restingFirst, saying } from './says.ts'
import { calls, city, pixel, setStage, type Stage } from './stage.ts'

type Body = Anthropic.MessageCreateParamsNonStreaming

let stage: Stage
let client: Anthropic

beforeAll(async () => {
  stage = await setStage()
  client = new Anthropic({ baseURL: stage.hub.url, apiKey: stage.token, maxRetries: 0 })
})
afterAll(() => stage?.stop())

const tools: Anthropic.Tool[] = calls.map(({ name }) => ({
  name,
  description: `Calls ${name}.`,
  input_schema: city,
}))
const limit = { max_tokens: 1_024 }
const ask = (content: Anthropic.MessageParam['content']): Anthropic.MessageParam[] => [
  { role: 'user', content },
]

/** Asks, whole or streamed. */
function send(body: Body, streams: boolean): Promise<Anthropic.Message> {
  return streams ? client.messages.stream(body).finalMessage() : client.messages.create(body)
}

function textOf({ content }: Anthropic.Message): string {
  return content.map((block) => (block.type === 'text' ? block.text : '')).join('')
}

function toolUses({ content }: Anthropic.Message): Anthropic.ToolUseBlock[] {
  return content.filter((block) => block.type === 'tool_use')
}

function nextTurn(messages: Anthropic.MessageParam[], answer: Anthropic.Message): Anthropic.MessageParam[] {
  const content = toolUses(answer).map(({ id, name }) => ({
    type: 'tool_result' as const,
    tool_use_id: id,
    content: `result of ${name}`,
  }))
  return [...messages, { role: 'assistant', content: answer.content }, { role: 'user', content }]
}

const question = ask('Weather and time, please')

describe('the sandbox', () => {
  const model = 'sandbox/echo'

  it.each([false, true])('goes round a loop of parallel tools (streamed: %s)', async (streams) => {
    const first = await send({ ...limit, model, messages: question, tools }, streams)
    expect(first.stop_reason).toBe('tool_use')
    expect(toolUses(first).map(({ name }) => name)).toEqual(calls.map(({ name }) => name))
    const second = await send({ ...limit, model, messages: nextTurn(question, first), tools }, streams)
    expect(second.stop_reason).toBe('end_turn')
    expect(textOf(second)).toContain('result of get_weather; result of get_time')
  })

  it.each([false, true])(
    'gives structured output that a zod schema parses (streamed: %s)',
    async (streams) => {
      const schema = z.object({ city: z.string(), degrees: z.number() })
      const body = { ...limit, model, messages: ask('x'), output_config: { format: zodOutputFormat(schema) } }
      const answer = streams
        ? await client.messages.stream(body).finalMessage()
        : await client.messages.parse(body)
      expect(schema.safeParse(answer.parsed_output).success).toBe(true)
    },
  )

  it('is shown an image, and a system prompt', async () => {
    const answer = await client.messages.create({
      ...limit,
      model,
      system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
      messages: ask([
        { type: 'text', text: 'Look' },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } },
      ]),
    })
    expect(textOf(answer)).toContain('Look (with 1 file)')
  })

  it('shows thinking in a stream, and as a block', async () => {
    const stream = client.messages.stream({ ...limit, model: 'sandbox/think', messages: ask('x') })
    let thinking = ''
    stream.on('thinking', (delta) => (thinking += delta))
    const { content } = await stream.finalMessage()
    expect(thinking).toContain('I am asked')
    expect(content.map(({ type }) => type)).toEqual(['thinking', 'text'])
  })

  it.each([false, true])('refuses as a refusal (streamed: %s)', async (streams) => {
    const answer = await send({ ...limit, model: 'sandbox/refuse', messages: ask('x') }, streams)
    expect(answer.stop_reason).toBe('refusal')
  })

  it('counts tokens without asking a provider', async () => {
    const short = await client.messages.countTokens({ model, messages: ask('Hello') })
    const long = await client.messages.countTokens({ model, messages: ask('Hello '.repeat(100)), tools })
    expect(short.input_tokens).toBeGreaterThan(0)
    expect(long.input_tokens).toBeGreaterThan(short.input_tokens + 90)
  })

  it('lists routes and models, and shows one', async () => {
    const ids: string[] = []
    for await (const listed of client.models.list()) ids.push(listed.id)
    expect(ids).toEqual(expect.arrayContaining(['smart', 'any', 'sandbox/echo']))
    expect(await client.models.retrieve('sandbox/echo')).toMatchObject({ id: 'sandbox/echo', type: 'model' })
    await expect(client.models.retrieve('nonsense')).rejects.toBeInstanceOf(Anthropic.NotFoundError)
  })

  it.each(['sandbox/error', 'sandbox/cut'])('raises an error for the broken stream of %s', async (broken) => {
    const body = { ...limit, model: broken, messages: ask('x') }
    const stream = await client.messages.create({ ...body, stream: true })
    let text = ''
    const read = async (): Promise<void> => {
      for await (const event of stream)
        if (event.type === 'content_block_delta' && event.delta.type === 'text_delta')
          text += event.delta.text
    }
    await expect(read()).rejects.toBeInstanceOf(Anthropic.APIError)
    expect(text).toContain('This answer')
    await expect(client.messages.stream(body).finalMessage()).rejects.toBeInstanceOf(Anthropic.APIError)
  })

  it('raises the error class of each status', async () => {
    const stranger = new Anthropic({ baseURL: stage.hub.url, apiKey: 'llm_nonsense', maxRetries: 0 })
    const to = (who: Anthropic, name: string) =>
      who.messages.create({ ...limit, model: name, messages: ask('x') }).catch((error: unknown) => error)
    const refused = await to(stranger, model)
    expect(refused).toBeInstanceOf(Anthropic.AuthenticationError)
    expect(refused).toMatchObject({ type: 'authentication_error' })
    expect(await to(client, 'nonsense')).toBeInstanceOf(Anthropic.NotFoundError)
    expect(await to(client, 'sandbox/400')).toBeInstanceOf(Anthropic.BadRequestError)
    expect(await to(client, 'sandbox/500')).toBeInstanceOf(Anthropic.InternalServerError)
    const limited = await to(client, 'sandbox/429')
    expect(limited).toBeInstanceOf(Anthropic.RateLimitError)
    expect(limited).toMatchObject({ status: 429, type: 'rate_limit_error' })
  })

  it('takes a token in each header in which one is sent', async () => {
    const url = stage.hub.url
    const byKey = { 'x-api-key': stage.token, authorization: null }
    const clients = [
      new Anthropic({ baseURL: url, apiKey: null, authToken: stage.token }),
      new Anthropic({ baseURL: url, apiKey: 'unused', defaultHeaders: byKey }),
    ]
    for (const each of clients) {
      const answer = await each.messages.create({ ...limit, model, messages: ask('Hello') })
      expect(textOf(answer)).toContain('Hello')
    }
  })
})

describe.each(providerDialects)('a provider that speaks %s', (dialect) => {
  let model: string
  beforeEach(async () => {
    model = await stage.model(dialect)
  })

  it.each([false, true])('answers in text, with usage (streamed: %s)', async (streams) => {
    stage.provider.behave(saying(dialect, { text: ['Grüße, ', '東京 🗼!'] }))
    const answer = await send({ ...limit, model, messages: ask('Hello') }, streams)
    expect(textOf(answer)).toBe('Grüße, 東京 🗼!')
    expect(answer).toMatchObject({
      stop_reason: 'end_turn',
      usage: { input_tokens: 16, cache_read_input_tokens: 5, output_tokens: 9 },
    })
  })

  it.each([false, true])('calls two tools and gets both results (streamed: %s)', async (streams) => {
    stage.provider.behave(saying(dialect, { thinking: 'Hm.', text: ['Let me look.'], calls }))
    const body: Body = {
      max_tokens: 4_096,
      model,
      messages: question,
      tools,
      thinking: { type: 'enabled', budget_tokens: 1_024 },
    }
    const first = await send(body, streams)
    expect(first.stop_reason).toBe('tool_use')
    expect(toolUses(first).map(({ name, input }) => [name, input])).toEqual(
      calls.map(({ name, arguments: input }) => [name, input]),
    )
    stage.provider.behave(saying(dialect, { text: ['Sunny at noon.'] }))
    const second = await send({ ...body, messages: nextTurn(question, first) }, streams)
    expect(textOf(second)).toBe('Sunny at noon.')
    const heard = JSON.stringify(stage.provider.received[0]?.body)
    for (const { name } of calls) expect(heard).toContain(`result of ${name}`)
    if (dialect !== 'openai-chat') expect(heard).toMatch(/c2lnbmVk|gAAAAAsigned/)
  })

  it.each([false, true])(
    'runs tools by itself, with the whole conversation (streamed: %s)',
    async (stream) => {
      stage.provider.behave((response, received, n) =>
        saying(dialect, n === 1 ? { calls } : { text: ['Sunny at noon.'] })(response, received, n),
      )
      const runnable = calls.map(({ name }) =>
        betaZodTool({
          name,
          description: `Calls ${name}.`,
          inputSchema: z.object({ city: z.string() }),
          run: (input) => `result of ${name} in ${input.city}`,
        }),
      )
      const runner = client.beta.messages.toolRunner({
        ...limit,
        model,
        messages: [{ role: 'user', content: 'Weather and time, please' }],
        tools: runnable,
        stream,
      })
      const { content } = await runner.runUntilDone()
      expect(content).toMatchObject([{ type: 'text', text: 'Sunny at noon.' }])
      // The SDK would rather have the server keep the conversation, and sends all of it where that
      // cannot be.
      const heard = JSON.stringify(stage.provider.received.at(-1)?.body)
      expect(heard).toContain('Weather and time, please')
      expect(heard).toContain('result of get_weather in Oslo')
      expect(heard).toContain('result of get_time in Rome')
    },
  )

  it('shows its thinking in a stream', async () => {
    stage.provider.behave(saying(dialect, { thinking: 'Two and two.', text: ['Four.'] }))
    const stream = client.messages.stream({ ...limit, model, messages: ask('2 + 2') })
    let thinking = ''
    stream.on('thinking', (delta) => (thinking += delta))
    expect(await stream.finalText()).toBe('Four.')
    expect(thinking).toBe('Two and two.')
  })

  it.each([false, true])('is a refusal where it refuses (streamed: %s)', async (streams) => {
    stage.provider.behave(saying(dialect, { refusal: 'I cannot help with that.' }))
    const answer = await send({ ...limit, model, messages: ask('x') }, streams)
    expect(answer.stop_reason).toBe('refusal')
  })

  it.each(['error', 'cut'] as const)('raises an error where its stream breaks with: %s', async (how) => {
    stage.provider.behave(breaking(dialect, { text: ['Once ', 'upon '] }, how))
    const stream = client.messages.stream({ ...limit, model, messages: ask('x') })
    let text = ''
    stream.on('text', (delta) => (text += delta))
    await expect(stream.finalMessage()).rejects.toBeInstanceOf(Anthropic.APIError)
    expect(text).toBe('Once upon ')
  })

  it('is asked again after the seconds it named', async () => {
    stage.provider.behave(restingFirst(dialect, { text: ['Again.'] }))
    const body = { ...limit, model, messages: ask('x') }
    expect(textOf(await client.messages.create(body, { maxRetries: 1 }))).toBe('Again.')
    expect(stage.provider.received).toHaveLength(2)
  })
})

it('tells a provider of this dialect, and no other, which beta features it opted in to', async () => {
  const heard: Record<string, string | string[] | undefined> = {}
  for (const dialect of ['anthropic', 'openai-chat'] as const) {
    const model = await stage.model(dialect)
    stage.provider.behave(saying(dialect, { text: ['Hi.'] }))
    const betas = ['interleaved-thinking-2025-05-14']
    await client.beta.messages.create({
      ...limit,
      model,
      messages: [{ role: 'user', content: 'Hello' }],
      betas,
    })
    heard[dialect] = stage.provider.received[0]?.headers['anthropic-beta']
  }
  expect(heard.anthropic).toContain('interleaved-thinking-2025-05-14')
  expect(heard['openai-chat']).toBeUndefined()
})
