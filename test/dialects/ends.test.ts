/** What counts as an answer, and where it ends, in every dialect that a provider speaks. */
import type { DialectId } from '../../src/domain/dialects.ts'
import { describe, expect, it } from 'vitest'
import type { ChatEvent } from '../../src/chat/events.ts'
import type { Json, JsonObject } from '../../src/chat/json.ts'
import type { Outbound } from '../../src/dialects/dialect.ts'
import { inbound, outbound } from '../../src/dialects/index.ts'
import { Relay } from '../../src/gateway/stream-transform.ts'
import { SseDecoder } from '../../src/http/sse.ts'
import { anyRequest } from '../any-request.ts'

const data = (value: Json): string => `data: ${JSON.stringify(value)}\n\n`

interface Sample {
  /**
   * A stream up to its last text, what says that it finished, and the last event; '' where there is
   * none.
   */
  begin: string
  finish: string
  end: string
  /** The same with another id. */
  another: string
  /** Bodies that are no answer, and such as stayed empty and are one. */
  nothing: JsonObject[]
  empty: JsonObject[]
}

const usage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }
const chunk = (id: string, delta: JsonObject, finish: string | null = null): string =>
  data({ id, choices: [{ index: 0, delta, finish_reason: finish }] })
const chat = (id: string) => chunk(id, { content: 'Hi' }) + chunk(id, { content: ' you' })
const messages = (id: string) =>
  data({ type: 'message_start', message: { id, model: 'm', content: [] } }) +
  data({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }) +
  data({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi you' } })
const responses = (id: string) =>
  data({ type: 'response.created', response: { id } }) +
  data({ type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'Hi you' })
const candidate = (responseId: string, text: string, finishReason?: string): string =>
  data({
    responseId,
    candidates: [{ index: 0, content: { parts: [{ text }] }, ...(finishReason && { finishReason }) }],
  })
const gemini = (id: string) => candidate(id, 'Hi') + candidate(id, ' you')
const cohere = (id: string) =>
  data({ type: 'message-start', id }) +
  data({ type: 'content-delta', index: 0, delta: { message: { content: { text: 'Hi you' } } } })

const samples: Partial<Record<DialectId, Sample>> = {
  'openai-chat': {
    begin: chat('a'),
    finish: chunk('a', {}, 'stop'),
    end: 'data: [DONE]\n\n',
    another: chat('b'),
    nothing: [
      { choices: [], usage },
      { choices: null },
      { choices: [{}] },
      { object: 'chat.completion', id: 'x' },
    ],
    empty: [
      { choices: [{ index: 0, message: { role: 'assistant', content: '' }, finish_reason: 'stop' }], usage },
      { choices: [{ index: 0, finish_reason: 'content_filter' }] },
    ],
  },
  anthropic: {
    begin: messages('a'),
    finish: data({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } }),
    end: data({ type: 'message_stop' }),
    another: messages('b'),
    nothing: [
      { type: 'message', content: [] },
      { type: 'message', content: null, stop_reason: null },
    ],
    empty: [{ type: 'message', content: [], stop_reason: 'end_turn' }],
  },
  'openai-responses': {
    begin: responses('a'),
    finish: '',
    end: data({ type: 'response.completed', response: { id: 'a', status: 'completed', output: [] } }),
    another: responses('b'),
    nothing: [{ object: 'response', id: 'x' }, { output: null, status: 'completed' }, { output: [] }],
    empty: [
      { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' }, output: [] },
      { status: 'queued', output: [] },
    ],
  },
  gemini: {
    begin: gemini('a'),
    finish: candidate('a', '', 'STOP'),
    end: '',
    another: gemini('b'),
    nothing: [{ candidates: [] }, { usageMetadata: { promptTokenCount: 3 } }, { candidates: [{ index: 0 }] }],
    empty: [
      { promptFeedback: { blockReason: 'SAFETY' } },
      { candidates: [{ content: { role: 'model' }, finishReason: 'STOP' }] },
    ],
  },
  cohere: {
    begin: cohere('a'),
    finish: data({ type: 'message-end', delta: { finish_reason: 'COMPLETE' } }),
    end: 'data: [DONE]\n\n',
    another: cohere('b'),
    nothing: [{ id: 'x' }, { message: {} }],
    empty: [{ id: 'x', message: { role: 'assistant', content: [] }, finish_reason: 'COMPLETE' }],
  },
}

const cases = Object.entries(samples).map(([id, sample]): [string, Outbound, Sample] => {
  const speaker = Object.values(outbound).find((each) => each.id === id)
  if (!speaker) throw new Error(id)
  return [id, speaker, sample]
})

function parse(speaker: Outbound, sse: string): ChatEvent[] {
  const decoder = new SseDecoder()
  const parser = speaker.parseStream()
  const all = [...decoder.push(sse), ...decoder.end()]
  return [...all.flatMap((message) => parser.push(message)), ...parser.end()]
}

/** What came of a stream: how it ended, and its text. */
function outcome(speaker: Outbound, sse: string): [end: string | undefined, text: string] {
  const events = parse(speaker, sse)
  const end = events.findLast(({ type }) => type === 'response-end' || type === 'stream-error')
  return [end?.type, events.flatMap((event) => (event.type === 'text-delta' ? [event.text] : [])).join('')]
}

const noise = [
  '[DONE]',
  'upstream connect error',
  'null',
  '[]',
  '42',
  '"ok"',
  '{"message":"Still working on it."}',
  '{"msg": "queued", "request_id": "r1"}',
]

describe.each(cases)(
  'the end of an answer in %s',
  (id, speaker, { begin, finish, end, another, nothing, empty }) => {
    const whole = begin + finish + end

    it.each([
      ...noise.map((words) => `data: ${words}\n\n`),
      'data: {"broken":\n\n',
      'event: error\ndata: {"error":{"message":"gone"}}\n\n',
      data({ error: { message: 'gone' } }),
      another,
    ])('is the last that is read (%j after it)', (after) => {
      // Where nothing marks the end, an error after it is one, and so is another answer.
      if (end === '' && (after === another || after.includes('gone'))) return
      expect(outcome(speaker, whole + after)).toEqual(['response-end', 'Hi you'])
      if (id === 'cohere') return
      const relay = new Relay(speaker, true)
      const text = relay.push(new TextEncoder().encode(whole + after)) + relay.end()
      expect(text).toBe(whole)
      expect(relay.seen).toMatchObject({ complete: true })
      expect(relay.seen.complaint).toBeUndefined()
    })

    it.each(noise)('is not spoilt by %s before it', (words) => {
      // At these two the mark is the end.
      if (words === '[DONE]' && (id === 'openai-chat' || id === 'cohere')) return
      const line = `data: ${words}\n\n`
      expect(outcome(speaker, line + begin + line + finish + line + end)).toEqual(['response-end', 'Hi you'])
      const relay = new Relay(speaker, true)
      const text = relay.push(new TextEncoder().encode(begin + line + finish + end)) + relay.end()
      expect(relay.seen.complaint).toBeUndefined()
      // Some servers set the mark in Responses, and its SDKs know it.
      if (words !== '[DONE]' && id !== 'cohere') expect(text).toBe(whole)
    })

    it('is missing where noise comes in its place, which then says why', () => {
      const sse = `${begin}data: upstream connect error\n\n`
      expect(parse(speaker, sse).at(-1)).toMatchObject({
        type: 'stream-error',
        complaint: { body: 'upstream connect error' },
      })
      const relay = new Relay(speaker, true)
      relay.push(new TextEncoder().encode(sse))
      relay.end()
      expect(relay.seen).toMatchObject({ complete: false, complaint: { body: 'upstream connect error' } })
    })

    it('is an error where an event is broken, since something of the answer is lost', () => {
      expect(outcome(speaker, `${begin}data: {"half":\n\n${finish}${end}`)[0]).toBe('stream-error')
    })

    it('is an error where a second answer begins', () => {
      expect(outcome(speaker, begin + another + finish + end)[0]).toBe('stream-error')
      // The same head twice is one answer.
      const [head = ''] = begin.split('\n\n')
      if (id !== 'openai-chat' && id !== 'gemini')
        expect(outcome(speaker, `${head}\n\n${whole}`)).toEqual(['response-end', 'Hi you'])
    })

    it('comes with an answer', () => {
      expect([{}, ...nothing].filter((body) => speaker.isAnswer(body))).toEqual([])
      expect(empty.filter((body) => !speaker.isAnswer(body))).toEqual([])
      expect(empty.filter((body) => speaker.readComplaint(body))).toEqual([])
    })
  },
)

it('is one answer where a server makes up an id for each chunk', () => {
  const [, speaker] = cases[0] ?? []
  if (!speaker) throw new Error('no dialect')
  const words = ['one', 'two', 'three'].map((word) => chunk(`id-${word}`, { content: word }))
  const sse = [
    ...words,
    chunk('id-end', {}, 'stop'),
    data({ id: 'id-usage', choices: [], usage }),
    'data: [DONE]\n\n',
  ]
  expect(outcome(speaker, sse.join(''))).toEqual(['response-end', 'onetwothree'])
})

describe('an error in a 200', () => {
  const bodies: [JsonObject, string][] = [
    [{ success: false, message: 'engine exhausted', code: 500 }, 'engine exhausted'],
    [{ success: false, choices: [{ message: { content: 'x' } }], message: 'no' }, 'no'],
    [{ code: 1113, msg: 'balance is empty' }, 'balance is empty'],
    [{ error_code: 17, error_msg: 'daily limit' }, 'daily limit'],
    [{ success: false, errors: [{ code: 7, message: 'no route' }], result: null }, 'no route'],
  ]
  it.each(bodies)('is read of %j in every dialect, whole and in a stream', (body, words) => {
    for (const [id, speaker] of cases) {
      expect(speaker.readComplaint(body)?.message, id).toBe(words)
      expect(outcome(speaker, data(body))[0], id).toBe('stream-error')
      const glimpse = speaker.glimpse({ data: JSON.stringify(body) })
      expect(glimpse.complaint?.message, id).toBe(words)
    }
  })
})

describe('an end that no table knows', () => {
  const answer = (finishReason: string, finishMessage?: string, text?: string) => ({
    candidates: [
      {
        finishReason,
        ...(finishMessage && { finishMessage }),
        ...(text && { content: { parts: [{ text }] } }),
      },
    ],
  })
  const rendered = (body: JsonObject, client: DialectId): JsonObject => {
    const response = outbound.gemini?.parseResponse(body)
    const listener = inbound[client]
    if (!response || !listener) throw new Error(client)
    return listener.renderResponse(response, anyRequest)
  }

  it.each(['MODEL_ARMOR', 'OTHER', 'FINISH_REASON_UNSPECIFIED', 'NEWLY_MADE_UP'])(
    'is not "stop": %s',
    (word) => {
      for (const text of [undefined, 'Half a sen']) {
        const body = answer(word, 'The response violated Responsible AI settings.', text)
        expect(rendered(body, 'openai-chat')).toMatchObject({
          choices: [{ finish_reason: 'content_filter' }],
        })
        expect(rendered(body, 'anthropic')).toMatchObject({ stop_reason: 'refusal' })
        expect(rendered(body, 'openai-responses')).toMatchObject({ status: 'incomplete' })
        const said = JSON.stringify(rendered(body, 'openai-chat'))
        expect(said.includes('violated Responsible AI')).toBe(text === undefined)
      }
    },
  )

  it.each([
    ['end_turn', 'stop'],
    ['STOP', 'stop'],
    ['MAX_TOKENS', 'length'],
    ['tool_use', 'tool-calls'],
    ['Safety', 'content-filter'],
  ])('is not a word of another dialect that a relay passes on: %s', (word, reason) => {
    const body = { choices: [{ index: 0, message: { content: 'Hi' }, finish_reason: word }] }
    expect(outbound['openai-chat']?.parseResponse(body).choices[0]?.finish.reason).toBe(reason)
  })
})
