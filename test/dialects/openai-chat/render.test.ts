import { describe, expect, it } from 'vitest'
import { anyRequest } from '../../any-request.ts'
import type { ChatEvent } from '../../../src/chat/events.ts'
import { openaiChatInbound } from '../../../src/dialects/openai-chat/inbound.ts'

const start: ChatEvent = { type: 'response-start', id: 'r', model: 'm', createdAt: 5000 }
const finish: ChatEvent = { type: 'choice-finish', choice: 0, finish: { reason: 'stop', raw: 'end_turn' } }
const first = chunk({ role: 'assistant', content: '' })
const usage = { inputTokens: 3, outputTokens: 2, cachedTokens: 1, cacheWriteTokens: 0, reasoningTokens: 0 }

/** What a client reads of these events. */
function render(events: ChatEvent[], showUsage = false): unknown[] {
  const renderer = openaiChatInbound.renderStream({ ...anyRequest, streamUsage: showUsage })
  const messages = [...events.flatMap((event) => renderer.push(event)), ...renderer.end()]
  return messages.map(({ data = '' }) => (data === '[DONE]' ? data : JSON.parse(data)))
}

function chunk(fields: object, finish_reason: string | null = null) {
  const choices = [{ index: 0, delta: fields, logprobs: null, finish_reason }]
  return { id: 'r', object: 'chat.completion.chunk', created: 5, model: 'm', choices }
}

describe('the stream for a client', () => {
  it('opens with the role and ends with [DONE]', () => {
    expect(
      render([
        start,
        { type: 'text-delta', choice: 0, text: 'Hi' },
        finish,
        { type: 'usage-report', usage },
        { type: 'response-end' },
      ]),
    ).toEqual([first, chunk({ content: 'Hi' }), chunk({}, 'stop'), '[DONE]'])
  })

  it('shows usage to a client that asked for it, last, and null before', () => {
    expect(render([start, finish, { type: 'usage-report', usage }, { type: 'response-end' }], true)).toEqual([
      { ...first, usage: null },
      { ...chunk({}, 'stop'), usage: null },
      {
        ...chunk({}),
        choices: [],
        usage: {
          prompt_tokens: 3,
          completion_tokens: 2,
          total_tokens: 5,
          prompt_tokens_details: { cached_tokens: 1, cache_write_tokens: 0 },
          completion_tokens_details: { reasoning_tokens: 0 },
        },
      },
      '[DONE]',
    ])
  })

  it('does not end where the provider did not', () => {
    expect(render([start, { type: 'text-delta', choice: 0, text: 'Hi' }])).toEqual([
      first,
      chunk({ content: 'Hi' }),
    ])
  })

  it('counts calls from zero, whatever the provider counts', () => {
    const events: ChatEvent[] = [
      start,
      { type: 'tool-call-start', choice: 0, call: 2, id: 'a', name: 'f' },
      { type: 'tool-call-start', choice: 0, call: 5, id: 'b', name: 'g' },
      { type: 'tool-call-delta', choice: 0, call: 2, arguments: '{}' },
    ]
    expect(render(events).slice(1)).toEqual([
      chunk({
        tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } }],
      }),
      chunk({
        tool_calls: [{ index: 1, id: 'b', type: 'function', function: { name: 'g', arguments: '' } }],
      }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: '{}' } }] }),
    ])
  })

  it('carries state of another dialect beside the reasoning that it belongs to', () => {
    const events: ChatEvent[] = [
      start,
      { type: 'reasoning-delta', choice: 0, text: 'Let me ' },
      { type: 'reasoning-delta', choice: 0, text: 'see.' },
      { type: 'reasoning-seal', choice: 0, opaque: { dialect: 'anthropic', data: 's' } },
    ]
    const detail = { type: 'reasoning.hub', dialect: 'anthropic', text: 'Let me see.', data: 's' }
    expect(render(events).at(-1)).toEqual(chunk({ reasoning_details: [detail] }))
  })

  it('says of a refusal without words that it was filtered, since a stop would look like an empty answer', () => {
    const refused: ChatEvent = {
      type: 'choice-finish',
      choice: 0,
      finish: { reason: 'refusal', raw: 'refusal' },
    }
    expect(render([start, refused]).at(-1)).toEqual(chunk({}, 'content_filter'))
    expect(render([start, { type: 'refusal-delta', choice: 0, text: 'No.' }, refused]).at(-1)).toEqual(
      chunk({}, 'stop'),
    )
  })
})
