import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/chat/json.ts'
import type { ChatRequest } from '../../../src/chat/request.ts'
import type { Quirks } from '../../../src/dialects/dialect.ts'
import { openaiChatInbound } from '../../../src/dialects/openai-chat/inbound.ts'
import { openaiChatOutbound } from '../../../src/dialects/openai-chat/outbound.ts'

const hello = { role: 'user', content: 'Hello' }

/** The call for a client of this dialect. */
function call(fields: JsonObject, quirks: Quirks = {}, change: Partial<ChatRequest> = {}) {
  const request = openaiChatInbound.parseRequest({ model: 'hub-name', messages: [hello], ...fields })
  return openaiChatOutbound.buildCall(
    { ...request, ...change },
    { baseUrl: 'https://p.example/v1', model: 'theirs', quirks },
  )
}

function assistant(fields: JsonObject, quirks: Quirks): unknown {
  const { messages } = call(
    { messages: [hello, { role: 'assistant', content: 'Hi', ...fields }] },
    quirks,
  ).body
  return Array.isArray(messages) ? messages[1] : undefined
}

describe('the call for a client of this dialect', () => {
  it('goes to the path of the dialect under the base URL', () => {
    expect(call({}).url).toBe('https://p.example/v1/chat/completions')
  })

  it('names the model of the provider and leaves out what is meant for the hub', () => {
    const { body } = call({ hub: { cache: true }, unknown: 1 })
    expect(body).toEqual({ model: 'theirs', messages: [hello], unknown: 1 })
  })

  it('asks for usage in a stream, beside the options that the client set', () => {
    const { body } = call({
      stream: true,
      stream_options: { include_usage: false, include_obfuscation: false },
    })
    expect(body.stream_options).toEqual({ include_usage: true, include_obfuscation: false })
  })

  it('asks for no stream where the pipeline wants none', () => {
    const { body } = call({ stream: true, stream_options: { include_usage: true } }, {}, { stream: false })
    expect(body).toEqual({ model: 'theirs', messages: [hello], stream: false })
  })

  it('writes the output limit that a budget set, under the name the client used', () => {
    expect(call({}, {}, { maxOutputTokens: 9 }).body).toMatchObject({ max_completion_tokens: 9 })
    expect(call({ max_tokens: 50 }, {}, { maxOutputTokens: 9 }).body).toEqual({
      model: 'theirs',
      messages: [hello],
      max_tokens: 9,
    })
  })

  it('takes the marks of the hub out of the history, and nothing else', () => {
    const own = { type: 'reasoning.text', text: 'x', index: 0 }
    const foreign = { type: 'reasoning.hub', dialect: 'anthropic', text: 'x', data: 's' }
    const marked = {
      id: 'a',
      type: 'function',
      function: { name: 'f', arguments: '{}' },
      extra_content: { hub: { dialect: 'gemini', data: 's' } },
    }
    const plain = { ...marked, id: 'b', extra_content: { google: { thought_signature: 's' } } }
    const { extra_content: _mark, ...unmarked } = marked
    expect(assistant({ reasoning_details: [foreign, own], tool_calls: [marked, plain] }, {})).toEqual({
      role: 'assistant',
      content: 'Hi',
      reasoning_details: [own],
      tool_calls: [unmarked, plain],
    })
  })
})
