import { describe, expect, it } from 'vitest'
import type { ChatEvent, Finish } from '../../../src/chat/events.ts'
import { foldEvents } from '../../../src/chat/fold.ts'
import { isJsonObject, type JsonObject } from '../../../src/chat/json.ts'
import { geminiInbound } from '../../../src/dialects/gemini/inbound.ts'
import type { Served } from '../../../src/dialects/dialect.ts'
import { anyRequest } from '../../any-request.ts'

const start: ChatEvent = { type: 'response-start', id: 'r-1', model: 'm-1', createdAt: 0 }
const usage = {
  inputTokens: 10,
  outputTokens: 7,
  cachedTokens: 4,
  cacheWriteTokens: 0,
  reasoningTokens: 2,
}
const head = { modelVersion: 'm-1', responseId: 'r-1' }

function finish(reason: Finish['reason'], raw = ''): ChatEvent {
  return { type: 'choice-finish', choice: 0, finish: { reason, raw } }
}

/** A call whose arguments come letter by letter. */
function call(text: string, id = 'a'): ChatEvent[] {
  const index = id.charCodeAt(0)
  const letters = text.split('')
  return [
    { type: 'tool-call-start', choice: 0, call: index, id, name: 'f' },
    ...letters.map((letter): ChatEvent => ({
      type: 'tool-call-delta',
      choice: 0,
      call: index,
      arguments: letter,
    })),
  ]
}

function render(events: ChatEvent[], served?: Served): unknown[] {
  const renderer = geminiInbound.renderStream(anyRequest, served)
  const messages = [...events.flatMap((event) => renderer.push(event)), ...renderer.end()]
  return messages.map(({ data = '', ...rest }) => ({ ...rest, ...JSON.parse(data) }))
}

function chunk(parts: JsonObject[], more: JsonObject = {}, outside: JsonObject = {}): JsonObject {
  return { candidates: [{ content: { parts, role: 'model' }, index: 0, ...more }], ...head, ...outside }
}

/** What is said of the calls and the finish, whole; it must be the same in a stream. */
function ending(events: ChatEvent[]): unknown {
  const { candidates } = geminiInbound.renderResponse(foldEvents([start, ...events]), anyRequest)
  const [whole] = Array.isArray(candidates) ? candidates : []
  const streamed = render([start, ...events, { type: 'response-end' }])
  const finishReason = isJsonObject(whole) ? whole.finishReason : undefined
  expect(streamed.at(-1)).toMatchObject({ candidates: [{ finishReason }] })
  expect(JSON.stringify(streamed).includes('functionCall')).toBe(
    JSON.stringify(whole).includes('functionCall'),
  )
  return whole
}

describe('a stream for a client', () => {
  it('is answers with some more text each, and ends with the finish and the usage', () => {
    expect(
      render([
        start,
        { type: 'reasoning-delta', choice: 0, text: 'Hm.' },
        { type: 'text-delta', choice: 0, text: 'Fo' },
        { type: 'text-delta', choice: 0, text: '' },
        { type: 'refusal-delta', choice: 0, text: 'ur' },
        { type: 'usage-report', usage: { ...usage, outputTokens: 1 } },
        finish('stop'),
        { type: 'usage-report', usage },
        { type: 'response-end' },
      ]),
    ).toEqual([
      chunk([{ text: 'Hm.', thought: true }]),
      chunk([{ text: 'Fo' }]),
      chunk([{ text: 'ur' }]),
      chunk(
        [{ text: '' }],
        { finishReason: 'STOP' },
        {
          usageMetadata: {
            promptTokenCount: 10,
            candidatesTokenCount: 5,
            totalTokenCount: 17,
            cachedContentTokenCount: 4,
            thoughtsTokenCount: 2,
          },
        },
      ),
    ])
  })

  it('has calls whole in its last chunk, however their fragments came', () => {
    const [first, ...rest] = call('{"x":1}', 'a')
    const other = call('', 'b')
    expect(
      render([
        start,
        ...(first ? [first] : []),
        ...other,
        ...rest,
        finish('tool-calls'),
        { type: 'response-end' },
      ]),
    ).toEqual([
      chunk(
        [
          { functionCall: { id: 'a', name: 'f', args: { x: 1 } } },
          { functionCall: { id: 'b', name: 'f', args: {} } },
        ],
        { finishReason: 'STOP' },
      ),
    ])
  })

  it('does not end where the provider did not: no finish, and no call that may be cut', () => {
    const text: ChatEvent = { type: 'text-delta', choice: 0, text: 'Hi' }
    expect(render([start, text, ...call('{}'), finish('stop')])).toEqual([chunk([{ text: 'Hi' }])])
  })

  it('has an image as it comes', () => {
    const file = {
      type: 'file' as const,
      kind: 'image' as const,
      mediaType: 'image/png',
      source: { type: 'base64' as const, data: 'iVBO' },
    }
    expect(render([start, { type: 'file-attach', choice: 0, file }])).toEqual([
      chunk([{ inlineData: { mimeType: 'image/png', data: 'iVBO' } }]),
    ])
  })

  it('has the time at which the provider was called where it says none', () => {
    const served = { provider: 'p', model: 'm', at: Date.UTC(2026, 10, 21) }
    const text: ChatEvent = { type: 'text-delta', choice: 0, text: 'Hi' }
    expect(render([start, text], served)).toMatchObject([{ createTime: '2026-11-21T00:00:00.000Z' }])
    expect(render([{ ...start, createdAt: 1000 }, text], served)).toMatchObject([
      { createTime: '1970-01-01T00:00:01.000Z' },
    ])
  })
})

describe('a call for a client', () => {
  const functionCall = { id: 'a', name: 'f', args: { x: 1 } }

  it('is left out where it was cut, and the finish says why', () => {
    expect(ending([...call('{"x":1}'), ...call('{"x":', 'b'), finish('length', 'max_tokens')])).toEqual({
      content: { parts: [{ functionCall }], role: 'model' },
      finishReason: 'MAX_TOKENS',
      index: 0,
    })
    expect(ending([...call('{"x":'), finish('tool-calls')])).toMatchObject({
      content: { parts: [] },
      finishReason: 'MALFORMED_FUNCTION_CALL',
    })
    expect(ending([...call('{"x":'), finish('content-filter')])).toMatchObject({ finishReason: 'SAFETY' })
  })

  it('without arguments is whole, unless the answer was cut', () => {
    expect(ending([...call(''), finish('tool-calls')])).toMatchObject({
      content: { parts: [{ functionCall: { args: {} } }] },
      finishReason: 'STOP',
    })
    expect(ending([...call(''), finish('length')])).toMatchObject({
      content: { parts: [] },
      finishReason: 'MAX_TOKENS',
    })
  })
})

describe('the finish for a client', () => {
  it.each<[Finish['reason'], string, string]>([
    ['stop', 'end_turn', 'STOP'],
    ['tool-calls', 'tool_use', 'STOP'],
    ['length', 'max_tokens', 'MAX_TOKENS'],
    ['content-filter', 'content_filter', 'SAFETY'],
    ['content-filter', 'RECITATION', 'RECITATION'],
    ['refusal', 'refusal', 'SAFETY'],
    ['error', 'error', 'OTHER'],
    ['error', 'MALFORMED_FUNCTION_CALL', 'MALFORMED_FUNCTION_CALL'],
    ['other', 'pause_turn', 'OTHER'],
  ])('of %s (%s) is %s', (reason, raw, expected) => {
    expect(ending([finish(reason, raw)])).toMatchObject({ finishReason: expected })
  })
})
