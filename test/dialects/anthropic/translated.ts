/**
 * What a provider of this dialect is sent for a client of another one, and what messages are made
 * of.
 */
import { isJsonObject, type JsonObject } from '../../../src/chat/json.ts'
import type { AssistantPart, ChatRequest, FilePart, Message, UserPart } from '../../../src/chat/request.ts'
import type { Call, Upstream } from '../../../src/dialects/dialect.ts'
import { anthropicOutbound } from '../../../src/dialects/anthropic/outbound.ts'

export const hello: Message = { role: 'user', content: [{ type: 'text', text: 'Hello' }] }

export function translate(request: Partial<ChatRequest>, upstream: Partial<Upstream> = {}): Call {
  const whole: ChatRequest = {
    model: 'm',
    messages: [hello],
    tools: [],
    sampling: {},
    stream: false,
    streamUsage: false,
    origin: { dialect: 'openai-chat', body: {} },
    ...request,
  }
  return anthropicOutbound.buildCall(whole, {
    baseUrl: 'https://p.example/v1',
    model: 'claude-sonnet-4-5',
    quirks: {},
    ...upstream,
  })
}

/** What the provider is sent of these messages. */
export function sent(messages: Message[], request: Partial<ChatRequest> = {}): JsonObject {
  const { system, messages: turns = [] } = translate({ messages, ...request }).body
  return { ...(system !== undefined && { system }), turns }
}

export const said = { role: 'user', content: [{ type: 'text', text: 'Hello' }] }
export const image: FilePart = {
  type: 'file',
  kind: 'image',
  mediaType: 'image/png',
  source: { type: 'base64', data: 'iVBO' },
}
export const imageBlock = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBO' } }

export function text(words: string): { type: 'text'; text: string } {
  return { type: 'text', text: words }
}

export function user(...content: UserPart[]): Message {
  return { role: 'user', content }
}

export function assistant(...content: AssistantPart[]): Message {
  return { role: 'assistant', content }
}

export function call(id: string, given = '{}'): AssistantPart {
  return { type: 'tool-call', id, name: 'f', arguments: given }
}

export function result(callId: string, ...content: UserPart[]): Message {
  return { role: 'tool', content: [{ type: 'tool-result', callId, content }] }
}

export function use(id: string, input: object = {}) {
  return { type: 'tool_use', id, name: 'f', input }
}

/** The blocks of the last turn. */
export function last(...messages: Message[]): unknown {
  const { turns } = sent(messages)
  const turn = Array.isArray(turns) ? turns.at(-1) : undefined
  return isJsonObject(turn) ? turn.content : undefined
}
