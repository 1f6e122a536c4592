/**
 * The unmodified `openai` SDK: Chat Completions, models, embeddings and errors, to a provider of
 * each dialect.
 */
import OpenAI from 'openai'
import { zodResponseFormat } from 'openai/helpers/zod'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { sendJson } from '../provider.ts'
import { breaking, providerDialects, restingFirst, saying } from './says.ts'
import { calls, city, pixel, setStage, type Stage } from './stage.ts'

let stage: Stage
let client: OpenAI

beforeAll(async () => {
  stage = await setStage()
  client = new OpenAI({ baseURL: `${stage.hub.url}/v1`, apiKey: stage.token, maxRetries: 0 })
})
afterAll(() => stage?.stop())

const tools: OpenAI.Chat.ChatCompletionFunctionTool[] = calls.map(({ name }) => ({
  type: 'function',
  function: { name, description: `Calls ${name}.`, parameters: city },
}))
const ask = (content: OpenAI.Chat.ChatCompletionUserMessageParam['content']) => [
  { role: 'user' as const, content },
]

function results(message: OpenAI.Chat.ChatCompletionMessage): OpenAI.Chat.ChatCompletionToolMessageParam[] {
  return (message.tool_calls ?? []).map((call) => ({
    role: 'tool',
    tool_call_id: call.id,
    content: `result of ${call.type === 'function' ? call.function.name : '?'}`,
  }))
}

describe('the sandbox', () => {
  const model = 'sandbox/echo'

  it('goes round a loop of parallel tools, whole', async () => {
    const messages: OpenAI.Chat.ChatCompletionMessageParam[] = ask('Weather and time, please')
    const first = await client.chat.completions.create({ model, messages, tools })
    const message = first.choices[0]?.message
    if (!message) throw new Error('There is no message.')
    expect(message.tool_calls).toHaveLength(2)
    messages.push(message, ...results(message))
    const second = await client.chat.completions.create({ model, messages, tools })
    expect(second.choices[0]?.message.content).toContain('result of get_weather; result of get_time')
  })

  it('runs tools by itself, streamed', async () => {
    const called: string[] = []
    const runner = client.chat.completions.runTools({
      model,
      stream: true,
      messages: ask('Weather and time, please'),
      tools: calls.map(({ name }) => ({
        type: 'function' as const,
        function: {
          name,
          description: `Calls ${name}.`,
          parameters: city,
          parse: (text: string) => z.object({ city: z.string() }).parse(JSON.parse(text)),
          function: (input: { city: string }) => {
            called.push(name)
            return `${name} of ${input.city}`
          },
        },
      })),
    })
    expect(await runner.finalContent()).toMatch(/get_weather of .*; get_time of /)
    expect(called).toEqual(['get_weather', 'get_time'])
  })

  it('gives structured output that a zod schema parses, whole and streamed', async () => {
    const schema = z.object({ city: z.string(), degrees: z.number(), tags: z.array(z.string()) })
    const body = { model, messages: ask('x'), response_format: zodResponseFormat(schema, 'weather') }
    const whole = await client.chat.completions.parse(body)
    const streamed = await client.chat.completions.stream(body).finalChatCompletion()
    for (const answer of [whole, streamed])
      expect(schema.safeParse(answer.choices[0]?.message.parsed).success).toBe(true)
  })

  it('is shown an image', async () => {
    const answer = await client.chat.completions.create({
      model,
      messages: ask([
        { type: 'text', text: 'Look' },
        { type: 'image_url', image_url: { url: `data:image/png;base64,${pixel}` } },
      ]),
    })
    expect(answer.choices[0]?.message.content).toContain('(with 1 file)')
  })

  it('refuses in so many words, whole and streamed', async () => {
    const body = { model: 'sandbox/refuse', messages: ask('x') }
    const whole = await client.chat.completions.create(body)
    const streamed = await client.chat.completions.stream(body).finalChatCompletion()
    for (const answer of [whole, streamed])
      expect(answer.choices[0]?.message.refusal).toContain('I will not do that')
  })

  it.each(['sandbox/error', 'sandbox/cut'])('raises an error for the broken stream of %s', async (broken) => {
    const stream = await client.chat.completions.create({ model: broken, messages: ask('x'), stream: true })
    let text = ''
    const read = async (): Promise<void> => {
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
    }
    await expect(read()).rejects.toBeInstanceOf(OpenAI.APIError)
    expect(text).toContain('This answer')
    await expect(
      client.chat.completions.stream({ model: broken, messages: ask('x') }).finalChatCompletion(),
    ).rejects.toBeInstanceOf(OpenAI.OpenAIError)
  })

  it('lists routes and models, and shows one', async () => {
    const ids: string[] = []
    for await (const listed of client.models.list()) ids.push(listed.id)
    expect(ids).toEqual(expect.arrayContaining(['smart', 'any', 'sandbox/echo']))
    expect(await client.models.retrieve('sandbox/echo')).toMatchObject({
      id: 'sandbox/echo',
      object: 'model',
    })
    await expect(client.models.retrieve('nonsense')).rejects.toBeInstanceOf(OpenAI.NotFoundError)
  })

  it('raises the error class of each status', async () => {
    const stranger = new OpenAI({ baseURL: `${stage.hub.url}/v1`, apiKey: 'llm_nonsense', maxRetries: 0 })
    const to = (who: OpenAI, name: string) =>
      who.chat.completions.create({ model: name, messages: ask('x') }).catch((error: unknown) => error)
    expect(await to(stranger, model)).toBeInstanceOf(OpenAI.AuthenticationError)
    expect(await to(client, 'nonsense')).toBeInstanceOf(OpenAI.NotFoundError)
    expect(await to(client, 'sandbox/400')).toBeInstanceOf(OpenAI.BadRequestError)
    expect(await to(client, 'sandbox/500')).toBeInstanceOf(OpenAI.InternalServerError)
    const limited = await to(client, 'sandbox/429')
    expect(limited).toBeInstanceOf(OpenAI.RateLimitError)
    expect(limited).toMatchObject({ status: 429, code: expect.any(String) })
  })
})

describe.each(providerDialects)('a provider that speaks %s', (dialect) => {
  let model: string
  beforeEach(async () => {
    model = await stage.model(dialect)
  })

  it('answers in text, with usage, whole and streamed', async () => {
    stage.provider.behave(saying(dialect, { text: ['Grüße, ', '東京 🗼!'] }))
    const whole = await client.chat.completions.create({ model, messages: ask('Hello') })
    const streamed = await client.chat.completions
      .stream({ model, messages: ask('Hello'), stream_options: { include_usage: true } })
      .finalChatCompletion()
    for (const answer of [whole, streamed]) {
      expect(answer.choices[0]).toMatchObject({
        finish_reason: 'stop',
        message: { content: 'Grüße, 東京 🗼!' },
      })
      expect(answer.usage).toMatchObject({ prompt_tokens: 21, completion_tokens: 9, total_tokens: 30 })
    }
  })

  it('calls two tools, whole and streamed, and gets both results', async () => {
    const wanted = calls.map(({ name, arguments: input }) => [name, input])
    for (const streams of [false, true]) {
      stage.provider.behave(saying(dialect, { thinking: 'Hm.', text: ['Let me look.'], calls }))
      const messages: OpenAI.Chat.ChatCompletionMessageParam[] = ask('Weather and time, please')
      const body = { model, messages, tools }
      const first = streams
        ? await client.chat.completions.stream(body).finalChatCompletion()
        : await client.chat.completions.create(body)
      const message = first.choices[0]?.message
      if (!message) throw new Error('There is no message.')
      expect(first.choices[0]?.finish_reason).toBe('tool_calls')
      const made = (message.tool_calls ?? []).map((call) =>
        call.type === 'function' ? [call.function.name, JSON.parse(call.function.arguments)] : [],
      )
      expect(made).toEqual(wanted)
      stage.provider.behave(saying(dialect, { text: ['Sunny at noon.'] }))
      messages.push(message, ...results(message))
      const second = await client.chat.completions.create({ model, messages, tools })
      expect(second.choices[0]?.message.content).toBe('Sunny at noon.')
      const heard = JSON.stringify(stage.provider.received[0]?.body)
      for (const { name } of calls) expect(heard).toContain(`result of ${name}`)
      // This dialect has no place for a provider's seal on its thinking; it comes back all the
      // same.
      if (dialect !== 'openai-chat') expect(heard).toMatch(/c2lnbmVk|gAAAAAsigned/)
    }
  })

  it('shows its thinking in a stream', async () => {
    stage.provider.behave(saying(dialect, { thinking: 'Two and two.', text: ['Four.'] }))
    const stream = await client.chat.completions.create({ model, messages: ask('2 + 2'), stream: true })
    let thinking = ''
    for await (const chunk of stream) {
      // The field is DeepSeek's: this SDK hands it on, and has no type for it.
      const delta: object = chunk.choices[0]?.delta ?? {}
      if ('reasoning_content' in delta) thinking += String(delta.reasoning_content)
    }
    expect(thinking).toBe('Two and two.')
  })

  it('is a refusal where it refuses', async () => {
    stage.provider.behave(saying(dialect, { refusal: 'I cannot help with that.' }))
    const body = { model, messages: ask('x') }
    const whole = await client.chat.completions.create(body)
    const streamed = await client.chat.completions.stream(body).finalChatCompletion()
    for (const answer of [whole, streamed]) {
      const [choice] = answer.choices
      expect(choice?.message.refusal ?? choice?.finish_reason).toMatch(/^(I cannot help|content_filter)/)
    }
  })

  it.each(['error', 'cut'] as const)('raises an error where its stream breaks with: %s', async (how) => {
    stage.provider.behave(breaking(dialect, { text: ['Once ', 'upon '] }, how))
    const stream = await client.chat.completions.create({ model, messages: ask('x'), stream: true })
    let text = ''
    const read = async (): Promise<void> => {
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
    }
    await expect(read()).rejects.toBeInstanceOf(OpenAI.APIError)
    expect(text).toBe('Once upon ')
  })

  it('is asked again after the seconds it named', async () => {
    stage.provider.behave(restingFirst(dialect, { text: ['Again.'] }))
    const patient = new OpenAI({ baseURL: `${stage.hub.url}/v1`, apiKey: stage.token, maxRetries: 1 })
    const answer = await patient.chat.completions.create({ model, messages: ask('x') })
    expect(answer.choices[0]?.message.content).toBe('Again.')
    expect(stage.provider.received).toHaveLength(2)
  })
})

describe('beside chat', () => {
  it('embeds texts, with the fields that the provider was sent and gave', async () => {
    const model = await stage.model('openai-chat')
    stage.provider.behave((response, { body }) => {
      // The SDK asks for base64 and decodes it itself.
      const embedding = Buffer.from(new Float32Array([0.5, -0.25]).buffer).toString('base64')
      const data = body.input.map((_: string, index: number) => ({ object: 'embedding', index, embedding }))
      sendJson(response, 200, {
        object: 'list',
        data,
        model: 'fake-1',
        usage: { prompt_tokens: 4, total_tokens: 4 },
      })
    })
    const answer = await client.embeddings.create({ model, input: ['one', 'two'], dimensions: 2 })
    expect(answer.data.map(({ embedding }) => [...embedding])).toEqual([
      [0.5, -0.25],
      [0.5, -0.25],
    ])
    expect(answer.usage.total_tokens).toBe(4)
    expect(stage.provider.received).toMatchObject([
      { path: '/v1/embeddings', body: { model: 'fake-1', input: ['one', 'two'], dimensions: 2 } },
    ])
  })

  it('sends an image on to a provider of another dialect', async () => {
    const model = await stage.model('anthropic')
    stage.provider.behave(saying('anthropic', { text: ['A dot.'] }))
    await client.chat.completions.create({
      model,
      messages: ask([{ type: 'image_url', image_url: { url: `data:image/png;base64,${pixel}` } }]),
    })
    const source = { type: 'base64', media_type: 'image/png', data: pixel }
    expect(stage.provider.received[0]?.body.messages[0].content).toMatchObject([{ type: 'image', source }])
  })
})
