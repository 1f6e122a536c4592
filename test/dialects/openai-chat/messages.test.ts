import type { DialectId } from '../../../src/domain/dialects.ts'
import { describe, expect, it } from 'vitest'
import { isJsonObject } from '../../../src/chat/json.ts'
import type { ChatRequest, Message } from '../../../src/chat/request.ts'
import type { Quirks } from '../../../src/dialects/dialect.ts'
import { openaiChatOutbound } from '../../../src/dialects/openai-chat/outbound.ts'

/** The messages for a client of another dialect. */
function messagesFor(messages: Message[], quirks: Quirks = {}): unknown {
  const request: ChatRequest = {
    model: 'm',
    messages,
    tools: [],
    sampling: {},
    stream: false,
    streamUsage: false,
    origin: { dialect: 'anthropic', body: {} },
  }
  return openaiChatOutbound.buildCall(request, { baseUrl: 'u', model: 'm', quirks }).body.messages
}

const image = {
  type: 'file' as const,
  kind: 'image' as const,
  mediaType: 'image/png',
  source: { type: 'base64' as const, data: 'iVBO' },
}
const calls = {
  role: 'assistant' as const,
  content: [
    { type: 'tool-call' as const, id: 'a', name: 'f', arguments: '{"x":1}' },
    { type: 'tool-call' as const, id: 'b', name: 'g', arguments: '' },
  ],
}
const imagePart = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO' } }

/** A result that is a file. */
function result(callId: string): Message {
  return { role: 'tool', content: [{ type: 'tool-result', callId, content: [image] }] }
}

/** A message with a file that is kept at a provider. */
function kept(dialect: DialectId): Message {
  const source = { type: 'reference' as const, id: 'file-1', dialect }
  return { role: 'user', content: [{ type: 'file', kind: 'document', source }] }
}

describe('messages for a client of another dialect', () => {
  it('have each tool result on its own, right after the calls, and its files in a user message after all of them', () => {
    const written = messagesFor([
      { role: 'user', content: [{ type: 'text', text: 'Look.' }] },
      calls,
      {
        role: 'tool',
        content: [
          { type: 'tool-result', callId: 'a', content: [image] },
          {
            type: 'tool-result',
            callId: 'b',
            content: [{ type: 'text', text: 'No such file' }],
            isError: true,
          },
        ],
      },
      { role: 'assistant', content: [{ type: 'text', text: 'Nice.' }] },
    ])
    expect(written).toEqual([
      { role: 'user', content: 'Look.' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } },
          { id: 'b', type: 'function', function: { name: 'g', arguments: '{}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'a', content: 'The result is a file, shown below.' },
      { role: 'tool', tool_call_id: 'b', content: 'Error: No such file' },
      { role: 'user', content: [{ type: 'text', text: 'Tool call a returned this file:' }, imagePart] },
      { role: 'assistant', content: 'Nice.' },
    ])
  })

  it('have results that came in several messages before any file of theirs', () => {
    const written = messagesFor([calls, result('a'), result('b')])
    const roles = Array.isArray(written)
      ? written.map((message) => (isJsonObject(message) ? message.role : ''))
      : []
    expect(roles).toEqual(['assistant', 'tool', 'tool', 'user'])
  })

  it('have no empty text', () => {
    const empty = { type: 'text' as const, text: '' }
    expect(
      messagesFor([
        { role: 'system', content: [empty] },
        { role: 'user', content: [empty, { type: 'text', text: 'Hi' }, image] },
        {
          role: 'assistant',
          content: [empty, ...calls.content],
        },
      ]),
    ).toMatchObject([
      { role: 'user', content: [{ type: 'text', text: 'Hi' }, imagePart] },
      { role: 'assistant', content: null },
    ])
  })

  it('show a file that the model made in a user message after it', () => {
    expect(messagesFor([{ role: 'assistant', content: [{ type: 'text', text: 'Here:' }, image] }])).toEqual([
      { role: 'assistant', content: 'Here:' },
      { role: 'user', content: [{ type: 'text', text: 'The assistant made this file:' }, imagePart] },
    ])
  })

  it('hold a refusal in its own field', () => {
    expect(messagesFor([{ role: 'assistant', content: [{ type: 'refusal', text: 'No.' }] }])).toEqual([
      { role: 'assistant', content: null, refusal: 'No.' },
    ])
  })

  it('hold reasoning only where the provider is known to want it, and never what another dialect sealed it with', () => {
    const thoughtful: Message[] = [
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'Hm.', opaque: { dialect: 'anthropic', data: 's' } },
          {
            type: 'tool-call',
            id: 'a',
            name: 'f',
            arguments: '{}',
            opaque: { dialect: 'gemini', data: 's' },
          },
        ],
      },
    ]
    const plain = {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }],
    }
    expect(messagesFor(thoughtful)).toEqual([plain])
    expect(messagesFor(thoughtful, { reasoningField: 'reasoning_content' })).toEqual([
      { ...plain, reasoning_content: 'Hm.' },
    ])
    expect(messagesFor(thoughtful, { reasoningField: 'reasoning_details' })).toEqual([
      { ...plain, reasoning: 'Hm.' },
    ])
  })

  it('say as text a document that is text', () => {
    const document = {
      type: 'file' as const,
      kind: 'document' as const,
      name: 'a.txt',
      source: { type: 'text' as const, text: 'Lorem' },
    }
    expect(messagesFor([{ role: 'user', content: [document] }])).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'a.txt:\n\nLorem' }] },
    ])
  })

  it('cannot hold a file that is kept at a provider of another dialect', () => {
    expect(() => messagesFor([kept('gemini')])).toThrow(/"file-1" is kept at a provider/)
    expect(messagesFor([kept('openai-responses')])).toEqual([
      { role: 'user', content: [{ type: 'file', file: { file_id: 'file-1' } }] },
    ])
  })
})
