/**
 * Identifiers of 19 digits in tool calls and their results, from every client to every provider and
 * back.
 */
import type { DialectId } from '../../src/domain/dialects.ts'
import { describe, expect, it } from 'vitest'
import { parseExactly } from '../../src/chat/exact-json.ts'
import { foldEvents } from '../../src/chat/fold.ts'
import { inbound, outbound } from '../../src/dialects/index.ts'

const id = '2512292042121000001'
const args = `{"id":${id}}`

/** A history with a call, as each client writes it. */
const histories: Partial<Record<DialectId, string>> = {
  'openai-chat': `{"model":"m","messages":[{"role":"user","content":"Look."},{"role":"assistant","tool_calls":[{"id":"call_1","type":"function","function":{"name":"find","arguments":${JSON.stringify(args)}}}]},{"role":"tool","tool_call_id":"call_1","content":${JSON.stringify(args)}}]}`,
  anthropic: `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"Look."},{"role":"assistant","content":[{"type":"tool_use","id":"call_1","name":"find","input":${args}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"call_1","content":${JSON.stringify(args)}}]}]}`,
  'openai-responses': `{"model":"m","input":[{"role":"user","content":"Look."},{"type":"function_call","call_id":"call_1","name":"find","arguments":${JSON.stringify(args)}},{"type":"function_call_output","call_id":"call_1","output":${JSON.stringify(args)}}]}`,
  gemini: `{"contents":[{"role":"user","parts":[{"text":"Look."}]},{"role":"model","parts":[{"functionCall":{"id":"call_1","name":"find","args":${args}}}]},{"role":"user","parts":[{"functionResponse":{"id":"call_1","name":"find","response":${args}}}]}]}`,
}

/** An answer that calls, as each provider writes it. */
const answers: Partial<Record<DialectId, string>> = {
  'openai-chat': `{"id":"a","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"find","arguments":${JSON.stringify(args)}}}]},"finish_reason":"tool_calls"}]}`,
  anthropic: `{"id":"a","type":"message","role":"assistant","model":"m","content":[{"type":"tool_use","id":"call_1","name":"find","input":${args}}],"stop_reason":"tool_use","usage":{"input_tokens":1,"output_tokens":1}}`,
  'openai-responses': `{"id":"a","object":"response","status":"completed","model":"m","output":[{"type":"function_call","id":"fc_1","call_id":"call_1","name":"find","arguments":${JSON.stringify(args)},"status":"completed"}]}`,
  gemini: `{"candidates":[{"content":{"role":"model","parts":[{"functionCall":{"id":"call_1","name":"find","args":${args}}}]},"finishReason":"STOP"}]}`,
}

/** @throws where a dialect that the table names is not spoken. */
function speaking<T>(half: T | undefined): T {
  if (half === undefined) throw new Error('The dialect is not there.')
  return half
}

const clients = Object.entries(histories)
const upstream = { baseUrl: 'https://provider.example/v1', model: 'm', quirks: {} }
const address = { model: 'm', stream: false }

describe.each(clients)('a client of %s', (client, history) => {
  const listener = speaking(inbound[client as DialectId])

  it.each(['openai-chat', 'anthropic', 'openai-responses', 'gemini', 'cohere'] as const)(
    'sends %s the number of a call and of its result',
    (dialect) => {
      const request = listener.parseRequest(parseExactly(history), address)
      const body = JSON.stringify(speaking(outbound[dialect]).buildCall(request, upstream).body)
      expect(body.match(/251229204212100000\d/g)).toEqual([id, id])
    },
  )

  it.each(Object.entries(answers))('gets the number from %s', (dialect, answer) => {
    const request = listener.parseRequest(parseExactly(history), address)
    const response = speaking(outbound[dialect as DialectId]).parseResponse(parseExactly(answer))
    expect(JSON.stringify(listener.renderResponse(response, request))).toContain(id)
    expect(JSON.stringify(listener.renderResponse(foldEvents([]), request))).not.toContain(id)
  })
})

it('a seed beyond 2⁵³ goes to a provider that takes one', () => {
  const body = parseExactly(
    '{"model":"m","seed":9223372036854775807,"messages":[{"role":"user","content":"x"}]}',
  )
  const request = speaking(inbound['openai-chat']).parseRequest(body)
  const call = speaking(outbound.gemini).buildCall(request, upstream)
  expect(JSON.stringify(call.body)).toContain('9223372036854775807')
})
