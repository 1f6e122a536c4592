import { describe, expect, it } from 'vitest'
import type { ChatEvent } from '../../../src/chat/events.ts'
import type { Json, JsonObject } from '../../../src/chat/json.ts'
import { anthropicOutbound } from '../../../src/dialects/anthropic/outbound.ts'
import { SseDecoder } from '../../../src/http/sse.ts'
import { block, call, counts, event, start, stop, text } from '../../fixtures/anthropic/events.ts'
import { streams } from '../../fixtures/anthropic/streams.ts'

const speaker = anthropicOutbound
const none = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 }

function parse(...events: string[]): ChatEvent[] {
  const parser = speaker.parseStream()
  return [...new SseDecoder().push(events.join('')).flatMap((each) => parser.push(each)), ...parser.end()]
}

function kinds(...events: string[]): string[] {
  return parse(...events).map(({ type }) => type)
}

describe('usage', () => {
  it.each<[string, JsonObject, object]>([
    ['plain', { input_tokens: 9, output_tokens: 4 }, { inputTokens: 9, outputTokens: 4 }],
    [
      'with a cache, which the input leaves out',
      { ...counts, output_tokens: 4 },
      { inputTokens: 16, cachedTokens: 5, cacheWriteTokens: 2, outputTokens: 4 },
    ],
    [
      'with a cache for an hour',
      {
        ...counts,
        cache_creation_input_tokens: 7,
        cache_creation: { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 4 },
        output_tokens: 4,
      },
      {
        inputTokens: 21,
        cachedTokens: 5,
        cacheWriteTokens: 7,
        hourCacheWriteTokens: 4,
        outputTokens: 4,
      },
    ],
    [
      'with thinking, which the output holds',
      { output_tokens: 40, output_tokens_details: { thinking_tokens: 30 } },
      { outputTokens: 40, reasoningTokens: 30 },
    ],
    [
      'with nulls',
      { input_tokens: 9, cache_read_input_tokens: null, cache_creation_input_tokens: null, output_tokens: 4 },
      { inputTokens: 9, outputTokens: 4 },
    ],
  ])('%s is read', (_, usage, expected) => {
    expect(speaker.readUsage({ usage })).toEqual({ ...none, ...expected })
  })

  it.each<[Json]>([[{}], [{ usage: null }], [{ usage: {} }], [[]], ['text']])(
    'is not found in %j',
    (body) => {
      expect(speaker.readUsage(body)).toBeUndefined()
    },
  )

  it('is known from the start, and the last report holds what only earlier ones said', () => {
    const reports = parse(start(), stop('end_turn')).filter((each) => each.type === 'usage-report')
    const known = { ...none, inputTokens: 16, cachedTokens: 5, cacheWriteTokens: 2 }
    expect(reports.map(({ usage }) => usage)).toEqual([
      { ...known, outputTokens: 1 },
      { ...known, outputTokens: 7 },
    ])
  })
})

describe('the finish', () => {
  it.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['pause_turn', 'stop'],
    ['tool_use', 'tool-calls'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['refusal', 'refusal'],
    ['never-heard-of', 'other'],
  ])('%s means %s, and the raw word is kept', (raw, reason) => {
    const { choices } = speaker.parseResponse({ content: [], stop_reason: raw })
    expect(choices[0]?.finish).toEqual({ reason, raw })
  })
})

describe('the arguments of a call', () => {
  function given(...events: string[]): string {
    return parse(start(), ...events)
      .flatMap((each) => (each.type === 'tool-call-delta' ? [each.arguments] : []))
      .join('')
  }

  it('are an empty object where there are none', () => {
    expect(given(call(0, 'a', 'f', ''), stop('tool_use'))).toBe('{}')
    expect(given(call(0, 'a', 'f', ''), call(1, 'b', 'g', '{"x":1}'), stop('max_tokens'))).toBe('{}{"x":1}')
  })

  it('are nothing where the call was cut off before them', () => {
    expect(given(call(0, 'a', 'f', ''), stop('max_tokens'))).toBe('')
    const cut = event({
      type: 'content_block_start',
      index: 0,
      content_block: { type: 'tool_use', id: 'a', name: 'f' },
    })
    expect(given(cut, stop('max_tokens'))).toBe('')
    expect(given(cut, stop('tool_use'))).toBe('{}')
  })

  it('of a tool that Anthropic runs are nobody else’s', () => {
    const search = { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'x' } }
    expect(given(block(0, search, { type: 'input_json_delta', partial_json: '{}' }), stop('end_turn'))).toBe(
      '',
    )
  })
})

describe('the seal of thinking', () => {
  it('comes whole, after its thinking and before the text', () => {
    const thinking = block(
      0,
      { type: 'thinking', thinking: '', signature: '' },
      { type: 'thinking_delta', thinking: 'Hm.' },
      { type: 'signature_delta', signature: 'c2ln' },
    )
    expect(parse(start(), thinking, text(1, 'Hi')).slice(2)).toEqual([
      { type: 'reasoning-delta', choice: 0, text: 'Hm.' },
      { type: 'reasoning-seal', choice: 0, opaque: { dialect: 'anthropic', data: { signature: 'c2ln' } } },
      { type: 'text-delta', choice: 0, text: 'Hi' },
    ])
  })

  it('is not lost where the block is not closed', () => {
    const open = { type: 'thinking', thinking: '', signature: 'c2ln' }
    expect(
      kinds(start(), event({ type: 'content_block_start', index: 0, content_block: open }), stop('end_turn')),
    ).toContain('reasoning-seal')
  })
})

describe('a stream', () => {
  it('begins once, however often a proxy says so', () => {
    const begun = kinds(start(), start(), text(0, 'Hi'), start(), stop('end_turn'))
    expect(begun.filter((kind) => kind === 'response-start')).toHaveLength(1)
  })

  it('says nothing after its error', () => {
    const failed = event({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } })
    const events = parse(start(), text(0, 'Hi'), failed, text(1, 'more'), stop('end_turn'))
    expect(events.at(-1)).toEqual({
      type: 'stream-error',
      complaint: {
        message: 'Overloaded',
        type: 'overloaded_error',
        body: { type: 'overloaded_error', message: 'Overloaded' },
      },
    })
  })

  it('says nothing after its end', () => {
    expect(kinds(start(), stop('end_turn'), text(0, 'more')).at(-1)).toBe('response-end')
  })

  it('that is cut does not end, though its blocks are whole', () => {
    expect(kinds(start(), text(0, 'Hi'))).toEqual(['response-start', 'usage-report', 'text-delta'])
  })

  it('says what came where an event is not JSON', () => {
    const page = `<html>${'x'.repeat(9_000)}`
    expect(parse(`data: ${page}\n\n`)).toEqual([
      {
        type: 'stream-error',
        complaint: {
          message: 'The provider sent an event that is not a JSON object.',
          body: page.slice(0, 8_192),
        },
      },
    ])
  })
})

describe('an error in a body with a good status', () => {
  it('is found, and nothing is taken for one', () => {
    const error = { type: 'error', error: { type: 'api_error', message: 'no' } }
    expect(speaker.readComplaint(error)?.message).toBe('no')
    expect(speaker.readComplaint({ type: 'message', content: [] })).toBeUndefined()
  })
})

describe('the fixtures', () => {
  it('hold every kind of event that there is in this dialect', () => {
    const held = new Set(streams.flatMap(({ sse }) => kinds(sse)))
    expect([...held].toSorted()).toEqual([
      'choice-finish',
      'citation-add',
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
})
