import { describe, expect, it } from 'vitest'
import { anyRequest } from '../../any-request.ts'
import type { ChatEvent } from '../../../src/chat/events.ts'
import type { Json } from '../../../src/chat/json.ts'
import { openaiChatInbound } from '../../../src/dialects/openai-chat/inbound.ts'
import { openaiChatOutbound } from '../../../src/dialects/openai-chat/outbound.ts'
import { SseDecoder, type SseMessage } from '../../../src/http/sse.ts'
import { streams } from '../../fixtures/openai-chat/streams.ts'

const speaker = openaiChatOutbound
const none = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 }

function message(value: Json): SseMessage {
  return { data: JSON.stringify(value) }
}

function delta(fields: Json, more: object = {}): SseMessage {
  return message({ id: 'c', choices: [{ index: 0, delta: fields, finish_reason: null, ...more }] })
}

function parse(messages: SseMessage[]): ChatEvent[] {
  const parser = speaker.parseStream()
  return [...messages.flatMap((each) => parser.push(each)), ...parser.end()]
}

describe('usage', () => {
  const base = { prompt_tokens: 10, completion_tokens: 4, total_tokens: 14 }
  it.each([
    ['plain', { usage: base }, { inputTokens: 10, outputTokens: 4 }],
    [
      'cached by OpenAI',
      { usage: { ...base, prompt_tokens_details: { cached_tokens: 8, cache_write_tokens: 1 } } },
      { inputTokens: 10, outputTokens: 4, cachedTokens: 8, cacheWriteTokens: 1 },
    ],
    [
      'cached by DeepSeek',
      { usage: { ...base, prompt_cache_hit_tokens: 8 } },
      { inputTokens: 10, outputTokens: 4, cachedTokens: 8 },
    ],
    [
      'cached by Together',
      { usage: { ...base, cached_tokens: 8 } },
      { inputTokens: 10, outputTokens: 4, cachedTokens: 8 },
    ],
    ['in x_groq', { x_groq: { usage: base } }, { inputTokens: 10, outputTokens: 4 }],
    ['in the choice', { choices: [{ usage: base }] }, { inputTokens: 10, outputTokens: 4 }],
    [
      'with reasoning',
      { usage: { ...base, completion_tokens_details: { reasoning_tokens: 3 } } },
      { inputTokens: 10, outputTokens: 4, reasoningTokens: 3 },
    ],
    [
      'with reasoning outside of the completion (xAI)',
      { usage: { ...base, total_tokens: 44, completion_tokens_details: { reasoning_tokens: 30 } } },
      { inputTokens: 10, outputTokens: 34, reasoningTokens: 30 },
    ],
    [
      'with thoughts in the total alone (Gemini)',
      { usage: { ...base, total_tokens: 44 } },
      { inputTokens: 10, outputTokens: 34, reasoningTokens: 30 },
    ],
    [
      'with nulls for details',
      { usage: { ...base, prompt_tokens_details: null, completion_tokens_details: null } },
      { inputTokens: 10, outputTokens: 4 },
    ],
  ])('%s is read', (_, body, expected) => {
    expect(speaker.readUsage(body)).toEqual({ ...none, ...expected })
  })

  it.each([[{}], [{ usage: null }], [{ usage: {} }], [[]], ['text']])('is not found in %j', (body) => {
    expect(speaker.readUsage(body)).toBeUndefined()
  })
})

function finishOf(fields: Json, finish_reason: string | null) {
  return speaker.parseResponse({ choices: [{ index: 0, message: fields, finish_reason }] }).choices[0]?.finish
}

describe('the finish', () => {
  it.each([
    ['stop', { content: 'Hi' }, 'stop'],
    ['length', { content: 'Hi' }, 'length'],
    ['tool_calls', {}, 'tool-calls'],
    ['function_call', {}, 'tool-calls'],
    ['content_filter', {}, 'content-filter'],
    ['error', {}, 'error'],
    ['never-heard-of', {}, 'other'],
    ['stop', { refusal: 'No.' }, 'refusal'],
    ['stop', { tool_calls: [{ id: 'a', function: { name: 'f', arguments: '{}' } }] }, 'tool-calls'],
    ['length', { tool_calls: [{ id: 'a', function: { name: 'f', arguments: '{' } }] }, 'length'],
  ])('%s with %j means %s, and the raw word is kept', (raw, fields, reason) => {
    expect(finishOf(fields, raw)).toEqual({ reason, raw })
  })

  it('is made up where the provider ended cleanly and gave none', () => {
    expect(finishOf({ content: 'Hi' }, null)).toEqual({ reason: 'stop', raw: '' })
    expect(parse([delta({ content: 'Hi' }), { data: '[DONE]' }]).slice(-2)).toEqual([
      { type: 'choice-finish', choice: 0, finish: { reason: 'stop', raw: '' } },
      { type: 'response-end' },
    ])
  })
})

/** An answer of this dialect, read and rendered again. */
function bodyOf(fields: Json, logprobs: Json) {
  return openaiChatInbound.renderResponse(
    speaker.parseResponse({ choices: [{ message: fields, logprobs, finish_reason: 'stop' }] }),
    anyRequest,
  )
}

describe('log probabilities', () => {
  const token = { token: 'a', logprob: -1 }

  it.each([
    ['content', { content: [token], refusal: null }],
    ['refusal', { content: null, refusal: [token] }],
  ])('are read from the %s', (_, logprobs) => {
    expect(speaker.parseResponse({ choices: [{ message: {}, logprobs }] }).choices[0]?.logprobs).toEqual([
      token,
    ])
  })

  it('go out where they came from', () => {
    const refused = { content: null, refusal: [token] }
    expect(bodyOf({ refusal: 'a' }, refused).choices).toMatchObject([{ logprobs: refused }])
    const said = { content: [token], refusal: null }
    expect(bodyOf({ content: 'a' }, said).choices).toMatchObject([{ logprobs: said }])
  })
})

/** The ids of the two nameless calls in an answer of this id. */
function idsOf(id: string): string[] {
  const call = { function: { name: 'f', arguments: '{}' } }
  return speaker
    .parseResponse({ id, choices: [{ message: { tool_calls: [call, call] } }] })
    .choices.flatMap(({ content }) => content.flatMap((part) => (part.type === 'tool-call' ? [part.id] : [])))
}

describe('tool calls without ids', () => {
  it('get ids that are the same each time and differ between calls and answers', () => {
    expect(idsOf('one')).toEqual(idsOf('one'))
    expect(new Set([...idsOf('one'), ...idsOf('two')]).size).toBe(4)
    expect(idsOf('one')[0]).toMatch(/^call_[a-zA-Z0-9]{9}$/)
  })
})

describe('the seal of reasoning', () => {
  it('comes whole, after its reasoning and before the text', () => {
    const messages = [
      delta({ reasoning: 'a', reasoning_details: [{ type: 'reasoning.text', text: 'a', index: 0 }] }),
      delta({
        reasoning: 'b',
        reasoning_details: [{ type: 'reasoning.text', text: 'b', index: 0, signature: 's' }],
      }),
      delta({ content: 'Hi' }),
    ]
    const data = { reasoning_details: [{ type: 'reasoning.text', text: 'ab', index: 0, signature: 's' }] }
    expect(parse(messages).slice(1)).toEqual([
      { type: 'reasoning-delta', choice: 0, text: 'a' },
      { type: 'reasoning-delta', choice: 0, text: 'b' },
      { type: 'reasoning-seal', choice: 0, opaque: { dialect: 'openai-chat', data } },
      { type: 'text-delta', choice: 0, text: 'Hi' },
    ])
  })
})

describe('a stream that fails', () => {
  it('still reports the usage that came with the error, and nothing after it', () => {
    const failed = message({
      error: { message: 'gone', code: 502 },
      usage: { prompt_tokens: 1, completion_tokens: 2 },
    })
    const events = parse([delta({ content: 'Hi' }), failed, delta({ content: 'more' }), { data: '[DONE]' }])
    expect(events.map(({ type }) => type)).toEqual([
      'response-start',
      'text-delta',
      'usage-report',
      'stream-error',
    ])
  })

  it('says what came where a chunk is not JSON', () => {
    const text = `<html>${'x'.repeat(9_000)}`
    expect(parse([{ data: text }])).toEqual([
      {
        type: 'stream-error',
        complaint: {
          message: 'The provider sent an event that is not a JSON object.',
          body: text.slice(0, 8_192),
        },
      },
    ])
  })
})

describe('an error in a body with a good status', () => {
  it.each([
    [{ error: { message: 'no', code: 429 } }, 'no'],
    [{ error: 'no' }, 'no'],
    [{ object: 'error', message: 'no' }, 'no'],
    [{ choices: [{ error: { message: 'no' } }] }, 'no'],
    [{ choices: [{ delta: {} }], x_groq: { id: 'req_1', error: 'no' } }, 'no'],
  ])('is found in %j', (body, text) => {
    expect(speaker.readComplaint(body)?.message).toBe(text)
  })

  it.each([[{ choices: [] }], [{ error: null }], [{ error: '' }], [{ error: {} }], ['error'], [null]])(
    'is not found in %j',
    (body) => {
      expect(speaker.readComplaint(body)).toBeUndefined()
    },
  )
})

describe('the fixtures', () => {
  it('hold every kind of event', () => {
    const decoded = streams.flatMap(({ sse }) => parse(new SseDecoder().push(sse)))
    const kinds = new Set(decoded.map(({ type }) => type))
    expect([...kinds].toSorted()).toEqual([
      'choice-finish',
      'citation-add',
      'file-attach',
      'logprobs-delta',
      'reasoning-delta',
      'reasoning-seal',
      'refusal-delta',
      'response-end',
      'response-start',
      'stream-error',
      'text-delta',
      'tool-call-delta',
      'tool-call-start',
      'usage-report',
    ])
  })
})
