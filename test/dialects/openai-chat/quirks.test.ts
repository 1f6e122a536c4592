import { describe, expect, it } from 'vitest'
import { isJsonObject, type JsonObject } from '../../../src/chat/json.ts'
import type { Quirks } from '../../../src/dialects/dialect.ts'
import { openaiChatInbound } from '../../../src/dialects/openai-chat/inbound.ts'
import { openaiChatOutbound } from '../../../src/dialects/openai-chat/outbound.ts'
import { shortId } from '../../../src/dialects/fit/short-id.ts'

const hello = { role: 'user', content: 'Hello' }
const tools = [{ type: 'function', function: { name: 'f' } }]

function call(fields: JsonObject, quirks: Quirks) {
  const request = openaiChatInbound.parseRequest({ model: 'hub-name', messages: [hello], ...fields })
  return openaiChatOutbound.buildCall(request, { baseUrl: 'https://p.example/v1', model: 'theirs', quirks })
}

function assistant(fields: JsonObject, quirks: Quirks): unknown {
  const { messages } = call(
    { messages: [hello, { role: 'assistant', content: 'Hi', ...fields }] },
    quirks,
  ).body
  return Array.isArray(messages) ? messages[1] : undefined
}

function toolCall(id: string) {
  return { id, type: 'function', function: { name: 'f', arguments: '{}' } }
}

describe('quirks', () => {
  it('drops the fields that are refused and names those that were set', () => {
    const quirks = { refuses: ['logit_bias', 'seed', 'store', 'n'] }
    const { body, dropped } = call({ logit_bias: { 1: 2 }, seed: 0, store: null }, quirks)
    expect(dropped).toEqual(['logit_bias', 'seed'])
    expect(body).toEqual({ model: 'theirs', messages: [hello] })
  })

  it('renames fields', () => {
    expect(call({ seed: 7 }, { renames: { seed: 'random_seed' } }).body).toEqual({
      model: 'theirs',
      messages: [hello],
      random_seed: 7,
    })
    expect(call({}, { renames: { seed: 'random_seed' } }).body).not.toHaveProperty('random_seed')
  })

  it.each([
    [{ max_completion_tokens: 5 }, 'max_tokens', { max_tokens: 5 }],
    [{ max_tokens: 5 }, 'max_completion_tokens', { max_completion_tokens: 5 }],
    [{ max_tokens: 5 }, 'max_tokens', { max_tokens: 5 }],
    [{}, 'max_tokens', {}],
  ] as const)('puts the limit %j under %s', (fields, outputLimit, expected) => {
    expect(call(fields, { outputLimit }).body).toEqual({ model: 'theirs', messages: [hello], ...expected })
  })

  it('says system for developer', () => {
    const messages = [{ role: 'developer', content: 'Be brief.' }, hello]
    expect(call({ messages }, { systemRole: true }).body.messages).toEqual([
      { role: 'system', content: 'Be brief.' },
      hello,
    ])
  })

  it('sends no stream options where they are refused, and drops them without a word', () => {
    const { body, dropped } = call(
      { stream: true, stream_options: { include_usage: true } },
      { noStreamOptions: true },
    )
    expect(body).toEqual({ model: 'theirs', messages: [hello], stream: true })
    expect(dropped).toEqual([])
  })

  it("has the provider's own word for a required tool", () => {
    expect(call({ tools, tool_choice: 'required' }, { requiredToolChoice: 'any' }).body.tool_choice).toBe(
      'any',
    )
    expect(call({ tools, tool_choice: 'auto' }, { requiredToolChoice: 'any' }).body.tool_choice).toBe('auto')
  })

  it('forbids parallel calls only where there are tools', () => {
    expect(call({ tools }, { singleToolCalls: true }).body.parallel_tool_calls).toBe(false)
    expect(call({ tools: [] }, { singleToolCalls: true }).body).not.toHaveProperty('parallel_tool_calls')
  })

  it('leaves out names of messages, but not of function results', () => {
    const messages = [
      { ...hello, name: 'ada' },
      { role: 'function', name: 'f', content: 'x' },
    ]
    expect(call({ messages }, { noMessageName: true }).body.messages).toEqual([hello, messages[1]])
  })

  it('asks for any JSON where a schema is unknown, puts the schema into words, and says so', () => {
    const response_format = { type: 'json_schema', json_schema: { name: 'city', schema: { type: 'object' } } }
    const { body, dropped } = call({ response_format }, { noJsonSchema: true })
    const instruction = 'Answer with a JSON object that conforms to this JSON Schema:\n{"type":"object"}'
    expect(body.response_format).toEqual({ type: 'json_object' })
    expect(body.messages).toEqual([{ role: 'system', content: instruction }, hello])
    expect(dropped).toEqual(['response_format.json_schema'])

    const messages = [{ role: 'system', content: 'Be brief.' }, hello]
    const merged = call({ response_format, messages }, { noJsonSchema: true }).body.messages
    expect(merged).toEqual([{ role: 'system', content: `Be brief.\n\n${instruction}` }, hello])
  })

  it('makes short ids that still pair calls with results, and leaves short ones alone', () => {
    const messages = [
      hello,
      {
        role: 'assistant',
        content: null,
        tool_calls: [toolCall('call_long_enough_to_be_refused'), toolCall('Ab3dE6gH9')],
      },
      { role: 'tool', tool_call_id: 'call_long_enough_to_be_refused', content: '1' },
      { role: 'tool', tool_call_id: 'Ab3dE6gH9', content: '2' },
    ]
    const sent = call({ messages }, { shortToolCallIds: true }).body.messages
    const ids = (Array.isArray(sent) ? sent : [])
      .filter(isJsonObject)
      .flatMap((message) => [
        ...(Array.isArray(message.tool_calls)
          ? message.tool_calls.filter(isJsonObject).map(({ id }) => id)
          : []),
        ...(message.tool_call_id === undefined ? [] : [message.tool_call_id]),
      ])
    expect(ids).toEqual([ids[0], 'Ab3dE6gH9', ids[0], 'Ab3dE6gH9'])
    expect(ids[0]).toMatch(/^[a-zA-Z0-9]{9}$/)
    expect(messages[2]).toMatchObject({ tool_call_id: 'call_long_enough_to_be_refused' })
  })
})

describe('reasoning on assistant history', () => {
  const details = [{ type: 'reasoning.text', text: 'Hm.', signature: 's', index: 0 }]
  const thinking = [
    { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] },
    { type: 'text', text: 'Hi' },
  ]
  const given: [string, JsonObject][] = [
    ['reasoning_content', { reasoning_content: 'Hm.' }],
    ['reasoning', { reasoning: 'Hm.' }],
    ['reasoning and reasoning_details', { reasoning: 'Hm.', reasoning_details: details }],
    ['reasoning_details alone', { reasoning_details: details }],
    ['a thinking part', { content: thinking }],
  ]
  const wanted: [NonNullable<Quirks['reasoningField']>, JsonObject][] = [
    ['none', { content: 'Hi' }],
    ['reasoning_content', { content: 'Hi', reasoning_content: 'Hm.' }],
    ['reasoning', { content: 'Hi', reasoning: 'Hm.' }],
    ['thinking-part', { content: thinking }],
  ]
  const cells = given.flatMap(([from, fields]) =>
    wanted.map(([to, expected]) => ({ from, to, fields, expected })),
  )

  it.each(cells)('is moved from $from to $to', ({ fields, to, expected }) => {
    expect(assistant(fields, { reasoningField: to })).toEqual({ role: 'assistant', ...expected })
  })

  it('keeps the details, unchanged, for a provider that wants them back', () => {
    expect(
      assistant({ reasoning: 'Hm.', reasoning_details: details }, { reasoningField: 'reasoning_details' }),
    ).toEqual({
      role: 'assistant',
      content: 'Hi',
      reasoning: 'Hm.',
      reasoning_details: details,
    })
  })

  it('is left where it is for a provider without that quirk', () => {
    expect(assistant({ reasoning_content: 'Hm.' }, {})).toEqual({
      role: 'assistant',
      content: 'Hi',
      reasoning_content: 'Hm.',
    })
  })

  it.each(wanted)('is nothing to add for %s where there was none', (to) => {
    expect(assistant({}, { reasoningField: to })).toEqual({ role: 'assistant', content: 'Hi' })
  })
})

describe('shortId', () => {
  it('gives different ids to ids that differ in one letter', () => {
    const ids = Array.from({ length: 20_000 }, (_, index) => shortId(`call_${index}`))
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.every((id) => /^[a-zA-Z0-9]{9}$/.test(id))).toBe(true)
  })
})
