import { describe, expect, it } from 'vitest'
import type { ChatEvent } from '../../../src/chat/events.ts'
import type { Json } from '../../../src/chat/json.ts'
import { cohereOutbound as speaker } from '../../../src/dialects/cohere/outbound.ts'
import { SseDecoder, type SseMessage } from '../../../src/http/sse.ts'
import {
  callDelta,
  callStart,
  contentEnd,
  messageEnd,
  plan,
  start,
  text,
  thought,
} from '../../fixtures/cohere/events.ts'
import { streams } from '../../fixtures/cohere/streams.ts'
import { fixturesOf } from '../fixtures.ts'

const none = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 }

function parse(sse: string): ChatEvent[] {
  const parser = speaker.parseStream()
  return [...messagesOf(sse).flatMap((message) => parser.push(message)), ...parser.end()]
}

function messagesOf(sse: string): SseMessage[] {
  return new SseDecoder().push(sse)
}

function seal(data: string): ChatEvent {
  return { type: 'reasoning-seal', choice: 0, opaque: { dialect: 'cohere', data } }
}

describe('usage', () => {
  it.each([
    ['what was read and written', { tokens: { input_tokens: 500, output_tokens: 9 } }, [500, 9]],
    ['what was billed, where that is all', { billed_units: { input_tokens: 5, output_tokens: 1 } }, [5, 1]],
    [
      'what was read and written, where both are said',
      { tokens: { input_tokens: 500 }, billed_units: { input_tokens: 5, output_tokens: 1 } },
      [500, 1],
    ],
  ])('is %s', (_, usage, [inputTokens = 0, outputTokens = 0]) => {
    expect(speaker.readUsage({ usage })).toEqual({ ...none, inputTokens, outputTokens })
  })

  it('counts what was cached and thought, and no more cached than read', () => {
    const tokens = { input_tokens: 10, output_tokens: 8, reasoning_tokens: 6 }
    const expected = { ...none, inputTokens: 10, outputTokens: 8, reasoningTokens: 6 }
    expect(speaker.readUsage({ usage: { tokens, cached_tokens: 7 } })).toEqual({
      ...expected,
      cachedTokens: 7,
    })
    expect(speaker.readUsage({ usage: { tokens, cached_tokens: 70 } })).toEqual({
      ...expected,
      cachedTokens: 10,
    })
  })

  it.each([[{}], [{ usage: null }], [{ usage: { billed_units: {} } }], [[]]])(
    'is not found in %j',
    (body) => {
      expect(speaker.readUsage(body)).toBeUndefined()
    },
  )
})

describe('the finish', () => {
  it.each([
    ['COMPLETE', 'stop'],
    ['STOP_SEQUENCE', 'stop'],
    ['MAX_TOKENS', 'length'],
    ['TOOL_CALL', 'tool-calls'],
    ['ERROR_TOXIC', 'content-filter'],
    ['NEVER_HEARD_OF', 'other'],
  ])('%s means %s, and the raw word is kept', (raw, reason) => {
    const { choices } = speaker.parseResponse({ message: { content: [] }, finish_reason: raw })
    expect(choices.map(({ finish }) => finish)).toEqual([{ reason, raw }])
  })

  it('is made up where the stream ended and gave none', () => {
    expect(parse(`${start}${text('Hi')}data: [DONE]\n\n`).slice(-2)).toEqual([
      { type: 'choice-finish', choice: 0, finish: { reason: 'stop', raw: '' } },
      { type: 'response-end' },
    ])
  })
})

describe('reasoning', () => {
  it('is sealed with the field that it came in, where it ends', () => {
    const sse = [
      start,
      thought('Hm'),
      thought('…'),
      contentEnd,
      plan('I will.'),
      text('Hi'),
      messageEnd('COMPLETE'),
    ]
    expect(parse(sse.join('')).slice(1, 7)).toEqual([
      { type: 'reasoning-delta', choice: 0, text: 'Hm' },
      { type: 'reasoning-delta', choice: 0, text: '…' },
      seal('thinking'),
      { type: 'reasoning-delta', choice: 0, text: 'I will.' },
      seal('tool_plan'),
      { type: 'text-delta', choice: 0, text: 'Hi' },
    ])
  })

  it('is sealed where another block, the calls or the end follows it', () => {
    const thinking = seal('thinking')
    const again = [start, thought('a'), contentEnd, thought('b'), messageEnd('MAX_TOKENS')]
    expect(parse(again.join('')).slice(1, 6)).toEqual([
      { type: 'reasoning-delta', choice: 0, text: 'a' },
      thinking,
      { type: 'reasoning-delta', choice: 0, text: 'b' },
      thinking,
      { type: 'choice-finish', choice: 0, finish: { reason: 'length', raw: 'MAX_TOKENS' } },
    ])
    const called = [start, plan('I will.'), callStart(0, 'a', 'f'), messageEnd('TOOL_CALL')]
    expect(parse(called.join('')).slice(2, 4)).toEqual([
      seal('tool_plan'),
      { type: 'tool-call-start', choice: 0, call: 0, id: 'a', name: 'f' },
    ])
  })

  it('that another kind follows at once is two parts', () => {
    const { choices } = speaker.parseResponse({
      message: { tool_plan: 'I will.', content: [{ type: 'thinking', thinking: 'Hm' }] },
      finish_reason: 'COMPLETE',
    })
    expect(choices.flatMap(({ content }) => content)).toEqual([
      { type: 'reasoning', text: 'I will.', opaque: { dialect: 'cohere', data: 'tool_plan' } },
      { type: 'reasoning', text: 'Hm', opaque: { dialect: 'cohere', data: 'thinking' } },
    ])
  })
})

describe('log probabilities', () => {
  it('are those of the pieces of text, in the canonical form', () => {
    const logprobs = [{ text: 'é', token_ids: [1, 2], logprobs: [-0.5, -0.25] }, { text: 'x' }]
    const { choices } = speaker.parseResponse({
      message: { content: [{ type: 'text', text: 'é' }] },
      logprobs,
    })
    expect(choices[0]?.logprobs).toEqual([
      { token: 'é', logprob: -0.75, bytes: [195, 169], top_logprobs: [] },
    ])
  })
})

describe('tool calls', () => {
  it('have the names that were sent', () => {
    const sse = [start, callStart(1, 'a', 'get_weather'), callDelta(1, '{}'), messageEnd('TOOL_CALL')]
    expect(parse(sse.join('')).slice(1, 3)).toEqual([
      { type: 'tool-call-start', choice: 0, call: 1, id: 'a', name: 'get_weather' },
      { type: 'tool-call-delta', choice: 0, call: 1, arguments: '{}' },
    ])
  })

  it('without ids get ids that are the same each time and differ between calls and answers', () => {
    const call = { function: { name: 'f', arguments: '{}' } }
    const idsOf = (id: string) =>
      speaker
        .parseResponse({ id, message: { tool_calls: [call, call] } })
        .choices.flatMap(({ content }) => content)
        .flatMap((part) => (part.type === 'tool-call' ? [part.id] : []))
    expect(idsOf('one')).toEqual(idsOf('one'))
    expect(new Set([...idsOf('one'), ...idsOf('two')]).size).toBe(4)
  })
})

describe('an error in an answer with a good status', () => {
  it.each([
    [{ finish_reason: 'ERROR', message: { content: [] } }, 'Cohere broke off its answer.', 'ERROR'],
    [{ finish_reason: 'TIMEOUT', message: { content: [] } }, 'Cohere broke off its answer.', 'TIMEOUT'],
    [{ finish_reason: 'ERROR', error: 'no' }, 'no', 'ERROR'],
    [{ id: 'e', message: 'no' }, 'no', undefined],
    [{ error: { message: 'no', type: 't' } }, 'no', 't'],
  ])('is found in %j', (body, message, type) => {
    const complaint = speaker.readComplaint(body)
    expect([complaint?.message, complaint?.type]).toEqual([message, type])
  })

  it.each<[Json]>([[{ finish_reason: 'COMPLETE', message: { content: [] } }], [{}], [null], ['text']])(
    'is not found in %j',
    (body) => {
      expect(speaker.readComplaint(body)).toBeUndefined()
    },
  )
})

describe('a stream that fails', () => {
  it('still reports what it cost, and says nothing after it', () => {
    const sse = [start, text('Hi'), messageEnd('ERROR', { error: 'gone' }), text('more'), 'data: [DONE]\n\n']
    expect(parse(sse.join('')).map(({ type }) => type)).toEqual([
      'response-start',
      'text-delta',
      'usage-report',
      'stream-error',
    ])
  })

  it('says what came where an event is not JSON', () => {
    const page = `<html>${'x'.repeat(9_000)}`
    const message = 'The provider sent an event that is not a JSON object.'
    expect(parse(`data: ${page}\n\n`)).toEqual([
      { type: 'stream-error', complaint: { message, body: page.slice(0, 8_192) } },
    ])
  })
})

describe('a glimpse', () => {
  it('sees what a parser sees', () => {
    const glimpses = [
      start,
      text('Hi'),
      callDelta(0, '{'),
      contentEnd,
      messageEnd('ERROR'),
      'data: [DONE]\n\n',
    ]
      .flatMap(messagesOf)
      .map((message) => speaker.glimpse(message))
    expect(glimpses).toMatchObject([
      {},
      { content: true },
      { content: true },
      {},
      { complaint: { type: 'ERROR' }, usage: { inputTokens: 506 } },
      { end: true },
    ])
    expect(glimpses[0]).toEqual({})
    expect(speaker.glimpse({ comment: 'ping' })).toEqual({})
  })
})

describe('the fixtures', () => {
  it('hold every kind of event that Cohere has a word for', () => {
    const kinds = new Set(streams.flatMap(({ sse }) => parse(sse)).map(({ type }) => type))
    expect([...kinds].toSorted()).toEqual([
      'choice-finish',
      'citation-add',
      'logprobs-delta',
      'reasoning-delta',
      'reasoning-seal',
      'response-end',
      'response-start',
      'stream-error',
      'text-delta',
      'tool-call-delta',
      'tool-call-start',
      'usage-report',
    ])
  })

  const { answers } = fixturesOf('cohere')
  if (answers.length > 0)
    it('that were recorded are read with content, a known finish and usage', () => {
      for (const { name, body } of answers) {
        const { choices, usage } = speaker.parseResponse(body)
        expect(choices[0]?.content, name).not.toEqual([])
        expect(choices[0]?.finish.reason, name).not.toBe('other')
        expect(usage?.inputTokens, name).toBeGreaterThan(0)
      }
    })
})
