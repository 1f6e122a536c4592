import { describe, expect, it } from 'vitest'
import type { ChatRequest, FilePart } from '../../src/chat/request.ts'
import { isBlindTo, lackOf, needsOf } from '../../src/gateway/capabilities.ts'
import { anyRequest } from '../any-request.ts'

const estimate = { inputTokens: 1_000, outputTokens: 0 }
const file = (kind: FilePart['kind'], more: Partial<FilePart> = {}): FilePart => ({
  type: 'file',
  kind,
  source: { type: 'base64', data: 'AAAA' },
  ...more,
})
const showing = (part: FilePart): ChatRequest => ({
  ...anyRequest,
  messages: [{ role: 'user', content: [part] }],
})
const needs = (request: Partial<ChatRequest> = {}) => needsOf({ ...anyRequest, ...request }, estimate)

describe('what a request needs', () => {
  it('is seen in its parts, also in the results of tools', () => {
    expect([...needs(showing(file('image'))).input]).toEqual(['image'])
    expect([...needs(showing(file('document'))).input]).toEqual(['pdf'])
    expect([...needs(showing(file('document', { source: { type: 'text', text: 'x' } }))).input]).toEqual([])
    const result = { type: 'tool-result' as const, callId: 'c', content: [file('image')] }
    expect([...needs({ messages: [{ role: 'tool', content: [result] }] }).input]).toEqual(['image'])
  })
})

describe('an image', () => {
  const blind = { input: [] }
  const shown = { role: 'user' as const, content: [file('image')] }
  const result = { type: 'tool-result' as const, callId: 'c', content: [file('image')] }
  const said = { role: 'user' as const, content: [{ type: 'text' as const, text: 'x' }] }

  it.each([
    ['that the user asks about', [shown], true],
    ['of an earlier turn', [shown, said], false],
    ['that a tool returned', [said, { role: 'tool' as const, content: [result] }], false],
    ['beside what a tool returned', [said, { role: 'tool' as const, content: [result] }, shown], false],
  ])('%s is seen by models that see, or told in words to others', (_, messages, mustSee) => {
    const wanted = needs({ messages })
    expect(lackOf(blind, wanted)).toBe(mustSee ? 'its model does not support image' : undefined)
    expect(isBlindTo(blind, wanted)).toBe(true)
    expect(isBlindTo({ input: ['image'] }, wanted)).toBe(false)
    expect(isBlindTo(undefined, wanted)).toBe(false)
  })
})

it('a PDF goes to a model that sees images, whose list names no PDFs', () => {
  const wanted = needs({ messages: [{ role: 'user', content: [file('document')] }] })
  expect(lackOf({ input: ['image'] }, wanted)).toBeUndefined()
  expect(lackOf({ input: [] }, wanted)).toBe('its model does not support pdf')
})

describe('what is kept at a provider', () => {
  it.each([
    ['openai-responses', { previous_response_id: 'resp_1' }, 'previous_response_id'],
    ['anthropic', { container: 'c_1' }, 'container'],
    ['gemini', { cachedContent: 'cachedContents/1' }, 'cachedContent'],
  ] as const)('is noticed in %s', (dialect, body, what) => {
    expect(needs({ origin: { dialect, body } }).boundTo).toEqual({ dialect, what })
    expect(
      needs({ origin: { dialect, body: Object.fromEntries(Object.keys(body).map((name) => [name, null])) } })
        .boundTo,
    ).toBeUndefined()
  })

  it('is noticed in a file that is only named', () => {
    const named = file('document', { source: { type: 'reference', id: 'file-1', dialect: 'openai-chat' } })
    expect(needsOf(showing(named), estimate).boundTo).toEqual({
      dialect: 'openai-chat',
      what: 'the file "file-1"',
    })
  })
})

describe('a model', () => {
  const able = {
    tools: true,
    jsonSchema: true,
    input: ['image', 'audio', 'pdf'] as const,
    contextTokens: 10_000,
  }

  it('that nothing is known of counts as able', () => {
    const much = needs({ ...showing(file('audio')), tools: [{ name: 't' }] })
    expect(lackOf(undefined, much)).toBeUndefined()
    expect(lackOf({}, much)).toBeUndefined()
    expect(lackOf(able, much)).toBeUndefined()
  })

  it.each([
    ['tools', { tools: false }, needs({ tools: [{ name: 't' }] })],
    ['image', { input: ['pdf'] as const }, needs(showing(file('image')))],
    ['audio', { input: [] }, needs(showing(file('audio')))],
    ['1000 tokens', { contextTokens: 500 }, needs()],
  ])('that lacks %s is not tried, and says so', (word, lacking, wanted) => {
    expect(lackOf({ ...able, ...lacking }, wanted)).toContain(word)
  })

  it('is given the benefit of the doubt where the estimate is only a little too large', () => {
    expect(lackOf({ contextTokens: 900 }, needs())).toBeUndefined()
  })
})
