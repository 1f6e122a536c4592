import { describe, expect, it } from 'vitest'
import type { ChatEvent } from '../../../src/chat/events.ts'
import type { Json, JsonObject } from '../../../src/chat/json.ts'
import { openaiResponsesOutbound } from '../../../src/dialects/openai-responses/outbound.ts'
import { SseDecoder } from '../../../src/http/sse.ts'
import {
  added,
  call,
  completed,
  done,
  message,
  opening,
  piece,
  response,
  summary,
  thought,
  told,
} from '../../fixtures/openai-responses/events.ts'
import { streams } from '../../fixtures/openai-responses/streams.ts'

const speaker = openaiResponsesOutbound

/** The events of a stream, without those that open and close every one. */
function eventsOf(...sse: string[]): ChatEvent[] {
  const parser = speaker.parseStream()
  const messages = new SseDecoder().push(sse.join(''))
  const events = [...messages.flatMap((each) => parser.push(each)), ...parser.end()]
  return events.filter(({ type }) => !['response-start', 'usage-report', 'response-end'].includes(type))
}

function finishOf(output: Json[], more: JsonObject = {}) {
  return speaker.parseResponse(response(output, more)).choices[0]?.finish
}

describe('the finish', () => {
  const oslo = call('a', 'weather', '{}')
  const refusal = message('', { content: [{ type: 'refusal', refusal: 'No.' }] })

  it.each<[string, Json[], JsonObject, string, string]>([
    ['text', [message('Hi')], {}, 'stop', 'completed'],
    ['a call', [message('Hi'), oslo], {}, 'tool-calls', 'completed'],
    ['a refusal', [refusal], {}, 'refusal', 'completed'],
    ['no status', [message('Hi')], { status: null }, 'stop', 'completed'],
    [
      'the limit',
      [oslo],
      { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
      'length',
      'max_output_tokens',
    ],
    [
      'a filter',
      [],
      { status: 'incomplete', incomplete_details: { reason: 'content_filter' } },
      'content-filter',
      'content_filter',
    ],
    [
      'a new reason',
      [],
      { status: 'incomplete', incomplete_details: { reason: 'steered' } },
      'other',
      'steered',
    ],
    ['no reason', [], { status: 'incomplete', incomplete_details: null }, 'other', 'incomplete'],
    ['a failure', [], { status: 'failed' }, 'error', 'failed'],
    ['another status', [], { status: 'cancelled' }, 'other', 'cancelled'],
  ])('with %s is told by the items and the status', (_, output, more, reason, raw) => {
    expect(finishOf(output, more)).toEqual({ reason, raw })
  })

  it('is the name of the last event where the answer in it gives no status', () => {
    const sse = completed([], { status: null }).replaceAll('response.completed', 'response.incomplete')
    expect(eventsOf(opening, sse.replace('"status":null,', ''))).toMatchObject([
      { finish: { raw: 'incomplete' } },
    ])
  })
})

describe('usage', () => {
  const none = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 }

  it('is read with its details, and without them', () => {
    expect(speaker.readUsage(response([]))).toEqual({
      inputTokens: 9,
      outputTokens: 6,
      cachedTokens: 4,
      cacheWriteTokens: 1,
      reasoningTokens: 2,
    })
    const bare = { usage: { input_tokens: 3, output_tokens: 2, input_tokens_details: null } }
    expect(speaker.readUsage(bare)).toEqual({ ...none, inputTokens: 3, outputTokens: 2 })
  })

  it.each([[{}], [{ usage: null }], [{ usage: {} }], [[]], ['text']])('is not found in %j', (body) => {
    expect(speaker.readUsage(body)).toBeUndefined()
  })
})

describe('a stream', () => {
  it('says the parts of a summary with a blank line between them, and then the whole item as its seal', () => {
    const item = thought(['One.', 'Two.'], { encrypted_content: 'g', status: 'completed' })
    const sse = [
      added(0, thought([])),
      summary('text.delta', 0, 0, { delta: 'One.' }),
      summary('text.delta', 0, 1, { delta: 'Tw' }),
      summary('text.delta', 0, 1, { delta: 'o.' }),
      done(0, item),
    ]
    expect(eventsOf(opening, ...sse)).toEqual([
      { type: 'reasoning-delta', choice: 0, text: 'One.' },
      { type: 'reasoning-delta', choice: 0, text: '\n\nTw' },
      { type: 'reasoning-delta', choice: 0, text: 'o.' },
      { type: 'reasoning-seal', choice: 0, opaque: { dialect: 'openai-responses', data: item } },
    ])
  })

  it('parts the messages of one answer by a blank line', () => {
    expect(eventsOf(opening, told(0, ['One.']), told(1, ['Tw', 'o.']))).toEqual([
      { type: 'text-delta', choice: 0, text: 'One.' },
      { type: 'text-delta', choice: 0, text: '\n\nTw' },
      { type: 'text-delta', choice: 0, text: 'o.' },
    ])
  })

  it('numbers calls among themselves, and has each fragment at the call of its place', () => {
    const sse = [
      added(3, call('a', 'f', '', 'in_progress')),
      added(5, call('b', 'g', '', 'in_progress')),
      piece('function_call_arguments.delta', 5, { delta: '{' }),
      piece('function_call_arguments.delta', 3, { delta: '[' }),
    ]
    expect(eventsOf(opening, ...sse)).toEqual([
      { type: 'tool-call-start', choice: 0, call: 0, id: 'call_a', name: 'f' },
      { type: 'tool-call-start', choice: 0, call: 1, id: 'call_b', name: 'g' },
      { type: 'tool-call-delta', choice: 0, call: 1, arguments: '{' },
      { type: 'tool-call-delta', choice: 0, call: 0, arguments: '[' },
    ])
  })

  it('says nothing twice that is told in pieces, when it is done, and at the end', () => {
    const oslo = call('a', 'weather', '{}')
    const events = eventsOf(
      opening,
      told(0, ['Hi']),
      added(1, call('a', 'weather', '', 'in_progress')),
      piece('function_call_arguments.done', 1, { arguments: '{}' }),
      done(1, oslo),
      completed([message('Hi'), oslo]),
    )
    expect(events.map(({ type }) => type)).toEqual([
      'text-delta',
      'tool-call-start',
      'tool-call-delta',
      'choice-finish',
    ])
  })

  it('is over with its last event', () => {
    const events = eventsOf(opening, completed([]), told(0, ['more']), completed([message('more')]))
    expect(events.map(({ type }) => type)).toEqual(['choice-finish'])
  })
})

describe('a failure', () => {
  it.each<[string, JsonObject, string]>([
    [
      'a failed answer',
      { status: 'failed', error: { code: 'server_error', message: 'It broke.' } },
      'It broke.',
    ],
    ['a failed answer without a reason', { status: 'failed', error: null }, 'The provider failed to answer.'],
    ['an error in place of an answer', { error: { message: 'No.' } }, 'No.'],
  ])('is found in %s', (_, body, text) => {
    expect(speaker.readComplaint(body)?.message).toBe(text)
  })

  it('is not found in an answer that is whole or cut', () => {
    expect(speaker.readComplaint(response([message('Hi')]))).toBeUndefined()
    expect(speaker.readComplaint(response([], { status: 'incomplete' }))).toBeUndefined()
  })

  it('keeps the code of the provider, and is said once', () => {
    const spent = streams.find(({ name }) => name.startsWith('a spent account'))
    const error = { code: 'insufficient_quota', message: 'You exceeded your current quota.', param: null }
    expect(eventsOf(spent?.sse ?? '')).toEqual([
      { type: 'stream-error', complaint: { code: error.code, message: error.message, body: error } },
    ])
  })
})

describe('the fixtures', () => {
  it('hold every kind of event', () => {
    const kinds = streams.flatMap(({ sse }) => {
      const parser = speaker.parseStream()
      return new SseDecoder().push(sse).flatMap((each) => parser.push(each).map(({ type }) => type))
    })
    expect([...new Set(kinds)].toSorted()).toEqual([
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
