/** Places of citations: the units of each dialect, and where in a stream a source is named. */
import { describe, expect, it } from 'vitest'
import type { Citation } from '../../src/chat/citation.ts'
import type { ChatEvent } from '../../src/chat/events.ts'
import type { Json, JsonObject } from '../../src/chat/json.ts'
import { outbound } from '../../src/dialects/index.ts'
import { citationsIn, eventsOf, membersIn, wholeFor } from './cited.ts'

describe('places', () => {
  const text = '🗼 Grüße aus 東京, 👩‍👩‍👧 [1]. Ende.'
  const start = text.indexOf('[1]')
  const url = 'https://a.example/1'
  const citation: Citation = { place: { start, end: start + 3 }, url, title: 'A' }
  const events: ChatEvent[] = [
    { type: 'response-start', id: 'r', model: 'm', createdAt: 0 },
    { type: 'text-delta', choice: 0, text },
    { type: 'citation-add', choice: 0, citation },
    { type: 'choice-finish', choice: 0, finish: { reason: 'stop', raw: 'stop' } },
    { type: 'response-end' },
  ]
  const points = (index: number) => Array.from(text.slice(0, index)).length
  const bytes = (index: number) => new TextEncoder().encode(text.slice(0, index)).length

  it.each(['openai-chat', 'openai-responses'] as const)('count code points for %s', (client) => {
    const page = { start_index: points(start), end_index: points(start + 3), url, title: 'A' }
    const [annotations] = membersIn(wholeFor(client, events), ['annotations'])
    const expected = { type: 'url_citation', ...(client === 'openai-chat' ? { url_citation: page } : page) }
    expect(annotations).toEqual([expected])
  })

  it('count bytes for Gemini', () => {
    const segment = { startIndex: bytes(start), endIndex: bytes(start + 3), text: '[1]' }
    expect(membersIn(wholeFor('gemini', events), ['groundingMetadata'])).toEqual([
      {
        groundingChunks: [{ web: { uri: url, title: 'A' } }],
        groundingSupports: [{ segment, groundingChunkIndices: [0] }],
      },
    ])
  })

  it('are blocks for Anthropic', () => {
    expect(wholeFor('anthropic', events).content).toEqual([
      { type: 'text', text: text.slice(0, start) },
      {
        type: 'text',
        text: '[1]',
        citations: [
          {
            type: 'web_search_result_location',
            cited_text: '',
            url,
            title: 'A',
            encrypted_index: '',
          },
        ],
      },
      { type: 'text', text: text.slice(start + 3) },
    ])
  })

  it.each(['before', 'within', 'after'])(
    'are the same where a stream names the source %s its words',
    (when) => {
      const pieces = [text.slice(0, start + 1), text.slice(start + 1)]
      const at = { before: 0, within: 1, after: 2 }[when] ?? 0
      const annotation = {
        type: 'url_citation',
        url_citation: {
          start_index: points(start),
          end_index: points(start + 3),
          url,
          title: 'A',
        },
      }
      const deltas: Json[] = pieces.map((content) => ({ content }))
      deltas.splice(at, 0, { annotations: [annotation] })
      const chunk = (delta: Json, finish: string | null = null) =>
        `data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
      const sse = [...deltas.map((delta) => chunk(delta)), chunk({}, 'stop'), 'data: [DONE]\n\n'].join('')
      expect(citationsIn(eventsOf('openai-chat', { sse }))).toEqual([citation])
    },
  )

  it('come from the words of the answer where a provider counts them otherwise', () => {
    const segment = { startIndex: start, endIndex: start + 3, text: '[1]' }
    const body = {
      candidates: [
        {
          content: { parts: [{ text }] },
          finishReason: 'STOP',
          groundingMetadata: {
            groundingChunks: [{ web: { uri: url, title: 'A' } }],
            groundingSupports: [{ segment, groundingChunkIndices: [0] }],
          },
        },
      ],
    } as JsonObject
    expect(outbound.gemini?.parseResponse(body).choices[0]?.citations).toEqual([citation])
  })
})

describe("the sources of Perplexity's answers", () => {
  const results = [
    { url: 'https://a.example', title: 'A' },
    { url: 'https://b.example', title: 'B', snippet: 'b' },
  ]
  const answer = (more: JsonObject): JsonObject => ({
    id: 'p',
    model: 'sonar',
    choices: [
      {
        index: 0,
        finish_reason: 'stop',
        message: { role: 'assistant', content: '5 + 3 = 8 [1].' },
        delta: { role: 'assistant', content: '' },
      },
    ],
    ...more,
  })
  const read = (more: JsonObject) => outbound['openai-chat']?.parseResponse(answer(more)).choices[0]

  it('stand beside an answer that is not empty', () => {
    expect(read({})?.content).toEqual([{ type: 'text', text: '5 + 3 = 8 [1].' }])
    expect(read({})?.citations).toBeUndefined()
  })

  it('are placed where the text refers to them', () => {
    expect(read({ search_results: results, citations: results.map(({ url }) => url) })?.citations).toEqual([
      { place: { start: 10, end: 13 }, url: 'https://a.example', title: 'A' },
      { url: 'https://b.example', title: 'B', quote: 'b' },
    ])
    expect(read({ citations: ['https://a.example'] })?.citations).toEqual([
      { place: { start: 10, end: 13 }, url: 'https://a.example' },
    ])
  })
})
