import { describe, expect, it } from 'vitest'
import type { AssistantPart, ChatRequest, FilePart, Message } from '../../src/chat/request.ts'
import { openaiEmbeddingsInbound } from '../../src/dialects/openai-embeddings/inbound.ts'
import { estimateTokens } from '../../src/gateway/estimate.ts'
import { tokensOf } from '../../src/gateway/text-tokens.ts'
import { countedTexts } from '../fixtures/counted-texts.ts'

const essay = countedTexts.map(({ text }) => text).join('\n')
const essayTokens = tokensOf(essay)

function ask(request: Partial<ChatRequest> = {}): ChatRequest {
  return {
    model: 'm',
    messages: [user('Hello')],
    tools: [],
    sampling: {},
    stream: false,
    streamUsage: false,
    origin: { dialect: 'openai-chat', body: {} },
    ...request,
  }
}

function user(text: string): Message {
  return { role: 'user', content: [{ type: 'text', text }] }
}

const bare = estimateTokens(ask()).inputTokens

/** How many tokens more a request is for what is added to it. */
function added(request: Partial<ChatRequest>): number {
  return estimateTokens(ask({ messages: [user('Hello')], ...request })).inputTokens - bare
}

function saying(...messages: Message[]): Partial<ChatRequest> {
  return { messages: [user('Hello'), ...messages] }
}

const assistant = (part: AssistantPart): Message => ({ role: 'assistant', content: [part] })
const toolResult = (content: ({ type: 'text'; text: string } | FilePart)[]): Message => ({
  role: 'tool',
  content: [{ type: 'tool-result', callId: 'c', content }],
})
const schema = { type: 'object', description: essay }

describe('estimateTokens', () => {
  it('is near the documented count of a first message', () => {
    // https://platform.claude.com/docs/en/build-with-claude/token-counting: 14 tokens.
    const system: Message = { role: 'system', content: [{ type: 'text', text: 'You are a scientist' }] }
    const { inputTokens } = estimateTokens(ask({ messages: [system, user('Hello, Claude')] }))
    expect(inputTokens).toBeGreaterThanOrEqual(12)
    expect(inputTokens).toBeLessThanOrEqual(20)
  })

  it.each<[string, Partial<ChatRequest>]>([
    ['a system text', saying({ role: 'system', content: [{ type: 'text', text: essay }] })],
    ['a message of the user', saying(user(essay))],
    ['an answer', saying(assistant({ type: 'text', text: essay }))],
    ['reasoning', saying(assistant({ type: 'reasoning', text: essay }))],
    ['a refusal', saying(assistant({ type: 'refusal', text: essay }))],
    ['a call', saying(assistant({ type: 'tool-call', id: 'c', name: 'f', arguments: essay }))],
    ['a result', saying(toolResult([{ type: 'text', text: essay }]))],
    [
      'a document of text',
      saying({
        role: 'user',
        content: [{ type: 'file', kind: 'document', source: { type: 'text', text: essay } }],
      }),
    ],
    ['what a tool is for', { tools: [{ name: 'f', description: essay }] }],
    ['what a tool takes', { tools: [{ name: 'f', parameters: schema }] }],
    ['the shape of the answer', { format: { type: 'json-schema', name: 'f', schema } }],
    [
      'what that shape is for',
      { format: { type: 'json-schema', name: 'f', schema: {}, description: essay } },
    ],
  ])('counts %s', (_what, request) => {
    expect(added(request)).toBeGreaterThanOrEqual(essayTokens)
    // Escaped in JSON a text is a little longer.
    expect(added(request)).toBeLessThan(essayTokens * 1.2 + 50)
  })

  it('counts images by how closely they are looked at, not by their bytes', () => {
    const image = (detail?: string): FilePart => ({
      type: 'file',
      kind: 'image',
      source: { type: 'base64', data: 'A'.repeat(1_000_000) },
      ...(detail !== undefined && { detail }),
    })
    const tokens = added(saying({ role: 'user', content: [image()] }))
    expect(tokens).toBeGreaterThan(250)
    expect(tokens).toBeLessThan(2_000)
    expect(added(saying({ role: 'user', content: [image('low')] }))).toBeLessThan(200)
    expect(added(saying(toolResult([image()])))).toBeGreaterThanOrEqual(tokens)
  })

  it('counts documents and recordings by their size, where that is known', () => {
    const file = (kind: 'document' | 'audio', bytes: number, mediaType?: string): Partial<ChatRequest> => {
      const source = { type: 'base64' as const, data: 'A'.repeat((bytes / 3) * 4) }
      const part: FilePart = { type: 'file', kind, source, ...(mediaType && { mediaType }) }
      return saying({ role: 'user', content: [part] })
    }
    const url: FilePart = {
      type: 'file',
      kind: 'document',
      source: { type: 'url', url: 'https://x.example' },
    }
    expect(added(saying({ role: 'user', content: [url] }))).toBeGreaterThan(500)
    // Thirty pages, and a minute of MP3.
    expect(added(file('document', 1_500_000, 'application/pdf'))).toBeGreaterThan(20_000)
    expect(added(file('audio', 960_000))).toBeGreaterThan(600)
    expect(added(file('audio', 960_000))).toBeLessThan(4_000)
    expect(added(file('document', 12_000, 'text/plain'))).toBeLessThan(3_100)
  })

  it('judges a very large request by samples, and every text of it alike', () => {
    const messages = Array.from({ length: 200 }, (_, i) =>
      user(countedTexts[i % countedTexts.length]?.text ?? ''),
    )
    const small = messages.reduce(
      (sum, message) => sum + estimateTokens(ask({ messages: [message] })).inputTokens,
      0,
    )
    const large = estimateTokens(ask({ messages })).inputTokens
    expect(Math.abs(large / small - 1)).toBeLessThan(0.1)
    const one = estimateTokens(ask({ messages: [user(essay.repeat(100))] })).inputTokens
    expect(Math.abs(one / (essayTokens * 100) - 1)).toBeLessThan(0.1)
  })

  it('reserves the output that was asked for, for each answer, and a usual one where nothing was said', () => {
    expect(estimateTokens(ask({ maxOutputTokens: 100, choices: 3 })).outputTokens).toBe(300)
    expect(estimateTokens(ask()).outputTokens).toBe(1_024)
  })
})

describe('embeddings of tokens that came as numbers', () => {
  const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

  it.each([
    ['one list', numbers(2_000), 2_000],
    ['several lists', Array.from({ length: 20 }, () => numbers(500)), 10_000],
    ['one long list', [numbers(100_000)], 100_000],
  ])('are reserved as so many tokens: %s', (_what, input, tokens) => {
    const { inputTokens } = estimateTokens(openaiEmbeddingsInbound.parseRequest({ model: 'm', input }))
    expect(inputTokens).toBeGreaterThanOrEqual(tokens)
    expect(inputTokens).toBeLessThanOrEqual(1.3 * tokens)
  })
})
