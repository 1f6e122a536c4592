import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/chat/json.ts'
import { geminiOutbound } from '../../../src/dialects/gemini/outbound.ts'

function glimpse(value: JsonObject) {
  return geminiOutbound.glimpse({ data: JSON.stringify(value) })
}

function part(fields: JsonObject): JsonObject {
  return { candidates: [{ content: { parts: [fields], role: 'model' }, index: 0 }] }
}

describe('a glimpse', () => {
  it.each([
    ['text', { text: 'Hi' }],
    ['a thought', { text: 'Hm.', thought: true }],
    ['a call', { functionCall: { name: 'f' } }],
    ['an image', { inlineData: { mimeType: 'image/png', data: 'iVBO' } }],
    ['a signature alone', { text: '', thoughtSignature: 'c2ln' }],
  ])('sees content in %s', (_, fields) => {
    expect(glimpse(part(fields))).toEqual({ content: true })
  })

  it.each([
    ['an empty text', { text: '' }],
    ['nothing', {}],
    ['code that runs at Google', { executableCode: { code: 'x' } }],
  ])('sees no content in %s', (_, fields) => {
    expect(glimpse(part(fields))).toEqual({})
  })

  it('sees a finish, a blocked prompt, and usage beside them', () => {
    const usage = {
      inputTokens: 1,
      outputTokens: 0,
      cachedTokens: 0,
      cacheWriteTokens: 0,
      reasoningTokens: 0,
    }
    expect(
      glimpse({ candidates: [{ finishReason: 'STOP' }], usageMetadata: { promptTokenCount: 1 } }),
    ).toEqual({
      finished: true,
      usage,
    })
    expect(glimpse({ promptFeedback: { blockReason: 'SAFETY' } })).toEqual({ finished: true })
    // It is not for the relay to leave out: clients of this dialect always get it.
    expect(glimpse({ usageMetadata: { promptTokenCount: 1 } })).toEqual({ usage })
  })

  it('sees errors and passes over pings', () => {
    expect(glimpse({ error: { code: 503, message: 'gone' } }).complaint?.message).toBe('gone')
    expect(geminiOutbound.glimpse({ data: 'gone' }).noise).toMatchObject({ body: 'gone' })
    expect(geminiOutbound.glimpse({ event: 'error', data: 'gone' }).complaint?.message).toBe('gone')
    expect(geminiOutbound.glimpse({ comment: 'ping' })).toEqual({})
  })
})
