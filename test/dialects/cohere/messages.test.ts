import { describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '../../../src/chat/json.ts'
import type { ChatRequest, FilePart, Message } from '../../../src/chat/request.ts'
import { cohereOutbound } from '../../../src/dialects/cohere/outbound.ts'
import { openaiChatInbound } from '../../../src/dialects/openai-chat/inbound.ts'
import { listIn, objectIn, textIn } from '../../../src/dialects/json-read.ts'
import { fixturesOf } from '../fixtures.ts'

function bodyFor(request: ChatRequest): JsonObject {
  return cohereOutbound.buildCall(request, { baseUrl: 'u', model: 'm', quirks: {} }).body
}

function messagesFor(messages: Message[]): unknown {
  return bodyFor({
    model: 'm',
    messages,
    tools: [],
    sampling: {},
    stream: false,
    streamUsage: false,
    origin: { dialect: 'anthropic', body: {} },
  }).messages
}

const text = (words: string) => ({ type: 'text' as const, text: words })
const call = { type: 'tool-call' as const, id: 'a', name: 'f.g', arguments: '' }
const writtenCall = { id: 'a', type: 'function', function: { name: 'f.g', arguments: '{}' } }
const image: FilePart = {
  type: 'file',
  kind: 'image',
  mediaType: 'image/png',
  source: { type: 'base64', data: 'iVBO' },
}
const imagePart = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO' } }

describe('messages for Cohere', () => {
  it('have all instructions in one message at the beginning', () => {
    expect(
      messagesFor([
        { role: 'system', content: [text('Be brief.'), text('')] },
        { role: 'user', content: [text('Hello'), text('there')] },
        { role: 'system', content: [text('Be kind.')] },
      ]),
    ).toEqual([
      { role: 'system', content: 'Be brief.\n\nBe kind.' },
      { role: 'user', content: 'Hello\n\nthere' },
    ])
  })

  it('show images by address or as data, and no empty text', () => {
    const byAddress: FilePart = {
      type: 'file',
      kind: 'image',
      detail: 'low',
      source: { type: 'url', url: 'https://x.example/a.png' },
    }
    expect(messagesFor([{ role: 'user', content: [text('Look'), text(''), image, byAddress] }])).toEqual([
      {
        role: 'user',
        content: [
          text('Look'),
          imagePart,
          { type: 'image_url', image_url: { url: 'https://x.example/a.png', detail: 'low' } },
        ],
      },
    ])
  })

  it('say as text a document that is text', () => {
    const document: FilePart = {
      type: 'file',
      kind: 'document',
      name: 'a.txt',
      source: { type: 'text', text: 'Lorem' },
    }
    expect(messagesFor([{ role: 'user', content: [document] }])).toEqual([
      { role: 'user', content: [text('a.txt:\n\nLorem')] },
    ])
  })

  it.each([
    ['audio', { type: 'base64', data: 'UklG' }, /is audio/],
    ['document', { type: 'base64', data: 'JVBE' }, /is a document/],
    ['document', { type: 'url', url: 'https://x.example/a.pdf' }, /is a document/],
    [
      'image',
      { type: 'reference', id: 'file-1', dialect: 'gemini' },
      /"file-1", which is kept at a provider/,
    ],
  ] as const)('cannot hold a file of kind %s from %j, and say where it is', (kind, source, message) => {
    const messages: Message[] = [
      { role: 'user', content: [text('Hello')] },
      { role: 'user', content: [text('Hear'), { type: 'file', kind, source }] },
    ]
    const error = { code: 'VALIDATION_ERROR', param: 'messages[1].content[1]' }
    expect(() => messagesFor(messages)).toThrow(expect.objectContaining(error))
    expect(() => messagesFor(messages)).toThrow(message)
  })

  it('have each tool result on its own, right after the calls, and its files in a user message after all of them', () => {
    expect(
      messagesFor([
        { role: 'assistant', content: [call, { ...call, id: 'b' }] },
        {
          role: 'tool',
          content: [
            { type: 'tool-result', callId: 'a', content: [image] },
            { type: 'tool-result', callId: 'b', content: [text('No such'), text('file')], isError: true },
          ],
        },
        { role: 'tool', content: [{ type: 'tool-result', callId: 'c', content: [text('1'), text('2')] }] },
        { role: 'tool', content: [{ type: 'tool-result', callId: 'd', content: [] }] },
        { role: 'assistant', content: [text('Nice.')] },
      ]),
    ).toEqual([
      { role: 'assistant', tool_calls: [writtenCall, { ...writtenCall, id: 'b' }] },
      { role: 'tool', tool_call_id: 'a', content: 'The result is a file, shown below.' },
      { role: 'tool', tool_call_id: 'b', content: 'Error: No such\n\nfile' },
      {
        role: 'tool',
        tool_call_id: 'c',
        content: [
          { type: 'document', document: { data: '1' } },
          { type: 'document', document: { data: '2' } },
        ],
      },
      { role: 'tool', tool_call_id: 'd', content: '' },
      { role: 'user', content: [text('Tool call a returned this file:'), imagePart] },
      { role: 'assistant', content: 'Nice.' },
    ])
  })

  it('hold the reasoning that Cohere made, where it was', () => {
    const thought = { type: 'reasoning' as const, text: 'Hm.', opaque: seal('thinking') }
    const plan = { type: 'reasoning' as const, text: 'I will call.', opaque: seal('tool_plan') }
    expect(messagesFor([{ role: 'assistant', content: [thought, text('Four.')] }])).toEqual([
      { role: 'assistant', content: [{ type: 'thinking', thinking: 'Hm.' }, text('Four.')] },
    ])
    expect(messagesFor([{ role: 'assistant', content: [thought, plan, call] }])).toEqual([
      {
        role: 'assistant',
        content: [{ type: 'thinking', thinking: 'Hm.' }],
        tool_plan: 'I will call.',
        tool_calls: [writtenCall],
      },
    ])
  })

  it('hold no reasoning of others, and what they said before a call as a plan', () => {
    const foreign = {
      type: 'reasoning' as const,
      text: 'Hm.',
      opaque: { dialect: 'anthropic' as const, data: 's' },
    }
    expect(messagesFor([{ role: 'assistant', content: [foreign, text('I will look.'), call] }])).toEqual([
      { role: 'assistant', tool_plan: 'I will look.', tool_calls: [writtenCall] },
    ])
    expect(
      messagesFor([{ role: 'assistant', content: [{ type: 'refusal', text: 'No.' }, foreign] }]),
    ).toEqual([{ role: 'assistant', content: 'No.' }])
  })

  it('leave out an answer of which nothing is left, and show a file that the model made', () => {
    const silent = { type: 'reasoning' as const, text: 'Hm.' }
    expect(messagesFor([{ role: 'assistant', content: [silent] }])).toEqual([])
    expect(messagesFor([{ role: 'assistant', content: [image] }])).toEqual([
      { role: 'user', content: [text('The assistant made this file:'), imagePart] },
    ])
  })
})

function seal(field: string) {
  return { dialect: 'cohere' as const, data: field }
}

/** Cohere's messages and tools read as Chat's: their names for the rest are their own. */
describe('a request for Cohere, read as Chat, is written as it was', () => {
  it.each(fixturesOf('cohere').requests)('$name', ({ body }) => {
    const { messages, tools, stream } = bodyFor(openaiChatInbound.parseRequest(body))
    expect({ messages: plainMessages(messages), tools, stream }).toEqual({
      messages: plainMessages(body.messages),
      tools: body.tools,
      stream: body.stream ?? false,
    })
  })
})

/**
 * Messages without the members that say nothing, and text as a string: a list of texts says no
 * more.
 */
function plainMessages(messages: Json | undefined): unknown[] {
  return listIn(messages).map((message) => {
    const { content, tool_plan: plan, citations: _citations, ...rest } = objectIn(message) ?? {}
    const said = plainContent(content ?? '')
    return { ...rest, ...(said !== '' && { content: said }), ...(plan && { tool_plan: plan }) }
  })
}

function plainContent(content: Json): Json {
  const parts = listIn(content).map((part) => objectIn(part) ?? {})
  const isText = Array.isArray(content) && parts.every(({ type }) => type === 'text')
  return isText ? parts.map((part) => textIn(part.text) ?? '').join('\n\n') : content
}
