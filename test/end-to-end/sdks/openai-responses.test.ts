/**
 * The unmodified `openai` SDK: Responses, to a provider of each dialect. Turns are replayed whole;
 * nothing is stored.
 */
import OpenAI from 'openai'
import { zodTextFormat } from 'openai/helpers/zod'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { breaking, providerDialects, restingFirst, saying } from './says.ts'
import { calls, city, pixel, setStage, type Stage } from './stage.ts'

type Items = OpenAI.Responses.ResponseInput
type Body = Pick<
  OpenAI.Responses.ResponseCreateParamsNonStreaming,
  'model' | 'max_output_tokens' | 'include' | 'store' | 'reasoning'
> & { input: string | Items; tools?: OpenAI.Responses.FunctionTool[] }

let stage: Stage
let client: OpenAI

beforeAll(async () => {
  stage = await setStage()
  client = new OpenAI({ baseURL: `${stage.hub.url}/v1`, apiKey: stage.token, maxRetries: 0 })
})
afterAll(() => stage?.stop())

const tools: OpenAI.Responses.FunctionTool[] = calls.map(({ name }) => ({
  type: 'function',
  name,
  description: `Calls ${name}.`,
  parameters: { ...city, additionalProperties: false },
  strict: true,
}))

/** Asks, whole or streamed. */
function respond(body: Body, streams: boolean): Promise<OpenAI.Responses.Response> {
  return streams ? client.responses.stream(body).finalResponse() : client.responses.create(body)
}

function functionCalls(response: OpenAI.Responses.Response): OpenAI.Responses.ResponseFunctionToolCall[] {
  return response.output.filter((item) => item.type === 'function_call')
}

/** The next turn of a client that stores nothing: all items again, and the result of each call. */
function nextTurn(input: Items, response: OpenAI.Responses.Response): Items {
  const results = functionCalls(response).map(({ call_id, name }) => ({
    type: 'function_call_output' as const,
    call_id,
    output: `result of ${name}`,
  }))
  // What an answer holds may be asked with; only the SDK's types of the two differ.
  return [...input, ...(response.output as Items), ...results]
}

const question: Items = [{ role: 'user', content: 'Weather and time, please' }]

describe('the sandbox', () => {
  const model = 'sandbox/echo'

  it.each([false, true])('goes round a loop of parallel tools (streamed: %s)', async (streams) => {
    const first = await respond({ model, input: question, tools, store: false }, streams)
    expect(functionCalls(first).map(({ name }) => name)).toEqual(calls.map(({ name }) => name))
    const second = await respond({ model, input: nextTurn(question, first), tools, store: false }, streams)
    expect(second.output_text).toContain('result of get_weather; result of get_time')
  })

  it.each([false, true])(
    'gives structured output that a zod schema parses (streamed: %s)',
    async (streams) => {
      const schema = z.object({ city: z.string(), degrees: z.number() })
      const body = { model, input: 'x', text: { format: zodTextFormat(schema, 'weather') } }
      const answer = streams
        ? await client.responses.stream(body).finalResponse()
        : await client.responses.parse(body)
      expect(schema.safeParse(answer.output_parsed).success).toBe(true)
    },
  )

  it('is shown an image, and instructions', async () => {
    const content = [
      { type: 'input_text' as const, text: 'Look' },
      {
        type: 'input_image' as const,
        detail: 'auto' as const,
        image_url: `data:image/png;base64,${pixel}`,
      },
    ]
    const input: Items = [{ role: 'user', content }]
    const answer = await client.responses.create({ model, instructions: 'Be brief.', input })
    expect(answer.output_text).toContain('Look (with 1 file)')
  })

  it('shows reasoning as an item before the message, whole and streamed', async () => {
    for (const streams of [false, true]) {
      const body: Body = { model: 'sandbox/think', input: 'x', reasoning: { summary: 'auto' } }
      const { output } = await respond(body, streams)
      expect(output.map(({ type }) => type)).toEqual(['reasoning', 'message'])
      expect(JSON.stringify(output[0])).toContain('I am asked')
    }
  })

  it.each([false, true])('refuses in so many words (streamed: %s)', async (streams) => {
    const { output } = await respond({ model: 'sandbox/refuse', input: 'x' }, streams)
    expect(output).toMatchObject([
      {
        type: 'message',
        content: [{ type: 'refusal', refusal: expect.stringContaining('I will not do that') }],
      },
    ])
  })

  it('ends incomplete where the output limit cuts it', async () => {
    for (const streams of [false, true]) {
      const answer = await respond({ model, input: 'A long sentence.', max_output_tokens: 2 }, streams)
      expect(answer).toMatchObject({
        status: 'incomplete',
        incomplete_details: { reason: 'max_output_tokens' },
      })
    }
  })

  it.each(['sandbox/error', 'sandbox/cut'])('raises an error for the broken stream of %s', async (broken) => {
    await expect(readEvents(broken)).rejects.toBeInstanceOf(OpenAI.APIError)
    await expect(
      client.responses.stream({ model: broken, input: 'x' }).finalResponse(),
    ).rejects.toBeInstanceOf(OpenAI.APIError)
  })

  it('raises the error class of each status', async () => {
    const to = (name: string) =>
      client.responses.create({ model: name, input: 'x' }).catch((error: unknown) => error)
    expect(await to('nonsense')).toBeInstanceOf(OpenAI.NotFoundError)
    expect(await to('sandbox/429')).toBeInstanceOf(OpenAI.RateLimitError)
    expect(await to('sandbox/400')).toBeInstanceOf(OpenAI.BadRequestError)
  })
})

/** Reads a stream event by event, to its end or its error. */
async function readEvents(model: string): Promise<OpenAI.Responses.ResponseStreamEvent[]> {
  const events: OpenAI.Responses.ResponseStreamEvent[] = []
  for await (const event of await client.responses.create({ model, input: 'x', stream: true }))
    events.push(event)
  return events
}

describe.each(providerDialects)('a provider that speaks %s', (dialect) => {
  let model: string
  beforeEach(async () => {
    model = await stage.model(dialect)
  })

  it.each([false, true])('answers in text, with usage (streamed: %s)', async (streams) => {
    stage.provider.behave(saying(dialect, { text: ['Grüße, ', '東京 🗼!'] }))
    const answer = await respond({ model, input: 'Hello' }, streams)
    expect(answer.output_text).toBe('Grüße, 東京 🗼!')
    expect(answer).toMatchObject({
      status: 'completed',
      usage: { input_tokens: 21, output_tokens: 9, total_tokens: 30 },
    })
  })

  it('numbers its events, and ends with the whole answer', async () => {
    stage.provider.behave(saying(dialect, { thinking: 'Hm.', text: ['One, ', 'two.'], calls }))
    const events = await readEvents(model)
    const numbers = events.map((event) => event.sequence_number)
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
    expect(new Set(numbers).size).toBe(numbers.length)
    expect(events[0]?.type).toBe('response.created')
    const last = events.at(-1)
    if (last?.type !== 'response.completed') throw new Error(`It ended with ${last?.type}.`)
    const types = last.response.output.map(({ type }) => type)
    expect(types[0]).toBe('reasoning')
    // Gemini seals its calls, and a seal is a reasoning item before them.
    const rest = types.filter((type) => type !== 'reasoning')
    expect(rest).toEqual(['message', 'function_call', 'function_call'])
  })

  it.each([false, true])('calls two tools and gets both results (streamed: %s)', async (streams) => {
    stage.provider.behave(saying(dialect, { thinking: 'Hm.', calls }))
    const body: Body = {
      model,
      input: question,
      tools,
      include: ['reasoning.encrypted_content'],
      store: false,
    }
    const first = await respond(body, streams)
    const made = functionCalls(first).map((call) => [call.name, JSON.parse(call.arguments)])
    expect(made).toEqual(calls.map(({ name, arguments: input }) => [name, input]))
    stage.provider.behave(saying(dialect, { text: ['Sunny at noon.'] }))
    const second = await respond({ ...body, input: nextTurn(question, first) }, streams)
    expect(second.output_text).toBe('Sunny at noon.')
    const heard = JSON.stringify(stage.provider.received[0]?.body)
    for (const { name } of calls) expect(heard).toContain(`result of ${name}`)
    if (dialect !== 'openai-chat') expect(heard).toMatch(/c2lnbmVk|gAAAAAsigned/)
  })

  it('is a refusal where it refuses', async () => {
    stage.provider.behave(saying(dialect, { refusal: 'I cannot help with that.' }))
    for (const streams of [false, true]) {
      const answer = await respond({ model, input: 'x' }, streams)
      expect(`${JSON.stringify(answer.output)} ${answer.incomplete_details?.reason}`).toMatch(
        /I cannot help|content_filter/,
      )
    }
  })

  it.each(['error', 'cut'] as const)('raises an error where its stream breaks with: %s', async (how) => {
    stage.provider.behave(breaking(dialect, { text: ['Once ', 'upon '] }, how))
    await expect(readEvents(model)).rejects.toBeInstanceOf(OpenAI.APIError)
    await expect(client.responses.stream({ model, input: 'x' }).finalResponse()).rejects.toBeInstanceOf(
      OpenAI.OpenAIError,
    )
  })

  it('is asked again after the seconds it named', async () => {
    stage.provider.behave(restingFirst(dialect, { text: ['Again.'] }))
    const answer = await client.responses.create({ model, input: 'x' }, { maxRetries: 1 })
    expect(answer.output_text).toBe('Again.')
    expect(stage.provider.received).toHaveLength(2)
  })
})
