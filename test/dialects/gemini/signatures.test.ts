import { describe, expect, it } from 'vitest'
import { isJsonObject, type JsonObject } from '../../../src/chat/json.ts'
import type { AssistantPart, Message, Opaque } from '../../../src/chat/request.ts'
import type { ChatResponse } from '../../../src/chat/response.ts'
import { unfold } from '../../../src/chat/fold.ts'
import { isWrapped, wrapState } from '../../../src/dialects/opaque-state.ts'
import { geminiInbound } from '../../../src/dialects/gemini/inbound.ts'
import { geminiOutbound } from '../../../src/dialects/gemini/outbound.ts'
import { standIn, wrapReasoning } from '../../../src/dialects/gemini/signature.ts'
import { anyRequest } from '../../any-request.ts'

const claude: Opaque = { dialect: 'anthropic', data: { signature: 'EqQB/+=', ünïcode: '🗼' } }
const chat: Opaque = {
  dialect: 'openai-chat',
  data: { extra_content: { google: { thought_signature: 'x' } } },
}
const hello = { role: 'user', parts: [{ text: 'Hello' }] }
const foreign = wrapReasoning({ opaque: claude, text: 'Hm.' })

function answered(content: AssistantPart[]): ChatResponse {
  const finish = { reason: 'stop' as const, raw: 'end_turn' }
  return { id: 'r', model: 'm', createdAt: 0, choices: [{ index: 0, content, finish }] }
}

/** The parts of a list of candidates' first. */
function partsIn(body: unknown): JsonObject[] {
  const candidates = isJsonObject(body) ? body.candidates : undefined
  const candidate = Array.isArray(candidates) ? candidates[0] : undefined
  const content = isJsonObject(candidate) ? candidate.content : undefined
  const parts = isJsonObject(content) ? content.parts : undefined
  return Array.isArray(parts) ? parts.filter(isJsonObject) : []
}

/**
 * What a client keeps of an answer that it was given whole, and of one that it was given as a
 * stream.
 */
function kept(content: AssistantPart[]): { whole: JsonObject[]; streamed: JsonObject[] } {
  const renderer = geminiInbound.renderStream(anyRequest)
  const messages = unfold(answered(content)).flatMap((event) => renderer.push(event))
  return {
    whole: partsIn(geminiInbound.renderResponse(answered(content), anyRequest)),
    streamed: messages.flatMap(({ data = '' }) => partsIn(JSON.parse(data))),
  }
}

function readBack(parts: JsonObject[]): AssistantPart[] {
  const { messages } = geminiInbound.parseRequest({ contents: [hello, { role: 'model', parts }] })
  const turn = messages.find((message) => message.role === 'assistant')
  return turn?.content ?? []
}

const call: AssistantPart = { type: 'tool-call', id: 'a', name: 'f', arguments: '{"x":1}' }
const otherCall: AssistantPart = { ...call, id: 'b' }
const said: AssistantPart = { type: 'text', text: 'Four.' }
const thought: AssistantPart = { type: 'reasoning', text: 'Hm.', opaque: claude }
const hidden: AssistantPart = { type: 'reasoning', text: '', opaque: { ...claude, data: 'encrypted' } }

describe('state of another dialect', () => {
  it.each<[string, AssistantPart[]]>([
    ['sealed reasoning before text', [thought, said]],
    ['sealed reasoning before a call', [thought, call]],
    ['sealed reasoning and nothing else', [thought]],
    ['hidden reasoning before parallel calls', [hidden, call, otherCall]],
    ['several sealed thoughts', [thought, hidden, { ...thought, text: 'More.' }, said, call]],
    ['a sealed call', [said, { ...call, opaque: chat }]],
    ['sealed reasoning before a sealed call', [thought, { ...call, opaque: chat }]],
    [
      'signed reasoning of Gemini before a call',
      [{ ...thought, opaque: { dialect: 'gemini', data: 's' } }, call],
    ],
    [
      'thoughts of Gemini with a signature each',
      [
        { ...thought, opaque: { dialect: 'gemini', data: 's' } },
        { ...thought, text: 'More.', opaque: { dialect: 'gemini', data: 't' } },
        said,
      ],
    ],
    ['a signed call of Gemini', [thought, { ...call, opaque: { dialect: 'gemini', data: 's' } }]],
  ])('comes home with a client that keeps what it gets: %s', (_, content) => {
    const { whole, streamed } = kept(content)
    expect(readBack(whole)).toEqual(content)
    // An empty text closes the stream.
    expect(readBack(streamed)).toEqual(content)
  })

  it('comes home with its text where a client leaves thoughts out of its history', () => {
    const withoutThoughts = kept([thought, call]).streamed.filter((part) => part.thought !== true)
    expect(readBack(withoutThoughts)).toEqual([thought, call])
  })

  it('stands on the part that follows the reasoning, where clients keep signatures', () => {
    expect(kept([thought, call]).streamed).toEqual([
      { text: 'Hm.', thought: true },
      { functionCall: { id: 'a', name: 'f', args: { x: 1 } }, thoughtSignature: foreign },
    ])
    expect(kept([thought, said]).whole).toEqual([
      { text: 'Hm.', thought: true },
      { text: 'Four.', thoughtSignature: foreign },
    ])
  })

  it('is base64 that reads the same in both alphabets, so that clients may take it apart and together again', () => {
    for (const text of ['', 'a', 'ab', 'abc', '🗼 ü ??>>~~']) {
      const signature = wrapReasoning({ opaque: claude, text })
      expect(signature).toMatch(/^[A-Za-z0-9]+={0,2}$/)
      expect(Buffer.from(signature, 'base64').toString('base64')).toBe(signature)
      expect(
        readBack([{ ...({ text: 'x' } as const), thoughtSignature: signature.replaceAll('=', '') }]),
      ).toEqual([
        { type: 'reasoning', text, opaque: claude },
        { type: 'text', text: 'x' },
      ])
    }
  })

  it('is read bare too, and dropped where it is broken', () => {
    const bare = wrapState({ opaque: claude, text: 'Hm.' })
    expect(readBack([{ text: 'Four.', thoughtSignature: bare }])).toEqual([thought, said])
    expect(readBack([{ text: 'Four.', thoughtSignature: bare.slice(0, -4) }])).toEqual([said])
    expect(readBack([{ text: 'Four.', thoughtSignature: 'aHViMS1%%%' }])).toEqual([
      { type: 'reasoning', text: '', opaque: { dialect: 'gemini', data: 'aHViMS1%%%' } },
      said,
    ])
  })

  it('is not what the stand-in is', () => {
    expect(
      readBack([{ functionCall: { id: 'a', name: 'f', args: { x: 1 } }, thoughtSignature: standIn }]),
    ).toEqual([call])
  })
})

/** The contents that a provider is sent for a client of this dialect. */
function sent(contents: JsonObject[], model = 'gemini-3-flash-preview'): unknown {
  const request = geminiInbound.parseRequest({ contents, other: 1 }, { model })
  return geminiOutbound.buildCall(request, { baseUrl: 'u', model, quirks: {} }).body.contents
}

function step(...signatures: (string | undefined)[]): JsonObject[] {
  const functionCalls = signatures.map((thoughtSignature) => ({
    functionCall: { name: 'f', args: {} },
    ...(thoughtSignature !== undefined && { thoughtSignature }),
  }))
  const results = signatures.map(() => ({ functionResponse: { name: 'f', response: {} } }))
  return [
    { role: 'model', parts: functionCalls },
    { role: 'user', parts: results },
  ]
}

describe('a history that a provider is sent', () => {
  it('bears no mark of ours: the stand-in takes its place on the first call of each step of this turn', () => {
    expect(sent([hello, ...step(foreign), hello, ...step(foreign, foreign), ...step(foreign)])).toEqual([
      hello,
      ...step(undefined),
      hello,
      ...step(standIn, undefined),
      ...step(standIn),
    ])
    expect(sent([hello, ...step(wrapState({ opaque: claude, text: '' }))], 'a-proxy')).toEqual([
      hello,
      ...step(standIn),
    ])
    expect(sent([hello, ...step(foreign)], 'gemini-2.5-flash')).toEqual([hello, ...step(undefined)])
  })

  it('has the stand-in where a model that demands a signature would find none', () => {
    expect(sent([hello, ...step(undefined, undefined), ...step('c2ln')])).toEqual([
      hello,
      ...step(standIn, undefined),
      ...step('c2ln'),
    ])
    expect(sent([hello, ...step(undefined), hello])).toEqual([hello, ...step(undefined), hello])
    expect(sent([hello, ...step(undefined)], 'gemini-2.5-flash')).toEqual([hello, ...step(undefined)])
    expect(sent([hello, ...step(undefined)], 'a-proxy')).toEqual([hello, ...step(undefined)])
  })

  it('loses texts that were there for our mark alone, and turns of nothing else', () => {
    const marked = { text: '', thoughtSignature: foreign }
    expect(
      sent([
        hello,
        { role: 'model', parts: [marked] },
        { role: 'model', parts: [{ text: 'a', thought_signature: foreign }, marked], extra: 1 },
        hello,
      ]),
    ).toEqual([hello, { role: 'model', parts: [{ text: 'a' }], extra: 1 }, hello])
  })

  it('is the very one that came, where nothing had to be changed', () => {
    const contents = [hello, ...step('c2ln')]
    expect(sent(contents)).toBe(contents)
  })

  it('holds the signatures that Gemini made where it put them, for clients of any dialect, and no others', () => {
    const messages: Message[] = [
      { role: 'user', content: [{ type: 'text', text: 'Hello' }] },
      {
        role: 'assistant',
        content: [
          thought,
          { ...call, opaque: { dialect: 'gemini', data: 'c2ln' } },
          { ...otherCall, opaque: chat },
        ],
      },
      { role: 'tool', content: [{ type: 'tool-result', callId: 'a', content: [] }] },
      {
        role: 'assistant',
        content: [{ ...thought, opaque: { dialect: 'gemini', data: 'c2lnMg==' } }, said],
      },
    ]
    const { body } = geminiOutbound.buildCall(
      { ...anyRequest, messages },
      { baseUrl: 'u', model: 'gemini-3-flash-preview', quirks: {} },
    )
    expect(body.contents).toMatchObject([
      hello,
      {
        role: 'model',
        parts: [
          { text: 'Hm.', thought: true },
          { functionCall: { id: 'a' }, thoughtSignature: 'c2ln' },
          { functionCall: { id: 'b' } },
        ],
      },
      {},
      {
        role: 'model',
        parts: [
          { text: 'Hm.', thought: true },
          { text: 'Four.', thoughtSignature: 'c2lnMg==' },
        ],
      },
    ])
    expect(JSON.stringify(body).match(/thoughtSignature/g)).toHaveLength(2)
    expect(isWrapped(JSON.stringify(body))).toBe(false)
  })

  it('has the stand-in on the calls that a model of another dialect made', () => {
    const messages: Message[] = [
      { role: 'user', content: [{ type: 'text', text: 'Hello' }] },
      { role: 'assistant', content: [thought, call, otherCall] },
    ]
    const { body } = geminiOutbound.buildCall(
      { ...anyRequest, messages },
      { baseUrl: 'u', model: 'gemini-3-flash-preview', quirks: {} },
    )
    expect(body.contents).toMatchObject([
      {},
      { parts: [{ thought: true }, { functionCall: { id: 'a' }, thoughtSignature: standIn }, {}] },
    ])
    expect(JSON.stringify(body).match(/thoughtSignature/g)).toHaveLength(1)
  })
})
