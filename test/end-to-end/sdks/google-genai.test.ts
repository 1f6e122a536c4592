/**
 * The unmodified `@google/genai` SDK: content, models, token counting and errors, to a provider of
 * each dialect.
 */
import {
  ApiError,
  type Content,
  type FunctionCall,
  FunctionCallingConfigMode,
  type GenerateContentParameters,
  type GenerateContentResponse,
  GoogleGenAI,
  type Part,
} from '@google/genai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { breaking, providerDialects, restingFirst, saying } from './says.ts'
import { calls, city, pixel, setStage, type Stage } from './stage.ts'

let stage: Stage
let client: GoogleGenAI

beforeAll(async () => {
  stage = await setStage()
  client = new GoogleGenAI({ apiKey: stage.token, httpOptions: { baseUrl: stage.hub.url } })
})
afterAll(() => stage?.stop())

const tools = [
  {
    functionDeclarations: calls.map(({ name }) => ({
      name,
      description: `Calls ${name}.`,
      parametersJsonSchema: city,
    })),
  },
]

/** What was answered, whole or streamed. */
interface Answer {
  parts: Part[]
  text: string
  finishReason: string | undefined
  chunks: GenerateContentResponse[]
}

async function ask(parameters: GenerateContentParameters, streams: boolean): Promise<Answer> {
  const chunks: GenerateContentResponse[] = []
  if (streams) {
    for await (const chunk of await client.models.generateContentStream(parameters)) chunks.push(chunk)
  } else {
    chunks.push(await client.models.generateContent(parameters))
  }
  const candidates = chunks.flatMap((chunk) => chunk.candidates ?? [])
  const parts = candidates.flatMap(({ content }) => content?.parts ?? [])
  return {
    parts,
    text: parts.map((part) => (part.thought ? '' : (part.text ?? ''))).join(''),
    finishReason: candidates.findLast(({ finishReason }) => finishReason !== undefined)?.finishReason,
    chunks,
  }
}

function callsIn({ parts }: Answer): FunctionCall[] {
  return parts.flatMap(({ functionCall }) => (functionCall ? [functionCall] : []))
}

function nextTurn(contents: Content[], answer: Answer): Content[] {
  const parts = callsIn(answer).map(({ id, name }) => ({
    functionResponse: { ...(id && { id }), name: name ?? '', response: { output: `result of ${name}` } },
  }))
  return [...contents, { role: 'model', parts: answer.parts }, { role: 'user', parts }]
}

const question: Content[] = [{ role: 'user', parts: [{ text: 'Weather and time, please' }] }]

describe('the sandbox', () => {
  const model = 'sandbox/echo'

  it.each([false, true])('goes round a loop of parallel tools (streamed: %s)', async (streams) => {
    const first = await ask({ model, contents: question, config: { tools } }, streams)
    expect(callsIn(first).map(({ name }) => name)).toEqual(calls.map(({ name }) => name))
    const second = await ask({ model, contents: nextTurn(question, first), config: { tools } }, streams)
    expect(second.text).toMatch(/result of get_weather.*result of get_time/)
    expect(second.finishReason).toBe('STOP')
  })

  it('calls only the tool it is told to', async () => {
    const functionCallingConfig = { mode: FunctionCallingConfigMode.ANY, allowedFunctionNames: ['get_time'] }
    const config = { tools, toolConfig: { functionCallingConfig } }
    const answer = await ask({ model, contents: question, config }, false)
    expect(callsIn(answer).map(({ name }) => name)).toEqual(['get_time'])
  })

  it.each([false, true])('gives structured output by a JSON schema (streamed: %s)', async (streams) => {
    const schema = z.object({ city: z.string(), degrees: z.number() })
    const config = { responseMimeType: 'application/json', responseJsonSchema: z.toJSONSchema(schema) }
    const { text } = await ask({ model, contents: 'x', config }, streams)
    expect(schema.safeParse(JSON.parse(text)).success).toBe(true)
  })

  it('is shown an image, and a system instruction', async () => {
    const contents = [{ text: 'Look' }, { inlineData: { mimeType: 'image/png', data: pixel } }]
    const { text } = await ask({ model, contents, config: { systemInstruction: 'Be brief.' } }, false)
    expect(text).toContain('Look (with 1 file)')
  })

  it('shows thoughts where they are asked for', async () => {
    for (const streams of [false, true]) {
      const config = { thinkingConfig: { includeThoughts: true } }
      const { parts, text } = await ask({ model: 'sandbox/think', contents: 'x', config }, streams)
      const thoughts = parts.filter(({ thought }) => thought).map((part) => part.text)
      expect(thoughts.join('')).toContain('I am asked')
      expect(text).toContain('You said: x')
    }
  })

  it.each([false, true])('refuses as a refusal (streamed: %s)', async (streams) => {
    const { finishReason } = await ask({ model: 'sandbox/refuse', contents: 'x' }, streams)
    expect(finishReason).toMatch(/^(SAFETY|PROHIBITED_CONTENT|OTHER)$/)
  })

  it('counts tokens without asking a provider', async () => {
    const short = await client.models.countTokens({ model, contents: 'Hello' })
    const long = await client.models.countTokens({ model, contents: 'Hello '.repeat(100) })
    expect(short.totalTokens).toBeGreaterThan(0)
    expect(long.totalTokens).toBeGreaterThan((short.totalTokens ?? 0) + 90)
  })

  it('lists routes and models, and shows one', async () => {
    const names: (string | undefined)[] = []
    for await (const listed of await client.models.list()) names.push(listed.name)
    expect(names).toEqual(expect.arrayContaining(['models/smart', 'models/any', 'models/sandbox/echo']))
    expect(await client.models.get({ model })).toMatchObject({
      name: 'models/sandbox/echo',
      inputTokenLimit: 128_000,
    })
    await expect(client.models.get({ model: 'nonsense' })).rejects.toMatchObject({ status: 404 })
  })

  it('keeps a chat', async () => {
    const chat = client.chats.create({ model })
    await chat.sendMessage({ message: 'One' })
    let streamed = ''
    for await (const chunk of await chat.sendMessageStream({ message: 'Two' })) streamed += chunk.text ?? ''
    expect(streamed).toContain('You said: Two')
    // What came in a stream counts only where every chunk of it was a valid one.
    const roles = chat.getHistory(true).map(({ role }) => role)
    expect(roles.slice(0, 4)).toEqual(['user', 'model', 'user', 'model'])
    expect((await chat.sendMessage({ message: 'Three' })).text).toContain('You said: Three')
  })

  it.each(['sandbox/error', 'sandbox/cut'])('raises an error for the broken stream of %s', async (broken) => {
    const stream = await client.models.generateContentStream({ model: broken, contents: 'x' })
    let text = ''
    const read = async (): Promise<void> => {
      for await (const chunk of stream) text += chunk.text ?? ''
    }
    await expect(read()).rejects.toBeInstanceOf(ApiError)
    expect(text).toContain('This answer')
  })

  it('raises its error with each status', async () => {
    const stranger = new GoogleGenAI({ apiKey: 'llm_nonsense', httpOptions: { baseUrl: stage.hub.url } })
    const to = (who: GoogleGenAI, name: string) =>
      who.models.generateContent({ model: name, contents: 'x' }).catch((error: unknown) => error)
    for (const [error, status, word] of [
      [await to(stranger, model), 401, 'UNAUTHENTICATED'],
      [await to(client, 'nonsense'), 404, 'NOT_FOUND'],
      [await to(client, 'sandbox/400'), 400, 'INVALID_ARGUMENT'],
      [await to(client, 'sandbox/429'), 429, 'RESOURCE_EXHAUSTED'],
    ] as const) {
      expect(error).toBeInstanceOf(ApiError)
      expect(error).toMatchObject({ status, message: expect.stringContaining(word) })
    }
  })
})

describe('the version of the API', () => {
  it.each(['v1', 'v1beta'])('may be %s', async (apiVersion) => {
    const httpOptions = { baseUrl: stage.hub.url, apiVersion }
    const dated = new GoogleGenAI({ apiKey: stage.token, httpOptions })
    const answer = await dated.models.generateContent({ model: 'sandbox/echo', contents: 'Hello' })
    expect(answer.text).toContain('You said: Hello')
    expect((await dated.models.get({ model: 'smart' })).name).toBe('models/smart')
  })
})

describe('plain fetch', () => {
  const post = (method: string, query: string) =>
    fetch(`${stage.hub.url}/v1beta/models/sandbox/echo:${method}?${query}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ contents: question }),
    })

  it('gets a stream as one JSON array where it does not ask for events, with the key in the address', async () => {
    const response = await post('streamGenerateContent', `key=${stage.token}`)
    expect(response.headers.get('content-type')).toContain('application/json')
    const chunks = await response.json<GenerateContentResponse[]>()
    expect(chunks.length).toBeGreaterThan(3)
    const text = chunks
      .flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? [])
      .map((part) => part.text)
    expect(text.join('')).toContain('Weather and time, please')
    expect(chunks.at(-1)?.usageMetadata?.totalTokenCount).toBeGreaterThan(0)
  })

  it('gets events where it does', async () => {
    const response = await post('streamGenerateContent', `alt=sse&key=${stage.token}`)
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    expect(await response.text()).toMatch(/^data: \{"candidates"/)
  })
})

describe.each(providerDialects)('a provider that speaks %s', (dialect) => {
  let model: string
  beforeEach(async () => {
    model = await stage.model(dialect)
  })

  it.each([false, true])('answers in text, with usage (streamed: %s)', async (streams) => {
    stage.provider.behave(saying(dialect, { text: ['Grüße, ', '東京 🗼!'] }))
    const { text, finishReason, chunks } = await ask({ model, contents: 'Hello' }, streams)
    expect(text).toBe('Grüße, 東京 🗼!')
    expect(finishReason).toBe('STOP')
    expect(chunks.at(-1)?.usageMetadata).toMatchObject({ promptTokenCount: 21, totalTokenCount: 30 })
  })

  it.each([false, true])('calls two tools and gets both results (streamed: %s)', async (streams) => {
    stage.provider.behave(saying(dialect, { thinking: 'Hm.', calls }))
    const config = { tools, thinkingConfig: { includeThoughts: true, thinkingBudget: 1_024 } }
    const first = await ask({ model, contents: question, config }, streams)
    expect(callsIn(first).map(({ name, args }) => [name, args])).toEqual(
      calls.map(({ name, arguments: input }) => [name, input]),
    )
    stage.provider.behave(saying(dialect, { text: ['Sunny at noon.'] }))
    const second = await ask({ model, contents: nextTurn(question, first), config }, streams)
    expect(second.text).toBe('Sunny at noon.')
    const heard = JSON.stringify(stage.provider.received[0]?.body)
    for (const { name } of calls) expect(heard).toContain(`result of ${name}`)
    if (dialect !== 'openai-chat') expect(heard).toMatch(/c2lnbmVk|gAAAAAsigned/)
  })

  it('shows its thinking in a stream', async () => {
    stage.provider.behave(saying(dialect, { thinking: 'Two and two.', text: ['Four.'] }))
    const config = { thinkingConfig: { includeThoughts: true } }
    const { parts, text } = await ask({ model, contents: '2 + 2', config }, true)
    expect(parts.flatMap((part) => (part.thought ? [part.text] : [])).join('')).toBe('Two and two.')
    expect(text).toBe('Four.')
  })

  it.each([false, true])('is a refusal where it refuses (streamed: %s)', async (streams) => {
    stage.provider.behave(saying(dialect, { refusal: 'I cannot help with that.' }))
    const { finishReason, chunks } = await ask({ model, contents: 'x' }, streams)
    const blocked = chunks[0]?.promptFeedback?.blockReason
    expect(finishReason ?? blocked).toMatch(/^(SAFETY|PROHIBITED_CONTENT|OTHER)$/)
  })

  it.each(['error', 'cut'] as const)('raises an error where its stream breaks with: %s', async (how) => {
    stage.provider.behave(breaking(dialect, { text: ['Once ', 'upon '] }, how))
    const stream = await client.models.generateContentStream({ model, contents: 'x' })
    let text = ''
    const read = async (): Promise<void> => {
      for await (const chunk of stream) text += chunk.text ?? ''
    }
    await expect(read()).rejects.toBeInstanceOf(ApiError)
    expect(text).toBe('Once upon ')
  })

  it('is asked again after its rest', async () => {
    stage.provider.behave(restingFirst(dialect, { text: ['Again.'] }))
    // This SDK reads no retry-after: it waits as long as it is told here.
    const retryOptions = { attempts: 2, initialDelay: 1.2, jitter: 0 }
    const patient = new GoogleGenAI({
      apiKey: stage.token,
      httpOptions: { baseUrl: stage.hub.url, retryOptions },
    })
    const answer = await patient.models.generateContent({ model, contents: 'x' })
    expect(answer.text).toBe('Again.')
    expect(stage.provider.received).toHaveLength(2)
  })
})
