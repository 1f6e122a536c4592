import { describe, expect, it } from 'vitest'
import type { ChatEvent } from '../../../src/chat/events.ts'
import type { Json, JsonObject } from '../../../src/chat/json.ts'
import { geminiOutbound } from '../../../src/dialects/gemini/outbound.ts'
import type { SseMessage } from '../../../src/http/sse.ts'
import { answer, stop } from '../../fixtures/gemini/chunks.ts'

const none = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 }

function message(value: Json): SseMessage {
  return { data: JSON.stringify(value) }
}

function parse(...chunks: Json[]): ChatEvent[] {
  const parser = geminiOutbound.parseStream()
  return [...chunks.flatMap((chunk) => parser.push(message(chunk))), ...parser.end()]
}

function finishOf(parts: JsonObject[], finishReason: string): unknown {
  return geminiOutbound.parseResponse(answer(parts, { finishReason })).choices[0]?.finish
}

describe('usage', () => {
  it.each([
    ['plain', { promptTokenCount: 10, candidatesTokenCount: 4 }, { inputTokens: 10, outputTokens: 4 }],
    ['of a prompt alone', { promptTokenCount: 10, totalTokenCount: 10 }, { inputTokens: 10 }],
    [
      'with thoughts apart',
      { promptTokenCount: 10, candidatesTokenCount: 4, thoughtsTokenCount: 30 },
      { inputTokens: 10, outputTokens: 34, reasoningTokens: 30 },
    ],
    [
      'cached',
      { promptTokenCount: 10, candidatesTokenCount: 4, cachedContentTokenCount: 8 },
      { inputTokens: 10, outputTokens: 4, cachedTokens: 8 },
    ],
    [
      'with what tools at Google showed the model',
      { promptTokenCount: 10, candidatesTokenCount: 4, toolUsePromptTokenCount: 5, totalTokenCount: 19 },
      { inputTokens: 15, outputTokens: 4 },
    ],
  ])('%s is read', (_, usageMetadata, expected) => {
    expect(geminiOutbound.readUsage({ usageMetadata })).toEqual({ ...none, ...expected })
  })

  it.each([
    [{}],
    [{ usageMetadata: null }],
    [{ usageMetadata: { trafficType: 'ON_DEMAND' } }],
    [[]],
    ['text'],
  ])('is not found in %j', (body) => {
    expect(geminiOutbound.readUsage(body)).toBeUndefined()
  })
})

describe('why an answer ended', () => {
  const called = [{ functionCall: { name: 'f', args: {} } }]
  it.each([
    [[], 'STOP', 'stop'],
    [called, 'STOP', 'tool-calls'],
    [[], 'MAX_TOKENS', 'length'],
    [called, 'MAX_TOKENS', 'length'],
    [[], 'SAFETY', 'content-filter'],
    [[], 'LANGUAGE', 'content-filter'],
    [[], 'IMAGE_SAFETY', 'content-filter'],
    [[], 'MALFORMED_FUNCTION_CALL', 'error'],
    [[], 'UNEXPECTED_TOOL_CALL', 'error'],
    [[], 'NEVER_SEEN_BEFORE', 'other'],
  ])('%j and %s is %s', (parts, raw, reason) => {
    expect(finishOf(parts, raw)).toEqual({ reason, raw })
  })

  it('is the filter where the prompt was blocked, whatever it is called', () => {
    const { choices } = geminiOutbound.parseResponse({ promptFeedback: { blockReason: 'JAILBREAK' } })
    expect(choices).toEqual([
      { index: 0, content: [], finish: { reason: 'content-filter', raw: 'JAILBREAK' } },
    ])
  })
})

describe('calls', () => {
  it('have numbers that rise over chunks, and ids that are made of the answer where they have none', () => {
    const call = { functionCall: { name: 'f', args: { x: 1 } } }
    const events = parse(answer([call, call]), answer([call], stop))
    const starts = events.filter((event) => event.type === 'tool-call-start')
    expect(starts.map((event) => event.call)).toEqual([0, 1, 2])
    expect(starts.map((event) => event.id)).toEqual([
      'call_Rsp-1_a_0_0',
      'call_Rsp-1_a_0_1',
      'call_Rsp-1_a_0_2',
    ])
    expect(events.filter((event) => event.type === 'tool-call-delta')).toEqual(
      [0, 1, 2].map((each) => ({ type: 'tool-call-delta', choice: 0, call: each, arguments: '{"x":1}' })),
    )
  })

  it('have their signature, and the name that was sent', () => {
    const part = { functionCall: { id: 'fc-1', name: 'my_tool', args: {} }, thoughtSignature: 'c2ln' }
    expect(parse(answer([part], stop))).toContainEqual({
      type: 'tool-call-start',
      choice: 0,
      call: 0,
      id: 'fc-1',
      name: 'my_tool',
      opaque: { dialect: 'gemini', data: 'c2ln' },
    })
  })

  it('are cut off where their arguments stopped coming', () => {
    const partialArgs = [{ jsonPath: '$.x', stringValue: 'ab', willContinue: true }]
    const events = parse(
      answer([{ functionCall: { name: 'f', willContinue: true, partialArgs } }]),
      answer([], { finishReason: 'MAX_TOKENS' }),
    )
    expect(events.map((event) => event.type)).not.toContain('tool-call-delta')
    expect(events).toContainEqual(expect.objectContaining({ type: 'choice-finish' }))
  })

  it('may name any place in their arguments without reaching out of them', () => {
    const partialArgs = [
      { jsonPath: '$.__proto__.polluted', boolValue: true },
      { jsonPath: '$.list[4000000000]', numberValue: 1 },
      { jsonPath: '$.list.constructor', numberValue: 2 },
      { jsonPath: 'nowhere', numberValue: 3 },
    ]
    const events = parse(answer([{ functionCall: { name: 'f', partialArgs } }], stop))
    expect(events).toContainEqual({
      type: 'tool-call-delta',
      choice: 0,
      call: 0,
      arguments: '{"__proto__":{"polluted":true},"list":[2]}',
    })
    expect({}).not.toHaveProperty('polluted')
  })
})

describe('a stream', () => {
  it('begins once, whether or not the answer has a name', () => {
    const nameless = { candidates: [{ content: { parts: [{ text: 'a' }] } }], modelVersion: 'm' }
    expect(parse(nameless, nameless).filter((event) => event.type === 'response-start')).toEqual([
      { type: 'response-start', id: '', model: 'm', createdAt: 0 },
    ])
  })

  it('finishes at its end, with the last reason that was given', () => {
    const events = parse(
      answer([{ text: 'a' }], { finishReason: 'MAX_TOKENS' }),
      answer([{ text: 'b' }], stop),
      answer([{ text: 'c' }]),
    )
    expect(events.map((event) => event.type)).toEqual([
      'response-start',
      'text-delta',
      'usage-report',
      'text-delta',
      'usage-report',
      'text-delta',
      'usage-report',
      'choice-finish',
      'response-end',
    ])
    expect(events.at(-2)).toMatchObject({ finish: { reason: 'stop', raw: 'STOP' } })
  })

  it('that fails after it finished has failed, and nothing after that is read', () => {
    const error = { error: { code: 503, message: 'Overloaded', status: 'UNAVAILABLE' } }
    expect(parse(answer([{ text: 'a' }], stop), error, answer([{ text: 'b' }], stop)).slice(3)).toEqual([
      {
        type: 'stream-error',
        complaint: { message: 'Overloaded', code: '503', type: 'UNAVAILABLE', body: error.error },
      },
    ])
  })

  it('that is an error from the beginning is one, in a list or as an event of that name', () => {
    const error = { error: { code: 429, message: 'Quota', status: 'RESOURCE_EXHAUSTED' } }
    expect(parse([error])).toMatchObject([{ type: 'stream-error', complaint: { message: 'Quota' } }])
    const parser = geminiOutbound.parseStream()
    expect(parser.push({ event: 'error', data: 'gone' })).toMatchObject([{ complaint: { message: 'gone' } }])
  })
})

describe('a whole answer', () => {
  it('may be an error that came with a good status', () => {
    const error = { code: 500, message: 'Gone', status: 'INTERNAL' }
    expect(geminiOutbound.readComplaint({ error })?.message).toBe('Gone')
    expect(geminiOutbound.readComplaint([{ error }])?.message).toBe('Gone')
    expect(geminiOutbound.readComplaint(answer([], stop))).toBeUndefined()
  })

  it('has the log probabilities in the form of OpenAI', () => {
    const logprobsResult = {
      chosenCandidates: [{ token: 'é', tokenId: 7, logProbability: -0.5 }],
      topCandidates: [{ candidates: [{ token: 'e', logProbability: -2 }] }],
    }
    const body = answer([{ text: 'é' }], { ...stop, logprobsResult })
    expect(geminiOutbound.parseResponse(body).choices[0]?.logprobs).toEqual([
      {
        token: 'é',
        logprob: -0.5,
        bytes: [195, 169],
        top_logprobs: [{ token: 'e', logprob: -2, bytes: [101] }],
      },
    ])
  })
})
