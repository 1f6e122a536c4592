import { describe, expect, it } from 'vitest'
import type { Json } from '../../../src/chat/json.ts'
import { openaiChatOutbound } from '../../../src/dialects/openai-chat/outbound.ts'
import type { SseMessage } from '../../../src/http/sse.ts'

const none = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 }

function glimpse(event: SseMessage) {
  return openaiChatOutbound.glimpse(event)
}

function message(value: Json): SseMessage {
  return { data: JSON.stringify(value) }
}

function delta(fields: Json, more: object = {}): SseMessage {
  return message({ id: 'c', choices: [{ index: 0, delta: fields, finish_reason: null, ...more }] })
}

describe('a glimpse', () => {
  it.each([
    ['text', { content: 'Hi' }],
    ['text that looks like a chunk', { content: '{"delta":{"content":""},"usage":{}}' }],
    ['reasoning_content', { content: null, reasoning_content: 'Hm' }],
    ['reasoning', { content: '', reasoning: 'Hm' }],
    ['a refusal', { refusal: 'No' }],
    ['a call', { tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '' } }] }],
    ['arguments', { tool_calls: [{ index: 0, function: { arguments: '{' } }] }],
    [
      'a custom call',
      { tool_calls: [{ index: 0, id: 'a', type: 'custom', custom: { name: 'f', input: '' } }] },
    ],
    ['a thinking part', { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm' }] }] }],
    ['sealed reasoning', { content: '', reasoning_details: [{ type: 'reasoning.encrypted', data: 'x' }] }],
    ['audio', { audio: { id: 'a', data: 'SUQz' } }],
    ['an image', { images: [{ image_url: { url: 'data:,' } }] }],
  ])('sees content in %s', (_, fields) => {
    expect(glimpse(delta(fields))).toEqual({ content: true })
  })

  it('sees content in a message beside an empty delta, where none came in pieces', () => {
    const whole = message({ choices: [{ index: 0, delta: { content: '' }, message: { content: 'Hi' } }] })
    expect(glimpse(whole)).toEqual({ content: true })
    const watch = openaiChatOutbound.watch?.()
    expect(watch?.(delta({ content: 'Hi' }))).toEqual({ content: true })
    expect(watch?.(whole)).toEqual({})
  })

  it.each([
    ['a role', { role: 'assistant', content: '' }],
    ['nothing', {}],
    ['nulls', { content: null, reasoning_content: null, tool_calls: null, refusal: null }],
    ['empty lists', { content: [], tool_calls: [], reasoning_details: [] }],
    ['a fragment of nothing', { tool_calls: [{ index: 0, function: { arguments: '' } }] }],
    ['an empty thinking part', { content: [{ type: 'thinking', thinking: [] }] }],
  ])('sees no content in %s', (_, fields) => {
    expect(glimpse(delta(fields))).toEqual({})
  })

  it('takes no words of the model for members of the chunk', () => {
    const text = '"error":{"a":1},"finish_reason":"stop","usage":{"prompt_tokens":1}'
    expect(glimpse(delta({ content: text }))).toEqual({ content: true })
  })

  it('does not take the log probabilities of nothing for content', () => {
    expect(glimpse(delta({}, { logprobs: { content: [{ token: '', logprob: 0 }], refusal: null } }))).toEqual(
      {},
    )
  })

  it('knows a chunk that holds usage and nothing else, wherever spaces are', () => {
    const usage = { prompt_tokens: 1, completion_tokens: 2 }
    const counted = { ...none, inputTokens: 1, outputTokens: 2 }
    expect(glimpse(message({ choices: [], usage }))).toEqual({ usage: counted, usageOnly: true })
    expect(glimpse({ data: JSON.stringify({ choices: [], usage }, null, 1) })).toEqual({
      usage: counted,
      usageOnly: true,
    })
    // OpenRouter's has a choice, and stays.
    expect(glimpse(message({ choices: [{ index: 0, delta: { content: '' } }], usage }))).toEqual({
      usage: counted,
    })
    expect(glimpse(message({ choices: [], usage: null, prompt_filter_results: [] }))).toEqual({})
  })

  it('knows finishes, the end, errors and pings', () => {
    expect(glimpse(delta({}, { finish_reason: 'stop' }))).toEqual({ finished: true })
    expect(glimpse({ data: '[DONE]' })).toEqual({ end: true })
    expect(glimpse({ comment: 'ping' })).toEqual({})
    expect(glimpse({ event: 'error', data: 'gone' }).complaint?.message).toBe('gone')
    expect(glimpse({ data: 'gone' }).noise).toMatchObject({ body: 'gone' })
    expect(glimpse(message({ error: { message: 'gone' }, choices: [{ finish_reason: 'error' }] }))).toEqual({
      complaint: { message: 'gone', body: { message: 'gone' } },
    })
  })
})
