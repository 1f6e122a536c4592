import { describe, expect, it } from 'vitest'
import type { Json } from '../../../src/chat/json.ts'
import type { AssistantPart } from '../../../src/chat/request.ts'
import { openaiResponsesInbound } from '../../../src/dialects/openai-responses/inbound.ts'
import { openaiResponsesOutbound } from '../../../src/dialects/openai-responses/outbound.ts'
import { listIn, objectIn } from '../../../src/dialects/json-read.ts'

const listener = openaiResponsesInbound
const signed: AssistantPart = {
  type: 'reasoning',
  text: 'Let me see.',
  opaque: { dialect: 'anthropic', data: 'c2ln' },
}
const redacted: AssistantPart = {
  type: 'reasoning',
  text: '',
  opaque: { dialect: 'anthropic', data: { redacted: 'x' } },
}
const plain: AssistantPart = { type: 'reasoning', text: 'Hm.' }
const text: AssistantPart = { type: 'text', text: 'Four.' }
const call: AssistantPart = {
  type: 'tool-call',
  id: 'a',
  name: 'f',
  arguments: '{}',
  opaque: { dialect: 'gemini', data: 'dGhvdWdodA==' },
}

/** The items that a client is given for this answer. */
function itemsOf(...content: AssistantPart[]): Json[] {
  const finish = { reason: 'stop' as const, raw: 'stop' }
  const response = { id: 'r', model: 'm', createdAt: 0, choices: [{ index: 0, content, finish }] }
  return listIn(listener.renderResponse(response, listener.parseRequest({ input: 'x' })).output)
}

/**
 * What the hub reads when the client sends them back, as Codex does: without ids, statuses and what
 * is null.
 */
function sentBack(items: Json[]): { said: unknown; sent: Json } {
  const bare = items.map((item) => {
    const { id: _id, status: _status, ...rest } = objectIn(item) ?? {}
    return rest
  })
  const request = listener.parseRequest({
    input: ['Hello', ...bare].map((item) => (item === 'Hello' ? { role: 'user', content: item } : item)),
  })
  const { body } = openaiResponsesOutbound.buildCall(request, { baseUrl: 'u', model: 'm', quirks: {} })
  return { said: request.messages[1]?.content, sent: listIn(body.input).slice(1) }
}

describe('state of another dialect', () => {
  it('comes home through a client of this one, each with what it belongs to', () => {
    const content = [signed, redacted, plain, text, call]
    expect(sentBack(itemsOf(...content)).said).toEqual(content)
  })

  it('of a tool call stands directly before the call, and finds it by its id', () => {
    const items = itemsOf(text, call)
    expect(items.map((item) => objectIn(item)?.type)).toEqual(['message', 'reasoning', 'function_call'])
    const [message, state, made] = items
    expect(sentBack([state ?? null, message ?? null, made ?? null]).said).toEqual([text, call])
  })

  it('reaches no provider of this one, nor does reasoning that it was made of', () => {
    const { sent } = sentBack(itemsOf(signed, redacted, plain, text, call))
    expect(listIn(sent).map((item) => objectIn(item)?.type)).toEqual(['message', 'function_call'])
    expect(JSON.stringify(sent)).not.toContain('hub1-')
  })

  it('that a client has spoilt is dropped', () => {
    const items = itemsOf(signed, text).map((item) => {
      const { encrypted_content: sealed, ...rest } = objectIn(item) ?? {}
      return typeof sealed === 'string' ? { ...rest, encrypted_content: sealed.slice(0, -8) } : rest
    })
    expect(sentBack(items).said).toEqual([text])
  })
})

describe('state of this dialect', () => {
  it('is the item that it came in, for the client and for the provider', () => {
    const item = {
      id: 'rs_1',
      type: 'reasoning',
      summary: [],
      encrypted_content: 'gAAAAA',
      never_heard_of: 1,
    }
    const part: AssistantPart = {
      type: 'reasoning',
      text: '',
      opaque: { dialect: 'openai-responses', data: item },
    }
    expect(itemsOf(part, text)[0]).toEqual(item)
  })
})
