/**
 * Citations of translated answers, as the unmodified SDKs of every dialect read them, whole and
 * streamed.
 */
import Anthropic from '@anthropic-ai/sdk'
import { createAnthropic } from '@ai-sdk/anthropic'
import { createGoogleGenerativeAI } from '@ai-sdk/google'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { type GenerateContentResponse, GoogleGenAI } from '@google/genai'
import { generateText, type LanguageModel, streamText } from 'ai'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { streamsWithCitations as anthropicStreams } from '../../fixtures/anthropic/streams-with-citations.ts'
import { streamsWithCitations as chatStreams } from '../../fixtures/openai-chat/streams-with-citations.ts'
import { type Behaviour, openStream, sendJson } from '../provider.ts'
import type { ProviderDialect } from './says.ts'
import { setStage, type Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await setStage()
})
afterAll(() => stage?.stop())

const fixtures = { 'openai-chat': chatStreams, anthropic: anthropicStreams }
const url = 'https://a.example/1'
const prompt = 'Where is the tower?'

/** A model whose provider answers as the first fixture of its dialect. */
async function citing(dialect: ProviderDialect & keyof typeof fixtures): Promise<string> {
  const { sse, whole = {} } = fixtures[dialect][0] ?? { sse: '' }
  const answer: Behaviour = (response, { body }) => {
    if (body.stream !== true) return sendJson(response, 200, whole)
    openStream(response)
    response.end(sse)
  }
  const model = await stage.model(dialect)
  stage.provider.behave(answer)
  return model
}

const both = [false, true]

describe('openai', () => {
  const client = () => new OpenAI({ baseURL: `${stage.hub.url}/v1`, apiKey: stage.token, maxRetries: 0 })

  it.each(both)('has annotations of a Chat message (streamed: %s)', async (stream) => {
    const body = { model: await citing('anthropic'), messages: [{ role: 'user' as const, content: prompt }] }
    const { completions } = client().chat
    const answer = stream
      ? await completions.stream(body).finalChatCompletion()
      : await completions.create(body)
    const { content, annotations } = answer.choices[0]?.message ?? {}
    const { start_index: start, end_index: end, url: address } = annotations?.[0]?.url_citation ?? {}
    expect(address).toBe(url)
    expect(
      Array.from(content ?? '')
        .slice(start, end)
        .join(''),
    ).toBe('It is in Paris.')
  })

  it.each([
    ['openai-chat', '[1]', false],
    ['openai-chat', '[1]', true],
    ['anthropic', 'It is in Paris.', false],
    ['anthropic', 'It is in Paris.', true],
  ] as const)('has annotations of a Response from %s (%s, streamed: %s)', async (dialect, words, stream) => {
    const body = { model: await citing(dialect), input: prompt }
    const { responses } = client()
    const { output } = stream ? await responses.stream(body).finalResponse() : await responses.create(body)
    const part = output[0]?.type === 'message' ? output[0].content[0] : undefined
    const annotation = part?.type === 'output_text' ? part.annotations[0] : undefined
    if (part?.type !== 'output_text' || annotation?.type !== 'url_citation')
      throw new Error(`There is no citation: ${JSON.stringify(output)}`)
    expect(annotation).toMatchObject({ url, title: 'A' })
    expect(Array.from(part.text).slice(annotation.start_index, annotation.end_index).join('')).toBe(words)
  })
})

describe('@anthropic-ai/sdk', () => {
  it.each(both)('has citations on a text block (streamed: %s)', async (stream) => {
    const client = new Anthropic({ baseURL: stage.hub.url, apiKey: stage.token, maxRetries: 0 })
    const model = await citing('openai-chat')
    const body = { model, max_tokens: 100, messages: [{ role: 'user' as const, content: prompt }] }
    const { messages } = client
    const { content } = stream ? await messages.stream(body).finalMessage() : await messages.create(body)
    const citations = content.flatMap((block) => (block.type === 'text' ? (block.citations ?? []) : []))
    expect(citations).toContainEqual(
      expect.objectContaining({ type: 'web_search_result_location', url, title: 'A' }),
    )
    expect(citations).toContainEqual(
      expect.objectContaining({ type: 'char_location', document_title: 'a.pdf' }),
    )
  })
})

describe('@google/genai', () => {
  it.each(both)('has grounding metadata (streamed: %s)', async (stream) => {
    const client = new GoogleGenAI({ apiKey: stage.token, httpOptions: { baseUrl: stage.hub.url } })
    const body = { model: await citing('openai-chat'), contents: prompt }
    const answers: GenerateContentResponse[] = []
    if (stream) for await (const chunk of await client.models.generateContentStream(body)) answers.push(chunk)
    else answers.push(await client.models.generateContent(body))
    const text = answers.map((answer) => answer.text ?? '').join('')
    const grounding = answers.map(({ candidates }) => candidates?.[0]?.groundingMetadata).findLast(Boolean)
    expect(grounding?.groundingChunks?.[0]?.web).toEqual({ uri: url, title: 'A' })
    const { startIndex, endIndex } = grounding?.groundingSupports?.[0]?.segment ?? {}
    expect(new TextDecoder().decode(new TextEncoder().encode(text).slice(startIndex, endIndex))).toBe('[1]')
  })
})

describe('the AI SDK', () => {
  const settings = () => ({ apiKey: stage.token, baseURL: `${stage.hub.url}/v1` })
  const clients: Record<string, (model: string) => LanguageModel> = {
    anthropic: (model) => createAnthropic(settings())(model),
    google: (model) => createGoogleGenerativeAI({ ...settings(), baseURL: `${stage.hub.url}/v1beta` })(model),
  }

  it.each(Object.entries(clients))('has sources in its provider %s, whole and streamed', async (_, use) => {
    const model = use(await citing('openai-chat'))
    const whole = await generateText({ model, prompt, maxRetries: 0 })
    const streamed = streamText({ model, prompt, maxRetries: 0 })
    for (const sources of [whole.sources, await streamed.sources])
      expect(sources).toContainEqual(expect.objectContaining({ sourceType: 'url', url, title: 'A' }))
    expect(await streamed.text).toBe('🗼 Paris [1].')
  })

  it('reads an answer with annotations in its OpenAI-compatible provider, which has no sources', async () => {
    const model = createOpenAICompatible({ name: 'hub', ...settings() })(await citing('anthropic'))
    const { text } = await generateText({ model, prompt, maxRetries: 0 })
    expect(text).toBe('🗼 It is in Paris. Go.')
    expect(await streamText({ model, prompt, maxRetries: 0 }).text).toBe('🗼 It is in Paris. Go.')
  })

  it('reads an image that a model made in its provider anthropic', async () => {
    const id = await stage.model('openai-chat')
    const images = [{ type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO' } }]
    const message = { role: 'assistant', content: 'Here.', images }
    stage.provider.behave((response) =>
      sendJson(response, 200, {
        id: 'c',
        model: 'm',
        choices: [{ index: 0, message, finish_reason: 'stop' }],
      }),
    )
    const { text } = await generateText({ model: createAnthropic(settings())(id), prompt, maxRetries: 0 })
    expect(text).toContain('Here.')
    expect(text).toContain('data:image/png;base64,iVBO')
  })
})
