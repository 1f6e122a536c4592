import { describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '../../../src/chat/json.ts'
import type { ChatRequest } from '../../../src/chat/request.ts'
import type { Upstream } from '../../../src/dialects/dialect.ts'
import { wrapState } from '../../../src/dialects/opaque-state.ts'
import { openaiResponsesInbound } from '../../../src/dialects/openai-responses/inbound.ts'
import { openaiResponsesOutbound } from '../../../src/dialects/openai-responses/outbound.ts'
import { readRecordings } from '../../recordings.ts'

/** The call for a client of this dialect. */
function call(fields: JsonObject, upstream: Partial<Upstream> = {}, change: Partial<ChatRequest> = {}) {
  const request = openaiResponsesInbound.parseRequest({ model: 'hub-name', input: 'Hello', ...fields })
  return openaiResponsesOutbound.buildCall(
    { ...request, ...change },
    { baseUrl: 'https://p.example/v1', model: 'theirs', quirks: {}, ...upstream },
  )
}

describe('the call for a client of this dialect', () => {
  it('goes to the path of the dialect under the base URL', () => {
    expect(call({}).url).toBe('https://p.example/v1/responses')
  })

  it('names the model of the provider and leaves out what is meant for the hub', () => {
    expect(call({ hub: { cache: true }, unknown: 1 }).body).toEqual({
      model: 'theirs',
      input: 'Hello',
      unknown: 1,
    })
  })

  it('asks for a stream where the pipeline wants one, and only there', () => {
    expect(call({}, {}, { stream: true }).body.stream).toBe(true)
    const options = { stream: true, stream_options: { include_obfuscation: false } }
    expect(call(options).body).toMatchObject(options)
    expect(call(options, {}, { stream: false }).body).toEqual({
      model: 'theirs',
      input: 'Hello',
      stream: false,
    })
  })

  it('writes the output limit that a budget set, and never one that is refused', () => {
    expect(call({ max_output_tokens: 50 }, {}, { maxOutputTokens: 20 }).body.max_output_tokens).toBe(20)
    expect(call({}, {}, { maxOutputTokens: 3 }).body.max_output_tokens).toBe(16)
    expect(call({ max_output_tokens: 3 }).body.max_output_tokens).toBe(3)
  })

  it('leaves out what the model or the provider refuses, and names it where the client had set it', () => {
    const fields = { temperature: 0.5, top_p: null, truncation: 'auto', tools: [{ type: 'web_search' }] }
    const quirks = { refuses: ['truncation'], renames: { user: 'end_user' }, singleToolCalls: true as const }
    const { body, dropped } = call({ ...fields, user: 'u' }, { facts: { sampling: false }, quirks })
    expect(dropped).toEqual(['truncation', 'temperature'])
    expect(body).toEqual({
      model: 'theirs',
      input: 'Hello',
      tools: [{ type: 'web_search' }],
      end_user: 'u',
      parallel_tool_calls: false,
    })
  })

  it('takes out what the hub put into the history, and nothing else', () => {
    const theirs = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAAAA' }
    const foreign = wrapState({ opaque: { dialect: 'anthropic', data: 's' }, text: 'Hm.' })
    const message = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'hub1-' }] }
    const made = { type: 'function_call', call_id: 'a', name: 'f', arguments: '{}' }
    const input: Json[] = [
      { type: 'reasoning', summary: [], encrypted_content: foreign },
      { type: 'reasoning', id: 'rs_hub_r_0', summary: [{ type: 'summary_text', text: 'Hm.' }] },
      { id: 'msg_hub_r_1', ...message },
      theirs,
      { id: 'fc_1', ...made },
      { id: 'fc_hub_r_2', ...made },
      { type: 'item_reference', id: 'msg_hub_r_1' },
    ]
    expect(call({ input }).body.input).toEqual([
      message,
      theirs,
      { id: 'fc_1', ...made },
      made,
      { type: 'item_reference', id: 'msg_hub_r_1' },
    ])
  })
})

const recorded = readRecordings()
  .filter(({ api }) => api === 'openai-responses')
  .flatMap(({ name, exchanges }) =>
    exchanges.flatMap(({ request }, turn) =>
      request ? [{ name: `${name} #${turn}`, body: request.body }] : [],
    ),
  )

if (recorded.length > 0)
  describe('a recorded conversation', () => {
    it.each(recorded)('$name reaches the provider byte for byte', ({ body }) => {
      const request = openaiResponsesInbound.parseRequest(body)
      const upstream = { baseUrl: 'u', model: request.model, quirks: {} }
      expect(JSON.stringify(openaiResponsesOutbound.buildCall(request, upstream).body)).toBe(
        JSON.stringify(body),
      )
    })
  })
