/**
 * A translated stream costs in proportion to its length, however a provider cuts it: no fragment
 * makes the hub look at all fragments before it again. Each case took many times the bound before.
 */
import type { DialectId } from '../../src/domain/dialects.ts'
import { describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '../../src/chat/json.ts'
import { inbound, outbound } from '../../src/dialects/index.ts'
import { foldStream } from '../../src/gateway/fold-stream.ts'
import { TooManyPartsError } from '../../src/gateway/part-counter.ts'
import { Translation } from '../../src/gateway/stream-transform.ts'

const tools = { f: { type: 'function', function: { name: 'f', parameters: { type: 'object' } } } }
const bodies: Partial<Record<DialectId, JsonObject>> = {
  anthropic: { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'x' }] },
  'openai-responses': { model: 'm', input: 'x', tools: [{ type: 'custom', name: 'custom' }] },
  gemini: { contents: [{ role: 'user', parts: [{ text: 'x' }] }] },
  'openai-chat': {
    model: 'm',
    messages: [{ role: 'user', content: 'x' }],
    tools: [tools.f, { type: 'custom', custom: { name: 'custom' } }],
  },
}

function chunk(delta: Json, index = 0): string {
  const choices = [{ index, delta }]
  return `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices })}\n\n`
}
const begin = (index: number, name: string, text: string): string =>
  chunk({ tool_calls: [{ index, id: `call_${index}`, function: { name, arguments: text } }] })
const add = (index: number, text: string): string =>
  chunk({ tool_calls: [{ index, function: { arguments: text } }] })
const farCitation = {
  type: 'url_citation',
  url_citation: { url: 'https://a.example', title: 'a', start_index: 0, end_index: 1e9 },
}

const streams: Record<string, string[]> = {
  'a citation whose words never come': [
    chunk({ content: 'a', annotations: [farCitation] }),
    ...Array<string>(60_000).fill(chunk({ content: 'abcdefgh' })),
  ],
  'a call that is not whole before another': [
    begin(0, 'f', '{"a":"'),
    begin(1, 'f', '{'),
    ...Array<string>(30_000).fill(add(0, 'abc ')),
  ],
  'white space in the place of a custom call': [
    begin(0, 'custom', ' '),
    ...Array<string>(20_000).fill(add(0, '    ')),
  ],
  'calls that never end': Array.from({ length: 19_000 }, (_, index) => begin(index, 'f', '{')),
  choices: Array.from({ length: 19_000 }, (_, index) => chunk({ content: 'x' }, index)),
}

const boundMs = 6_000

function timed(run: () => void): number {
  const start = performance.now()
  run()
  return performance.now() - start
}

describe.each(Object.entries(streams))('%s', (_, parts) => {
  it.each(Object.entries(bodies))('cost a %s client no more than their length', (id, body) => {
    const listener = inbound[id as DialectId]
    const speaker = outbound['openai-chat']
    if (!listener || !speaker) throw new Error('The dialects are not spoken.')
    const request = { ...listener.parseRequest(body, { model: 'm', stream: true }), stream: true }
    const served = { provider: 'p', model: 'm', at: 1 }
    const translation = new Translation(speaker, listener, request, served)
    const bytes = parts.map((part) => new TextEncoder().encode(part))
    const spent = timed(() => {
      for (const piece of bytes) translation.push(piece)
      translation.end()
    })
    expect(spent).toBeLessThan(boundMs)
  })

  it('cost no more where they are folded', () => {
    const speaker = outbound['openai-chat']
    if (!speaker) throw new Error('The dialect is not spoken.')
    expect(timed(() => foldStream(parts.join(''), speaker))).toBeLessThan(boundMs)
  })
})

describe('an answer of more parts than any has', () => {
  const many = 20_001
  const parts: Record<string, string[]> = {
    calls: Array.from({ length: many }, (_, index) => begin(index, 'f', '{}')),
    choices: Array.from({ length: many }, (_, index) => chunk({ content: 'x' }, index)),
    'reasoning between words': Array.from({ length: many }, (_, index) =>
      chunk(index % 2 === 0 ? { content: 'x' } : { reasoning_content: 'x' }),
    ),
  }

  it.each(Object.entries(parts))('is translated no further: %s', (_, stream) => {
    const speaker = outbound['openai-chat']
    const listener = inbound.anthropic
    if (!listener || !speaker) throw new Error('The dialects are not spoken.')
    const request = listener.parseRequest(bodies.anthropic)
    const translation = new Translation(speaker, listener, request, { provider: 'p', model: 'm', at: 1 })
    const bytes = stream.map((part) => new TextEncoder().encode(part))
    for (const piece of bytes.slice(0, -1)) translation.push(piece)
    expect(() => translation.push(bytes.at(-1) ?? new Uint8Array())).toThrow(TooManyPartsError)
    expect(() => foldStream(stream.join(''), speaker)).toThrow(TooManyPartsError)
  })

  it('has no such bound on the pieces of its words, however many choices take turns', () => {
    const pieces = Array.from({ length: 3 * many }, (_, index) => chunk({ content: 'x' }, index % 8))
    const speaker = outbound['openai-chat']
    if (!speaker) throw new Error('The dialect is not spoken.')
    expect(foldStream(`${pieces.join('')}data: [DONE]\n\n`, speaker).type).toBe('answer')
  })
})

describe('a stream of Gemini’s with ever more candidates', () => {
  const candidates = Array.from({ length: 60_000 }, (_, index) =>
    new TextEncoder().encode(`data: {"candidates":[{"index":${index}}]}\n\n`),
  )

  it('costs no more than its length', () => {
    const speaker = outbound.gemini
    const listener = inbound['openai-chat']
    if (!listener || !speaker) throw new Error('The dialects are not spoken.')
    const request = { ...listener.parseRequest(bodies['openai-chat']), stream: true }
    const translation = new Translation(speaker, listener, request, { provider: 'p', model: 'm', at: 1 })
    const spent = timed(() => {
      for (const piece of candidates) translation.push(piece)
      translation.end()
    })
    expect(spent).toBeLessThan(boundMs)
  })
})
