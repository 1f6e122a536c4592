import type { DialectId } from '../../src/domain/dialects.ts'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/chat/json.ts'
import { inbound, outbound } from '../../src/dialects/index.ts'
import { boundRequest } from '../../src/gateway/money-bound.ts'

const search = [{ type: 'web_search_20250305', name: 'web_search' }]
const messages = [{ role: 'user', content: 'Hi' }]

describe.each<[DialectId, JsonObject, string]>([
  ['anthropic', { messages, max_tokens: 9, tools: search }, 'tools[0]'],
  ['openai-responses', { input: 'Hi', tools: [{ type: 'web_search' }] }, 'tools[0]'],
  ['openai-chat', { messages, web_search_options: {} }, 'web_search_options'],
  ['gemini', { contents: { parts: { text: 'Hi' } }, tools: { googleSearch: {} } }, 'tools[0].googleSearch'],
])('a search of a client of %s', (from, body, path) => {
  const kinds = { anthropic: 'web_search_20250305', gemini: 'googleSearch' } as const

  it.each(Object.entries(kinds))('is not paid from a budget at %s', (to, kind) => {
    const request = inbound[from]?.parseRequest({ model: 'm', ...body }, { model: 'm' })
    const speaker = outbound[to as keyof typeof kinds]
    if (!request || !speaker) throw new Error('The dialects are not spoken.')
    const upstream = { baseUrl: 'u', model: 'm', quirks: { search: kind } }
    const free = speaker.buildCall(
      boundRequest(request, { models: false, budget: false }, 9).request,
      upstream,
    )
    expect(JSON.stringify(free.body)).toMatch(/search/i)
    const bound = boundRequest(request, { models: false, budget: true }, 9)
    const sent = speaker.buildCall(bound.request, upstream)
    expect(JSON.stringify(sent.body)).not.toMatch(/search/i)
    expect([...bound.dropped, ...sent.dropped].join(' ')).toContain(from === to ? 'tools.' : path)
  })
})

it('does not search for a token of some models by a field that was left out', () => {
  const request = inbound['openai-chat']?.parseRequest({ model: 'm', messages, plugins: [{ id: 'web' }] })
  if (!request) throw new Error('The dialect is not spoken.')
  const { request: bound } = boundRequest(request, { models: true, budget: false }, undefined)
  expect(bound.search).toBeUndefined()
})
