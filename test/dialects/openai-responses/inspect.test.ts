import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/chat/json.ts'
import { openaiResponsesOutbound } from '../../../src/dialects/openai-responses/outbound.ts'
import type { SseMessage } from '../../../src/http/sse.ts'
import { message as item, call, response, thought } from '../../fixtures/openai-responses/events.ts'

const usage = { inputTokens: 9, outputTokens: 6, cachedTokens: 4, cacheWriteTokens: 1, reasoningTokens: 2 }

/** The same with and without a name before the event, since servers leave it out. */
function glimpse(type: string, fields: JsonObject) {
  const data = JSON.stringify({ type: `response.${type}`, ...fields })
  const named = openaiResponsesOutbound.glimpse({ event: `response.${type}`, data })
  expect(openaiResponsesOutbound.glimpse({ data }), 'without its name').toEqual(named)
  return named
}

describe('a glimpse', () => {
  it.each<[string, JsonObject]>([
    ['output_text.delta', { delta: 'Hi' }],
    ['output_text.delta', { delta: '{"type":"response.completed"}' }],
    ['refusal.delta', { delta: 'No' }],
    ['reasoning_summary_text.delta', { delta: 'Hm' }],
    ['reasoning_text.delta', { delta: 'Hm' }],
    ['function_call_arguments.delta', { delta: '{' }],
    ['output_text.done', { text: 'Hi' }],
    ['refusal.done', { refusal: 'No' }],
    ['output_item.added', { item: call('a', 'f', '') }],
    ['output_item.added', { item: { type: 'web_search_call' } }],
    ['output_item.added', { item: { type: 'custom_tool_call' } }],
    ['output_item.done', { item: item('Hi') }],
    ['output_item.done', { item: thought([], { encrypted_content: 'g' }) }],
  ])('sees content in %s %j', (type, fields) => {
    expect(glimpse(type, fields)).toEqual({ content: true })
  })

  it.each<[string, JsonObject]>([
    ['created', { response: response([], { usage: null }) }],
    ['in_progress', { response: response([], { usage: null }) }],
    ['queued', { response: {} }],
    ['output_text.delta', { delta: '' }],
    ['output_text.done', { text: '' }],
    ['output_item.added', { item: item('', { content: [] }) }],
    ['output_item.added', { item: thought([], { encrypted_content: 'g' }) }],
    ['output_item.done', { item: item('', { content: [] }) }],
    ['output_item.done', { item: thought([]) }],
    ['content_part.added', { part: { type: 'output_text', text: '' } }],
    ['reasoning_summary_part.done', { part: { type: 'summary_text', text: 'Hm' } }],
    ['web_search_call.searching', {}],
  ])('sees no content in %s %j', (type, fields) => {
    expect(glimpse(type, fields)).toEqual({})
  })

  it('knows the end, with the usage', () => {
    expect(glimpse('completed', { response: response([]) })).toEqual({ finished: true, end: true, usage })
    expect(glimpse('incomplete', { response: response([item('Hi')]) })).toEqual({
      finished: true,
      end: true,
      usage,
      content: true,
    })
  })

  it('knows errors, in whatever shape, and what is no event at all', () => {
    const failed = response([], { status: 'failed', error: { code: 'server_error', message: 'gone' } })
    expect(glimpse('failed', { response: failed })).toMatchObject({ complaint: { message: 'gone' }, usage })
    const see = (message: SseMessage) => openaiResponsesOutbound.glimpse(message)
    expect(see({ event: 'error', data: '{"type":"error","message":"gone"}' }).complaint?.message).toBe('gone')
    expect(see({ data: '{"type":"error","error":{"message":"gone"}}' }).complaint?.message).toBe('gone')
    expect(see({ event: 'error', data: 'gone' }).complaint?.message).toBe('gone')
    expect(see({ data: '{"error":{"message":"gone"}}' }).complaint?.message).toBe('gone')
    expect(see({ data: 'gone' }).noise).toMatchObject({ body: 'gone' })
  })

  it('knows pings and a mark after the end', () => {
    expect(openaiResponsesOutbound.glimpse({ comment: 'ping' })).toEqual({})
    expect(openaiResponsesOutbound.glimpse({ data: '[DONE]' })).toEqual({})
  })
})
