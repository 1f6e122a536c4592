import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/chat/json.ts'
import type { Glimpse } from '../../../src/dialects/dialect.ts'
import { anthropicOutbound } from '../../../src/dialects/anthropic/outbound.ts'
import type { SseMessage } from '../../../src/http/sse.ts'

const known = { inputTokens: 16, outputTokens: 1, cachedTokens: 5, cacheWriteTokens: 2, reasoningTokens: 0 }
const usage = {
  input_tokens: 9,
  cache_creation_input_tokens: 2,
  cache_read_input_tokens: 5,
  output_tokens: 1,
}
const head = message({ type: 'message_start', message: { id: 'm', content: [], usage } })
const last = message({
  type: 'message_delta',
  delta: { stop_reason: 'end_turn' },
  usage: { output_tokens: 7 },
})

function message(value: JsonObject & { type: string }): SseMessage {
  return { event: value.type, data: JSON.stringify(value) }
}

function delta(fields: JsonObject): SseMessage {
  return message({ type: 'content_block_delta', index: 0, delta: fields })
}

function begin(content_block: JsonObject, index = 0): SseMessage {
  return message({ type: 'content_block_start', index, content_block })
}

/** What a relay sees of each of these events. */
function watch(...messages: SseMessage[]): (Glimpse | undefined)[] {
  const look = anthropicOutbound.watch?.()
  return messages.map((each) => look?.(each))
}

describe('a glimpse', () => {
  it.each([
    ['text', delta({ type: 'text_delta', text: 'Hi' })],
    ['text that looks like an event', delta({ type: 'text_delta', text: '{"type":"error"}' })],
    ['thinking', delta({ type: 'thinking_delta', thinking: 'Hm' })],
    ['a signature', delta({ type: 'signature_delta', signature: 's' })],
    ['arguments', delta({ type: 'input_json_delta', partial_json: '{' })],
    [
      'members in another order',
      { data: '{"delta":{"text":"Hi","type":"text_delta"},"index":0,"type":"content_block_delta"}' },
    ],
    [
      'members with spaces',
      { data: '{"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hi"}}' },
    ],
    ['the start of a call', begin({ type: 'tool_use', id: 'a', name: 'f', input: {} })],
    ['redacted thinking', begin({ type: 'redacted_thinking', data: 'x' })],
    ['text in the start of a block', begin({ type: 'text', text: 'Hi' })],
    ['thinking in the start of a block', begin({ type: 'thinking', thinking: '', signature: 's' })],
    ['an image', begin({ type: 'image', source: { type: 'url', url: 'u' } })],
  ])('sees content in %s', (_, event) => {
    expect(watch(event)).toEqual([{ content: true }])
  })

  it.each([
    ['empty text', delta({ type: 'text_delta', text: '' })],
    ['empty thinking', delta({ type: 'thinking_delta', thinking: '' })],
    ['an empty signature', delta({ type: 'signature_delta', signature: '' })],
    ['empty arguments', delta({ type: 'input_json_delta', partial_json: '' })],
    ['a citation', delta({ type: 'citations_delta', citation: { cited_text: 'x' } })],
    ['the start of a text', begin({ type: 'text', text: '' })],
    ['the start of thinking', begin({ type: 'thinking', thinking: '', signature: '' })],
    [
      'a tool that Anthropic runs',
      begin({ type: 'server_tool_use', id: 's', name: 'web_search', input: {} }),
    ],
    ['the end of a block', message({ type: 'content_block_stop', index: 0 })],
    ['a ping', message({ type: 'ping' })],
    ['a comment', { comment: 'ping' }],
    ['an event unknown to us', message({ type: 'mystery', delta: { type: 'text_delta', text: 'Hi' } })],
  ])('sees no content in %s', (_, event) => {
    expect(watch(event)).toEqual([{}])
  })

  it('tells the arguments of a call from those of a tool that Anthropic runs', () => {
    const fragment = delta({ type: 'input_json_delta', partial_json: '{}' })
    const search = begin({ type: 'server_tool_use', id: 's', name: 'web_search', input: {} })
    const use = begin({ type: 'tool_use', id: 'a', name: 'f', input: {} })
    expect(watch(search, fragment, use, fragment)).toEqual([{}, {}, { content: true }, { content: true }])
  })

  it('knows the finish, the end and errors', () => {
    expect(watch(message({ type: 'message_delta', delta: { stop_reason: 'end_turn' } }))).toEqual([
      { finished: true },
    ])
    expect(watch(message({ type: 'message_delta', delta: { stop_reason: null } }))).toEqual([{}])
    expect(watch(message({ type: 'message_stop' }))).toEqual([{ end: true }])
    const error = { type: 'overloaded_error', message: 'Overloaded' }
    const complaint = { ...error, body: error }
    expect(watch({ data: JSON.stringify({ type: 'error', error }) })).toEqual([{ complaint }])
    expect(watch({ event: 'error', data: 'gone' })).toEqual([
      { complaint: { message: 'gone', body: 'gone' } },
    ])
    expect(watch({ data: 'gone' })[0]?.noise).toMatchObject({ body: 'gone' })
  })

  it('adds the last counts to the first', () => {
    expect(watch(head, last)).toEqual([
      { usage: known },
      { finished: true, usage: { ...known, outputTokens: 7 } },
    ])
  })

  it('of one event by itself does not say that there was no input', () => {
    expect(anthropicOutbound.glimpse(head)).toEqual({ usage: known })
    expect(anthropicOutbound.glimpse(last)).toEqual({ finished: true })
  })
})
