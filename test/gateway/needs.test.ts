import { describe, expect, it } from 'vitest'
import type { ChatRequest, FilePart } from '../../src/chat/request.ts'
import { lackOf, needsOf } from '../../src/gateway/needs.ts'
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
