import { describe, expect, it } from 'vitest'
import { anyRequest } from '../../any-request.ts'
import { unfold } from '../../../src/chat/fold.ts'
import { isJsonObject, type JsonObject } from '../../../src/chat/json.ts'
import type { AssistantPart } from '../../../src/chat/request.ts'
import type { ChatResponse } from '../../../src/chat/response.ts'
import { anthropicInbound } from '../../../src/dialects/anthropic/inbound.ts'
import { anthropicOutbound } from '../../../src/dialects/anthropic/outbound.ts'
import { isWrapped } from '../../../src/dialects/opaque-state.ts'
import { listIn, textIn } from '../../../src/dialects/json-read.ts'

const gemini = { dialect: 'gemini' as const, data: { thoughtSignature: 'c2ln' } }
const encrypted = { dialect: 'openai-responses' as const, data: { id: 'rs_1', encrypted_content: 'x' } }
const signed = { dialect: 'anthropic' as const, data: { signature: 'c2ln' } }
const redacted = { dialect: 'anthropic' as const, data: { redacted: 'cmVk' } }
const call = { type: 'tool-call' as const, id: 'a', name: 'f', arguments: '{"x":1}' }

const turns: [string, AssistantPart[]][] = [
  ['native thinking', [{ type: 'reasoning', text: 'Hm.', opaque: signed }, call]],
  ['native thinking without its words', [{ type: 'reasoning', text: '', opaque: signed }, call]],
  ['native redacted thinking', [{ type: 'reasoning', text: '', opaque: redacted }, call]],
  ['reasoning of another model', [{ type: 'reasoning', text: 'Hm.', opaque: gemini }, call]],
  ['hidden reasoning of another model', [{ type: 'reasoning', text: '', opaque: encrypted }, call]],
  [
    'reasoning that nobody sealed',
    [
      { type: 'reasoning', text: 'Hm.' },
      { type: 'text', text: 'Four.' },
    ],
  ],
  [
    'sealed calls of another model, one after the other',
    [
      { type: 'reasoning', text: 'Hm.' },
      { ...call, opaque: gemini },
      { ...call, id: 'b', opaque: encrypted },
    ],
  ],
]

function answer(content: AssistantPart[]): ChatResponse {
  const finish = { reason: 'tool-calls' as const, raw: 'tool_calls' }
  return { id: 'r', model: 'm', createdAt: 0, choices: [{ index: 0, content, finish }] }
}

/** What a client has of an answer that came whole. */
function shownWhole(content: AssistantPart[]): JsonObject[] {
  return listIn(anthropicInbound.renderResponse(answer(content), anyRequest).content).filter(isJsonObject)
}

/** What a client has of the same answer once it has gathered the stream, as the SDK does. */
function shownStreamed(content: AssistantPart[]): JsonObject[] {
  const renderer = anthropicInbound.renderStream(anyRequest)
  const blocks: JsonObject[] = []
  const inputs: string[] = []
  for (const { data = '' } of unfold(answer(content)).flatMap((event) => renderer.push(event))) {
    const event: { type: string; index: number; content_block: JsonObject; delta: Record<string, string> } =
      JSON.parse(data)
    if (event.type === 'content_block_start') blocks[event.index] = event.content_block
    const block = blocks[event.index]
    if (event.type !== 'content_block_delta' || !block) continue
    const { thinking, signature, text, partial_json } = event.delta
    if (thinking !== undefined) block.thinking = (textIn(block.thinking) ?? '') + thinking
    if (text !== undefined) block.text = (textIn(block.text) ?? '') + text
    if (signature !== undefined) block.signature = signature
    if (partial_json !== undefined) {
      inputs[event.index] = (inputs[event.index] ?? '') + partial_json
      if (partial_json !== '') block.input = JSON.parse(inputs[event.index] ?? '')
    }
  }
  return blocks
}

/**
 * The turn that a client makes of what it has, and the call to a provider of this dialect with it.
 */
function next(blocks: JsonObject[]) {
  const messages = [
    { role: 'user', content: 'Hello' },
    { role: 'assistant', content: blocks },
    { role: 'user', content: 'Go on' },
  ]
  const request = anthropicInbound.parseRequest({ model: 'm', max_tokens: 9, messages })
  const upstream = { baseUrl: 'u', model: 'theirs', quirks: {} }
  return { request, sent: anthropicOutbound.buildCall(request, upstream).body.messages }
}

describe.each([
  ['whole', shownWhole],
  ['as a stream', shownStreamed],
])('an answer shown %s', (_, show) => {
  it.each(turns)('brings %s home with the next request', (_name, content) => {
    expect(next(show(content)).request.messages[1]?.content).toEqual(content)
  })

  it.each(turns)('leaves none of our marks for a provider: %s', (_name, content) => {
    const { sent } = next(show(content))
    expect(JSON.stringify(sent)).not.toContain('hub1-')
    expect(JSON.stringify(sent)).toContain('Go on')
  })

  it('shows native state as it came', () => {
    const native: AssistantPart[] = [
      { type: 'reasoning', text: 'Hm.', opaque: signed },
      { type: 'reasoning', text: '', opaque: redacted },
    ]
    expect(show(native)).toEqual([
      { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' },
      { type: 'redacted_thinking', data: 'cmVk' },
    ])
  })

  it('gives all thinking that can be read a signature, and hides what cannot', () => {
    const [shown] = show([{ type: 'reasoning', text: 'Hm.' }])
    expect(shown).toMatchObject({ type: 'thinking', thinking: 'Hm.' })
    expect(isWrapped(textIn(shown?.signature) ?? '')).toBe(true)
    const [hidden] = show([{ type: 'reasoning', text: '', opaque: encrypted }])
    expect(hidden?.type).toBe('redacted_thinking')
  })
})

describe('a history with our marks', () => {
  it('loses them and nothing else on its way to a provider', () => {
    const [mark] = shownWhole([{ type: 'reasoning', text: 'Hm.', opaque: gemini }])
    const native = { type: 'thinking', thinking: 'Hm.', signature: 'c2ln', extra: 1 }
    const text = { type: 'text', text: 'Hi', cache_control: { type: 'ephemeral' } }
    expect(next([mark ?? {}, native, text]).sent).toEqual([
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: [native, text] },
      { role: 'user', content: 'Go on' },
    ])
  })

  it('has no turn where there was nothing but them', () => {
    expect(next(shownWhole([{ type: 'reasoning', text: 'Hm.' }])).sent).toEqual([
      { role: 'user', content: 'Hello' },
      { role: 'user', content: 'Go on' },
    ])
  })

  it('is read as far as it is sound', () => {
    const broken = [
      { type: 'redacted_thinking', data: 'hub1-%' },
      { type: 'thinking', thinking: 'Hm.', signature: 'hub1-%' },
    ]
    const { request, sent } = next(broken)
    expect(request.messages[1]?.content).toEqual([{ type: 'reasoning', text: 'Hm.' }])
    expect(JSON.stringify(sent)).not.toContain('hub1-')
  })
})
