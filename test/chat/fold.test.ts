import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChatEvent } from '../../src/chat/events.ts'
import { Fold, foldEvents, unfold } from '../../src/chat/fold.ts'
import type { AssistantPart } from '../../src/chat/request.ts'
import type { ChatResponse } from '../../src/chat/response.ts'

const usage = { inputTokens: 1, outputTokens: 2, cachedTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 }
const stop = { reason: 'stop' as const, raw: 'stop' }
const opaque = (data: string) => ({ dialect: 'anthropic' as const, data })

function contentOf(events: ChatEvent[]): AssistantPart[] | undefined {
  return foldEvents(events).choices[0]?.content
}

describe('Fold', () => {
  it('joins deltas of one kind and begins a part where the kind changes', () => {
    expect(
      contentOf([
        { type: 'reasoning-delta', choice: 0, text: 'Let me ' },
        { type: 'reasoning-delta', choice: 0, text: 'see.' },
        { type: 'text-delta', choice: 0, text: 'Fo' },
        { type: 'text-delta', choice: 0, text: 'ur.' },
        { type: 'reasoning-delta', choice: 0, text: 'Or five?' },
      ]),
    ).toEqual([
      { type: 'reasoning', text: 'Let me see.' },
      { type: 'text', text: 'Four.' },
      { type: 'reasoning', text: 'Or five?' },
    ])
  })

  it('seals the reasoning that came before, and begins anew after a seal', () => {
    expect(
      contentOf([
        { type: 'reasoning-delta', choice: 0, text: 'One' },
        { type: 'reasoning-seal', choice: 0, opaque: opaque('a') },
        { type: 'reasoning-delta', choice: 0, text: 'Two' },
        { type: 'reasoning-seal', choice: 0, opaque: opaque('b') },
        { type: 'reasoning-seal', choice: 0, opaque: opaque('c') },
      ]),
    ).toEqual([
      { type: 'reasoning', text: 'One', opaque: opaque('a') },
      { type: 'reasoning', text: 'Two', opaque: opaque('b') },
      { type: 'reasoning', text: '', opaque: opaque('c') },
    ])
  })

  it('keeps the arguments of calls apart that come in turns, in every choice', () => {
    const events: ChatEvent[] = [
      { type: 'tool-call-start', choice: 0, call: 0, id: 'a', name: 'f' },
      { type: 'tool-call-start', choice: 1, call: 0, id: 'b', name: 'g' },
      { type: 'tool-call-start', choice: 0, call: 1, id: 'c', name: 'h' },
      { type: 'tool-call-delta', choice: 1, call: 0, arguments: '2' },
      { type: 'tool-call-delta', choice: 0, call: 1, arguments: '3' },
      { type: 'tool-call-delta', choice: 0, call: 0, arguments: '1' },
    ]
    const texts = foldEvents(events).choices.map(({ content }) =>
      content.map((part) => (part.type === 'tool-call' ? part.id + part.arguments : '')),
    )
    expect(texts).toEqual([['a1', 'c3'], ['b2']])
  })

  it('takes the last report of usage and never sums', () => {
    const fold = new Fold()
    fold.push({ type: 'usage-report', usage })
    fold.push({ type: 'usage-report', usage: { ...usage, outputTokens: 5 } })
    expect(fold.result().usage?.outputTokens).toBe(5)
  })

  it('puts choices in the order of their index', () => {
    const events: ChatEvent[] = [2, 0, 1].map((choice) => ({ type: 'choice-finish', choice, finish: stop }))
    expect(foldEvents(events).choices.map(({ index }) => index)).toEqual([0, 1, 2])
  })

  it('says of an answer that was cut that it did not finish', () => {
    expect(foldEvents([{ type: 'text-delta', choice: 0, text: 'Hi' }]).choices[0]?.finish).toEqual({
      reason: 'other',
      raw: '',
    })
  })
})

describe('unfold', () => {
  const text = fc.string({ minLength: 1 })
  const part: fc.Arbitrary<AssistantPart> = fc.oneof(
    fc.record({ type: fc.constant('text' as const), text }),
    fc.record({ type: fc.constant('refusal' as const), text }),
    fc.record({ type: fc.constant('reasoning' as const), text, opaque: text.map(opaque) }),
    fc.record({ type: fc.constant('tool-call' as const), id: text, name: text, arguments: text }),
    fc.record({
      type: fc.constant('tool-call' as const),
      id: text,
      name: text,
      arguments: text,
      opaque: text.map(opaque),
    }),
    fc.constant({
      type: 'file' as const,
      kind: 'image' as const,
      source: { type: 'url' as const, url: 'https://example.com/a.png' },
    }),
  )

  it('is the inverse of the fold', () => {
    // Neighbours of one kind are one part in a stream, and so are not made here.
    const content = fc
      .array(part, { maxLength: 6 })
      .map((parts) => parts.filter((each, index) => each.type !== parts[index - 1]?.type))
    const response: fc.Arbitrary<ChatResponse> = fc
      .array(fc.tuple(content, fc.boolean()), { minLength: 1, maxLength: 3 })
      .map((choices) => ({
        id: 'r-1',
        model: 'm-1',
        createdAt: 1000,
        choices: choices.map(([parts, withLogprobs], index) => ({
          index,
          content: parts,
          finish: stop,
          ...(withLogprobs && { logprobs: [{ token: 'a', logprob: -1 }] }),
        })),
        usage,
      }))
    fc.assert(
      fc.property(response, (whole) => {
        expect(foldEvents(unfold(whole))).toEqual(whole)
      }),
    )
  })
})

describe('citations', () => {
  const content: AssistantPart[] = [{ type: 'text', text: 'One two.' }]
  const two = { place: { start: 4, end: 7 }, url: 'https://a.example' }
  const all = { url: 'https://b.example' }
  const response: ChatResponse = {
    id: 'r',
    model: 'm',
    createdAt: 0,
    choices: [{ index: 0, content, finish: stop, citations: [all, two] }],
  }

  it('come before their words, and those of the whole answer after them', () => {
    const events = unfold(response)
    expect(events.slice(1, -2)).toEqual([
      { type: 'text-delta', choice: 0, text: 'One ' },
      { type: 'citation-add', choice: 0, citation: two },
      { type: 'text-delta', choice: 0, text: 'two.' },
      { type: 'citation-add', choice: 0, citation: all },
    ])
    expect(foldEvents(events).choices[0]).toMatchObject({ content, citations: [two, all] })
  })
})
