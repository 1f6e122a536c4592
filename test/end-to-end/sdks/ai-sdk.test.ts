/**
 * The unmodified AI SDK with its OpenAI-compatible, Anthropic and Google providers, to a provider
 * of each dialect.
 */
import { createAnthropic } from '@ai-sdk/anthropic'
import { createGoogleGenerativeAI } from '@ai-sdk/google'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { APICallError, generateText, type LanguageModel, Output, stepCountIs, streamText, tool } from 'ai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { breaking, providerDialects, restingFirst, saying } from './says.ts'
import { calls, pixel, setStage, type Stage } from './stage.ts'

let stage: Stage

beforeAll(async () => {
  stage = await setStage()
})
afterAll(() => stage?.stop())

/** Each of the SDK's providers, pointed at the hub as its manual says. */
const clients: Record<string, (model: string, apiKey?: string) => LanguageModel> = {
  'openai-compatible': (model, apiKey = stage.token) =>
    createOpenAICompatible({
      name: 'hub',
      baseURL: `${stage.hub.url}/v1`,
      apiKey,
      includeUsage: true,
      supportsStructuredOutputs: true,
    })(model),
  anthropic: (model, apiKey = stage.token) =>
    createAnthropic({ baseURL: `${stage.hub.url}/v1`, apiKey })(model),
  google: (model, apiKey = stage.token) =>
    createGoogleGenerativeAI({ baseURL: `${stage.hub.url}/v1beta`, apiKey })(model),
}

const maxRetries = 0
const prompt = 'Weather and time, please'

/** Tools that note what they were called with. */
function noting(called: unknown[]) {
  const make = (name: string) =>
    tool({
      description: `Calls ${name}.`,
      inputSchema: z.object({ city: z.string() }),
      execute: (input) => {
        called.push([name, input])
        return `result of ${name}`
      },
    })
  return { get_weather: make('get_weather'), get_time: make('get_time') }
}

/** Reads a stream to its end: its text, its reasoning, and the errors in it. */
async function readStream(model: LanguageModel) {
  const read = { text: '', reasoning: '', errors: [] as unknown[], finish: '' }
  // Errors are parts of the stream; without a handler the SDK also prints them.
  const { fullStream } = streamText({ model, prompt, maxRetries, onError: () => {} })
  for await (const part of fullStream) {
    if (part.type === 'text-delta') read.text += part.text
    if (part.type === 'reasoning-delta') read.reasoning += part.text
    if (part.type === 'error') read.errors.push(part.error)
    if (part.type === 'finish') read.finish = part.finishReason
  }
  return read
}

describe.each(Object.keys(clients))('its provider %s, with the sandbox', (name) => {
  const use = (model: string, apiKey?: string): LanguageModel => {
    const make = clients[name]
    if (!make) throw new Error(`There is no client ${name}.`)
    return make(model, apiKey)
  }

  it('goes round a loop of parallel tools, whole and streamed', async () => {
    for (const streams of [false, true]) {
      const called: unknown[] = []
      const settings = {
        model: use('sandbox/echo'),
        prompt,
        tools: noting(called),
        stopWhen: stepCountIs(3),
        maxRetries,
      }
      const text = streams ? await streamText(settings).text : (await generateText(settings)).text
      expect(text).toMatch(/result of get_weather.*result of get_time/)
      expect(called.map((each) => (each as unknown[])[0])).toEqual(['get_weather', 'get_time'])
    }
  })

  it('gives structured output that a zod schema parses, whole and streamed', async () => {
    const schema = z.object({ city: z.string(), degrees: z.number() })
    const settings = { model: use('sandbox/echo'), prompt, output: Output.object({ schema }), maxRetries }
    const whole = (await generateText(settings)).output
    const streamed = await streamText(settings).output
    for (const output of [whole, streamed]) expect(schema.safeParse(output).success).toBe(true)
  })

  it('is shown an image', async () => {
    const { text } = await generateText({
      model: use('sandbox/echo'),
      maxRetries,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'image', image: pixel, mediaType: 'image/png' },
          ],
        },
      ],
    })
    expect(text).toContain('Look (with 1 file)')
  })

  it('refuses, and does not fail', async () => {
    const { finish, errors } = await readStream(use('sandbox/refuse'))
    expect(errors).toEqual([])
    // The OpenAI-compatible provider knows nothing of refusals.
    expect(finish).toBe(name === 'openai-compatible' ? 'stop' : 'content-filter')
  })

  it.each(['sandbox/error', 'sandbox/cut'])('sees an error in the broken stream of %s', async (broken) => {
    const { text, errors } = await readStream(use(broken))
    expect(text).toContain('This answer')
    expect(errors.length).toBeGreaterThan(0)
  })

  it('raises its error with each status', async () => {
    const to = (model: LanguageModel) =>
      generateText({ model, prompt, maxRetries }).catch((error: unknown) => error)
    for (const [error, statusCode, isRetryable] of [
      [await to(use('sandbox/echo', 'llm_nonsense')), 401, false],
      [await to(use('nonsense')), 404, false],
      [await to(use('sandbox/400')), 400, false],
      [await to(use('sandbox/429')), 429, true],
    ] as const) {
      expect(APICallError.isInstance(error)).toBe(true)
      expect(error).toMatchObject({ statusCode, isRetryable })
      // Its message is the hub's, read from the place where the dialect puts it.
      expect(String(error)).not.toMatch(/^AI_APICallError: (Unauthorized|Not Found|Bad Request)$/)
    }
  })

  it('asks again after the seconds that a provider named', async () => {
    const model = use(await stage.model('openai-chat'))
    stage.provider.behave(restingFirst('openai-chat', { text: ['Again.'] }))
    const { text } = await generateText({ model, prompt, maxRetries: 1 })
    expect(text).toBe('Again.')
    expect(stage.provider.received).toHaveLength(2)
  })

  describe.each(providerDialects)('and a provider that speaks %s', (dialect) => {
    let model: LanguageModel
    beforeEach(async () => {
      model = use(await stage.model(dialect))
    })

    it('answers in text, with usage, whole and streamed', async () => {
      stage.provider.behave(saying(dialect, { text: ['Grüße, ', '東京 🗼!'] }))
      const whole = await generateText({ model, prompt, maxRetries })
      const streamed = streamText({ model, prompt, maxRetries })
      expect(whole.text).toBe('Grüße, 東京 🗼!')
      expect(await streamed.text).toBe('Grüße, 東京 🗼!')
      for (const usage of [whole.usage, await streamed.usage])
        expect(usage).toMatchObject({ inputTokens: 21, outputTokens: 9, totalTokens: 30 })
    })

    it('runs two tools and is told both results, whole and streamed', async () => {
      for (const streams of [false, true]) {
        stage.provider.behave((response, received, n) =>
          saying(dialect, n === 1 ? { thinking: 'Hm.', calls } : { text: ['Sunny at noon.'] })(
            response,
            received,
            n,
          ),
        )
        const called: unknown[] = []
        const settings = { model, prompt, tools: noting(called), stopWhen: stepCountIs(3), maxRetries }
        const text = streams ? await streamText(settings).text : (await generateText(settings)).text
        expect(text).toBe('Sunny at noon.')
        expect(called).toEqual(calls.map((call) => [call.name, call.arguments]))
        const heard = JSON.stringify(stage.provider.received[1]?.body)
        for (const call of calls) expect(heard).toContain(`result of ${call.name}`)
        // Whatever a client keeps of an answer, the provider's seal on it comes back.
        if (dialect !== 'openai-chat') expect(heard).toMatch(/c2lnbmVk|gAAAAAsigned/)
      }
    })

    it('shows its thinking in a stream', async () => {
      stage.provider.behave(saying(dialect, { thinking: 'Two and two.', text: ['Four.'] }))
      expect(await readStream(model)).toMatchObject({ reasoning: 'Two and two.', text: 'Four.', errors: [] })
    })

    it.each(['error', 'cut'] as const)('is seen to fail where its stream breaks with: %s', async (how) => {
      stage.provider.behave(breaking(dialect, { text: ['Once ', 'upon '] }, how))
      const { text, errors } = await readStream(model)
      expect(text).toBe('Once upon ')
      expect(errors.length).toBeGreaterThan(0)
    })
  })
})
