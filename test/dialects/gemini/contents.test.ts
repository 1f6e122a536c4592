import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/chat/json.ts'
import { geminiInbound } from '../../../src/dialects/gemini/inbound.ts'
import { geminiOutbound } from '../../../src/dialects/gemini/outbound.ts'
import { standIn } from '../../../src/dialects/gemini/signature.ts'

function messagesOf(contents: JsonObject[]) {
  return geminiInbound.parseRequest({ contents }, { model: 'm' }).messages
}

function model(...parts: JsonObject[]): JsonObject {
  return { role: 'model', parts }
}

function user(...parts: JsonObject[]): JsonObject {
  return { role: 'user', parts }
}

function call(name: string, id?: string): JsonObject {
  return { functionCall: { name, args: { x: 1 }, ...(id !== undefined && { id }) } }
}

function result(name: string, response: JsonObject, id?: string): JsonObject {
  return { functionResponse: { name, response, ...(id !== undefined && { id }) } }
}

/** The ids of calls and of what answers them, in order. */
function idsOf(contents: JsonObject[]): string[] {
  return messagesOf(contents).flatMap(({ content }) =>
    content.flatMap((part) =>
      part.type === 'tool-call' ? [part.id] : part.type === 'tool-result' ? [part.callId] : [],
    ),
  )
}

describe('a turn of the model that Google’s SDKs hand back in the chunks of its stream', () => {
  const split = [
    user({ text: 'Weather and time?' }),
    model({ text: 'Hm.', thought: true }),
    model(call('get_weather')),
    model(call('get_time')),
    model({ text: '' }),
    user(result('get_weather', { output: 'rain' }), result('get_time', { output: 'noon' })),
  ]

  it('is one message', () => {
    const messages = messagesOf(split)
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool'])
    expect(messages[1]?.content.map(({ type }) => type)).toEqual(['reasoning', 'tool-call', 'tool-call'])
  })

  it('reaches Gemini as one content, which it signs and counts the results of', () => {
    const request = geminiInbound.parseRequest({ contents: split }, { model: 'm' })
    const { body } = geminiOutbound.buildCall(request, {
      baseUrl: 'https://x',
      model: 'gemini-3.5-flash',
      quirks: {},
    })
    const signed = { ...call('get_weather'), thoughtSignature: standIn }
    expect(body.contents).toEqual([
      split[0],
      model({ text: 'Hm.', thought: true }, signed, call('get_time')),
      split.at(-1),
    ])
  })

  it('is left as it is where it holds no call', () => {
    const contents = [
      user({ text: 'Hi' }),
      model({ text: 'He' }),
      model({ text: 'llo' }),
      user({ text: 'Ok' }),
    ]
    const request = geminiInbound.parseRequest({ contents }, { model: 'm' })
    const { body } = geminiOutbound.buildCall(request, {
      baseUrl: 'https://x',
      model: 'gemini-3.5-flash',
      quirks: {},
    })
    expect(body.contents).toBe(contents)
  })
})

it('takes a system instruction in any role', () => {
  const systemInstruction = { role: 'system', parts: [{ text: 'Be brief.' }] }
  const contents = [user({ text: 'Hi' })]
  const { messages } = geminiInbound.parseRequest({ contents, systemInstruction }, { model: 'm' })
  expect(messages[0]).toEqual({ role: 'system', content: [{ type: 'text', text: 'Be brief.' }] })
})

describe('the contents of a request', () => {
  it('are the messages of a user and an assistant, in the pieces that were meant as one', () => {
    expect(
      messagesOf([{ parts: [{ text: 'a' }, { text: 'b' }] }, model({ text: 'c' }, { text: 'd' }), user()]),
    ).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
      { role: 'assistant', content: [{ type: 'text', text: 'cd' }] },
    ])
  })

  it('hold thoughts as reasoning, which a signature after them seals', () => {
    expect(
      messagesOf([
        model({ text: 'Hm.', thought: true }, { text: 'Fo' }, { text: 'ur.', thoughtSignature: 'c2ln' }),
      ]),
    ).toEqual([
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'Hm.', opaque: { dialect: 'gemini', data: 'c2ln' } },
          { type: 'text', text: 'Four.' },
        ],
      },
    ])
  })

  it('hold a signed call', () => {
    expect(
      messagesOf([model({ ...call('f', 'fc-1'), thoughtSignature: 'c2ln' }, call('g', 'fc-2'))]),
    ).toEqual([
      {
        role: 'assistant',
        content: [
          {
            type: 'tool-call',
            id: 'fc-1',
            name: 'f',
            arguments: '{"x":1}',
            opaque: { dialect: 'gemini', data: 'c2ln' },
          },
          { type: 'tool-call', id: 'fc-2', name: 'g', arguments: '{"x":1}' },
        ],
      },
    ])
  })

  it('give results to the role that has them, before what the user says beside them', () => {
    expect(
      messagesOf([model(call('f', 'a')), user({ text: 'And?' }, result('f', { sky: 'clear' }, 'a'))]).slice(
        1,
      ),
    ).toEqual([
      {
        role: 'tool',
        content: [{ type: 'tool-result', callId: 'a', content: [{ type: 'text', text: '{"sky":"clear"}' }] }],
      },
      { role: 'user', content: [{ type: 'text', text: 'And?' }] },
    ])
  })

  it.each([
    [{ output: 'Sunny' }, { content: [{ type: 'text', text: 'Sunny' }] }],
    [{ result: 'Sunny' }, { content: [{ type: 'text', text: 'Sunny' }] }],
    [{ result: { sky: 'clear' } }, { content: [{ type: 'text', text: '{"sky":"clear"}' }] }],
    [{ error: 'No city' }, { content: [{ type: 'text', text: 'No city' }], isError: true }],
    [{ error: null, ok: true }, { content: [{ type: 'text', text: '{"error":null,"ok":true}' }] }],
    [{}, { content: [] }],
  ])('read the response %j', (response, expected) => {
    expect(messagesOf([model(call('f', 'a')), user(result('f', response, 'a'))])[1]?.content).toEqual([
      { type: 'tool-result', callId: 'a', ...expected },
    ])
  })

  it('hold the files that a tool returned', () => {
    const part = {
      functionResponse: {
        id: 'a',
        name: 'f',
        response: {},
        parts: [{ inlineData: { mimeType: 'image/png', data: 'iVBO' } }],
      },
    }
    const source = { type: 'base64', data: 'iVBO' }
    expect(messagesOf([model(call('f', 'a')), user(part)])[1]?.content).toEqual([
      {
        type: 'tool-result',
        callId: 'a',
        content: [{ type: 'file', kind: 'image', mediaType: 'image/png', source }],
      },
    ])
  })

  it('hold files of each kind, in the alphabet that others read', () => {
    const [message] = messagesOf([
      user(
        { inlineData: { mimeType: 'image/jpeg', data: '_9j_4A' } },
        { inlineData: { mimeType: 'audio/wav', data: 'UklGRg==' } },
        { inlineData: { mimeType: 'application/pdf', data: 'JVBE', displayName: 'a.pdf' } },
        { fileData: { fileUri: 'https://example.com/a.png?b=c' } },
        { fileData: { fileUri: 'gs://bucket/a.mp4', mimeType: 'video/mp4' } },
      ),
    ])
    expect(message?.content).toEqual([
      { type: 'file', kind: 'image', mediaType: 'image/jpeg', source: { type: 'base64', data: '/9j/4A==' } },
      { type: 'file', kind: 'audio', mediaType: 'audio/wav', source: { type: 'base64', data: 'UklGRg==' } },
      {
        type: 'file',
        kind: 'document',
        mediaType: 'application/pdf',
        name: 'a.pdf',
        source: { type: 'base64', data: 'JVBE' },
      },
      {
        type: 'file',
        kind: 'image',
        mediaType: 'image/png',
        source: { type: 'url', url: 'https://example.com/a.png?b=c' },
      },
      {
        type: 'file',
        kind: 'video',
        mediaType: 'video/mp4',
        source: { type: 'reference', id: 'gs://bucket/a.mp4', dialect: 'gemini' },
      },
    ])
  })

  it('leave out code that ran at Google, and a turn of nothing else', () => {
    expect(messagesOf([model({ executableCode: { code: 'x' } }), user({ text: 'a' })])).toHaveLength(1)
  })
})

describe('results', () => {
  it('answer the call with their id, whatever the order', () => {
    expect(
      idsOf([model(call('f', 'a'), call('f', 'b')), user(result('f', {}, 'b'), result('f', {}, 'a'))]),
    ).toEqual(['a', 'b', 'b', 'a'])
  })

  it('answer the calls of their name in order where neither has an id', () => {
    const [f, g, other, first, second, third] = idsOf([
      model(call('f'), call('g'), call('f')),
      user(result('g', {}), result('f', {}), result('f', {})),
    ])
    expect([first, second, third]).toEqual([g, f, other])
    expect(new Set([f, g, other]).size).toBe(3)
  })

  it('answer the open call where the same tool was called in an earlier step', () => {
    const [call1, result1, call2, result2] = idsOf([
      model(call('f')),
      user(result('f', {})),
      model(call('f')),
      user(result('f', {})),
    ])
    expect(result1).toBe(call1)
    expect(result2).toBe(call2)
    expect(call1).not.toBe(call2)
  })

  it('answer a call by name where only they have an id', () => {
    const [called, answered] = idsOf([model(call('f')), user(result('f', {}, 'theirs'))])
    expect(answered).toBe(called)
  })

  it('keep their id where there is no call that they could answer', () => {
    expect(idsOf([user(result('f', {}, 'lost'))])).toEqual(['lost'])
  })
})
