/** What tests of citations share: answers of providers, and what each client gets of them. */
import type { DialectId } from '../../src/domain/dialects.ts'
import type { Citation } from '../../src/chat/citation.ts'
import type { ChatEvent } from '../../src/chat/events.ts'
import { foldEvents } from '../../src/chat/fold.ts'
import type { Json, JsonObject } from '../../src/chat/json.ts'
import { inbound, outbound } from '../../src/dialects/index.ts'
import { objectIn } from '../../src/dialects/json-read.ts'
import { SseDecoder, type SseMessage } from '../../src/http/sse.ts'
import { anyRequest } from '../any-request.ts'
import type { StreamFixture } from './fixtures.ts'

export const clients = ['openai-chat', 'openai-responses', 'anthropic', 'gemini', 'hub-chat'] as const
export const providers = ['openai-chat', 'openai-responses', 'anthropic', 'gemini', 'cohere'] as const

export function eventsOf(provider: DialectId, { sse }: Pick<StreamFixture, 'sse'>): ChatEvent[] {
  const parser = outbound[provider]?.parseStream()
  const decoder = new SseDecoder()
  const messages = [...decoder.push(sse), ...decoder.end()]
  return [...messages.flatMap((message) => parser?.push(message) ?? []), ...(parser?.end() ?? [])]
}

export function citationsIn(events: ChatEvent[]): Citation[] {
  return foldEvents(events).choices[0]?.citations ?? []
}

export function streamFor(client: DialectId, events: ChatEvent[]): SseMessage[] {
  const renderer = inbound[client]?.renderStream(anyRequest)
  return [...events.flatMap((event) => renderer?.push(event) ?? []), ...(renderer?.end() ?? [])]
}

export function wholeFor(client: DialectId, events: ChatEvent[]): JsonObject {
  return inbound[client]?.renderResponse(foldEvents(events), anyRequest) ?? {}
}

/** Everything said under these names, at any depth. */
export function membersIn(value: Json, names: readonly string[]): Json[] {
  if (Array.isArray(value)) return value.flatMap((each) => membersIn(each, names))
  return Object.entries(objectIn(value) ?? {}).flatMap(([name, member]) => [
    ...(names.includes(name) ? [member] : []),
    ...membersIn(member, names),
  ])
}

/** The words by which a client could find each source. */
export function sourcesOf(citations: Citation[]): string[] {
  const named = citations.map(({ url, file }) => url ?? file?.name ?? file?.id ?? '')
  return [...new Set(named)].toSorted()
}

export function written(messages: SseMessage[]): string {
  return messages.map(({ event, data }) => `${event ? `event: ${event}\n` : ''}data: ${data}\n\n`).join('')
}
