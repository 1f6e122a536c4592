/** A stream as a client of this dialect reads it. */
import { expect } from 'vitest'
import type { ChatEvent } from '../../../src/chat/events.ts'
import type { Json } from '../../../src/chat/json.ts'
import { openaiResponsesInbound } from '../../../src/dialects/openai-responses/inbound.ts'
import type { SseMessage } from '../../../src/http/sse.ts'

export const request = openaiResponsesInbound.parseRequest({ model: 'm', input: 'Hello', stream: true })
export const start: ChatEvent = { type: 'response-start', id: 'r', model: 'm', createdAt: 5000 }
export const end: ChatEvent = { type: 'response-end' }

export function finish(reason: 'stop' | 'length' | 'tool-calls', raw = reason): ChatEvent {
  return { type: 'choice-finish', choice: 0, finish: { reason, raw } }
}

export function text(words: string): ChatEvent {
  return { type: 'text-delta', choice: 0, text: words }
}

export interface Told {
  type: string
  sequence_number: number
  [field: string]: Json
}

export function read(messages: SseMessage[]): Told[] {
  return messages.map(({ event, data = '' }) => {
    const parsed: Told = JSON.parse(data)
    expect(event, 'the name of an event is its type').toBe(parsed.type)
    return parsed
  })
}

export function render(...events: ChatEvent[]): Told[] {
  const renderer = openaiResponsesInbound.renderStream(request)
  return read([...events.flatMap((event) => renderer.push(event)), ...renderer.end()])
}
