/** Calls and counts of answers, as vendors really write them. */
import type { DialectId } from '../../src/domain/dialects.ts'
import { describe, expect, it } from 'vitest'
import type { ChatEvent } from '../../src/chat/events.ts'
import { foldEvents } from '../../src/chat/fold.ts'
import type { Json, JsonObject } from '../../src/chat/json.ts'
import type { Outbound } from '../../src/dialects/dialect.ts'
import { inbound, outbound } from '../../src/dialects/index.ts'
import { Relay } from '../../src/gateway/stream-transform.ts'
import { SseDecoder } from '../../src/http/sse.ts'
import { anyRequest } from '../any-request.ts'

const data = (value: Json): string => `data: ${JSON.stringify(value)}\n\n`
const chunk = (id: string, delta: JsonObject, finish: string | null = null): string =>
  data({ id, choices: [{ index: 0, delta, finish_reason: finish }] })

function parse(speaker: Outbound, sse: string): ChatEvent[] {
  const decoder = new SseDecoder()
  const parser = speaker.parseStream()
  const all = [...decoder.push(sse), ...decoder.end()]
  return [...all.flatMap((message) => parser.push(message)), ...parser.end()]
}

/** The dialects that a history is written in. */
const speakers = Object.entries(outbound).filter(([id]) => id !== 'openai-embeddings')

describe('a call', () => {
  const call = (events: ChatEvent[]) =>
    foldEvents(events).choices[0]?.content.filter((part) => part.type === 'tool-call') ?? []
  const speak = (id: DialectId): Outbound => {
    const speaker = outbound[id]
    if (!speaker) throw new Error(id)
    return speaker
  }
  const fragment = (index: number, fields: JsonObject) => chunk('a', { tool_calls: [{ index, ...fields }] })

  it('keeps what came before its name', () => {
    const chatStream =
      fragment(0, { id: 'call_a', function: { arguments: '{"city":' } }) +
      fragment(1, { function: { arguments: '{"n"' } }) +
      fragment(0, { function: { name: 'weather', arguments: '"Oslo"}' } }) +
      fragment(1, { id: 'call_b', function: { name: 'count', arguments: ':1}' } }) +
      chunk('a', {}, 'tool_calls')
    expect(call(parse(speak('openai-chat'), `${chatStream}data: [DONE]\n\n`))).toMatchObject([
      { id: 'call_a', name: 'weather', arguments: '{"city":"Oslo"}' },
      { id: 'call_b', name: 'count', arguments: '{"n":1}' },
    ])
    const item = { type: 'function_call', call_id: 'call_a', name: 'weather' }
    const early = data({ type: 'response.function_call_arguments.delta', output_index: 0, delta: '{"city":' })
    const rest = data({ type: 'response.function_call_arguments.delta', output_index: 0, delta: '"Oslo"}' })
    const done = data({ type: 'response.completed', response: { status: 'completed', output: [] } })
    const added = data({ type: 'response.output_item.added', output_index: 0, item })
    expect(call(parse(speak('openai-responses'), early + added + rest + done))).toMatchObject([
      { id: 'call_a', name: 'weather', arguments: '{"city":"Oslo"}' },
    ])
    const piece = (fields: JsonObject) =>
      data({ type: 'tool-call-delta', index: 0, delta: { message: { tool_calls: fields } } })
    const cohereStream =
      piece({ id: 'call_a', function: { arguments: '{"city":' } }) +
      piece({ function: { name: 'weather', arguments: '"Oslo"}' } }) +
      data({ type: 'message-end', delta: { finish_reason: 'TOOL_CALL' } })
    expect(call(parse(speak('cohere'), cohereStream))).toMatchObject([
      { id: 'call_a', name: 'weather', arguments: '{"city":"Oslo"}' },
    ])
  })

  it.each([['null'], ['[]'], ['""'], [''], ['  '], ['nu', 'll'], ['[', ' ]']])(
    'has an empty object where its arguments are %j%j',
    (...pieces) => {
      const sse =
        fragment(0, { id: 'a', function: { name: 'now', arguments: '' } }) +
        pieces.map((text) => fragment(0, { function: { arguments: text } })).join('') +
        chunk('a', {}, 'tool_calls') +
        'data: [DONE]\n\n'
      expect(call(parse(speak('openai-chat'), sse))).toMatchObject([{ arguments: '{}' }])
      const tool = { id: 'a', type: 'function', function: { name: 'now', arguments: pieces.join('') } }
      const body = { choices: [{ message: { tool_calls: [tool] }, finish_reason: 'tool_calls' }] }
      const response = speak('openai-chat').parseResponse(body)
      expect(response.choices[0]?.content).toMatchObject([{ arguments: '{}' }])
      for (const client of Object.values(inbound)) {
        if (client.id === 'openai-embeddings' || client.id.startsWith('hub-')) continue
        const text = JSON.stringify(client.renderResponse(response, anyRequest))
        expect(text, client.id).not.toMatch(/MALFORMED|INVALID/)
      }
    },
  )

  it.each(['{"n":null}', '[1]', 'nullable', '"text"', '{}'])('keeps its other arguments: %s', (given) => {
    const pieces = given
      .split('')
      .map((text) => fragment(0, { function: { arguments: text } }))
      .join('')
    const sse = fragment(0, { id: 'a', function: { name: 'f' } }) + pieces + chunk('a', {}, 'tool_calls')
    expect(call(parse(speak('openai-chat'), `${sse}data: [DONE]\n\n`))).toMatchObject([{ arguments: given }])
  })

  it('that was cut off before its arguments is not one without any', () => {
    const sse = fragment(0, { id: 'a', function: { name: 'f', arguments: '' } }) + chunk('a', {}, 'length')
    expect(call(parse(speak('openai-chat'), `${sse}data: [DONE]\n\n`))).toMatchObject([{ arguments: '' }])
  })

  it.each(['null', '[]', '""', ''])(
    'is an empty object in the history of every provider where it is %j',
    (given) => {
      const history = {
        model: 'm',
        messages: [
          { role: 'user', content: 'When?' },
          {
            role: 'assistant',
            content: null,
            tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'now', arguments: given } }],
          },
          { role: 'tool', tool_call_id: 'call_1', content: '12:00' },
        ],
      }
      const parsed = inbound['openai-chat']?.parseRequest(history)
      if (!parsed) throw new Error('no chat')
      const request = { ...parsed, origin: { ...parsed.origin, dialect: 'hub-chat' as const } }
      for (const [id, speaker] of speakers) {
        const { body } = speaker.buildCall(request, { baseUrl: 'https://p.example', model: 'm', quirks: {} })
        const text = JSON.stringify(body)
        expect(text, id).toMatch(/"(?:arguments|input|args)":(?:"\{\}"|\{\})/)
        expect(text, id).not.toContain('INVALID_JSON')
      }
    },
  )

  it('that a program of the model makes stands in the head of the answer', () => {
    const head = {
      id: 'msg_1',
      model: 'claude',
      content: [
        { type: 'tool_use', id: 'toolu_1', name: 'roll', input: { sides: 6 }, caller: { type: 'code' } },
      ],
      stop_reason: 'tool_use',
      usage: { input_tokens: 3, output_tokens: 1 },
    }
    const sse = data({ type: 'message_start', message: head }) + data({ type: 'message_stop' })
    const events = parse(speak('anthropic'), sse)
    expect(call(events)).toMatchObject([{ id: 'toolu_1', name: 'roll', arguments: '{"sides":6}' }])
    expect(events.find(({ type }) => type === 'choice-finish')).toMatchObject({
      finish: { reason: 'tool-calls' },
    })
    const relay = new Relay(speak('anthropic'), true)
    relay.push(new TextEncoder().encode(sse))
    expect(relay.seen).toMatchObject({ content: true, finished: true })
  })
})

describe('usage', () => {
  const read = (counts: JsonObject) => outbound['openai-chat']?.readUsage({ usage: counts })

  it("has Mistral's cached tokens, and its audio as input and not as reasoning", () => {
    expect(
      read({ prompt_tokens: 900, completion_tokens: 5, total_tokens: 905, num_cached_tokens: 896 }),
    ).toMatchObject({
      cachedTokens: 896,
    })
    const audio = {
      prompt_tokens: 6,
      completion_tokens: 15,
      total_tokens: 396,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 375 },
    }
    expect(read(audio)).toMatchObject({ inputTokens: 381, outputTokens: 15, reasoningTokens: 0 })
  })

  it('has reasoning that only the total holds', () => {
    expect(read({ prompt_tokens: 6, completion_tokens: 15, total_tokens: 121 })).toMatchObject({
      outputTokens: 115,
      reasoningTokens: 100,
    })
  })
})
