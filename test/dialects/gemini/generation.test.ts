import { describe, expect, it } from 'vitest'
import type { ModelFacts } from '../../../src/chat/model.ts'
import type { ReasoningOptions } from '../../../src/chat/request.ts'
import { thinkingConfigFor } from '../../../src/dialects/gemini/generation.ts'
import { geminiOutbound } from '../../../src/dialects/gemini/outbound.ts'
import { anyRequest } from '../../any-request.ts'

function call(reasoning: ReasoningOptions, model: string, facts: ModelFacts = {}) {
  const upstream = { baseUrl: 'https://p.example', model, quirks: {}, facts }
  return geminiOutbound.buildCall({ ...anyRequest, reasoning }, upstream)
}

describe('how much to think', () => {
  it.each([
    ['gemini-3.1-pro-preview', { effort: 'none' }, { thinkingLevel: 'LOW' }],
    ['gemini-3-flash-preview', { effort: 'none' }, { thinkingLevel: 'MINIMAL' }],
    ['gemini-3-flash-preview', { effort: 'medium' }, { thinkingLevel: 'MEDIUM', includeThoughts: true }],
    ['gemini-flash-latest', { effort: 'xhigh' }, { thinkingLevel: 'HIGH', includeThoughts: true }],
    ['gemini-3.5-flash', { budgetTokens: 2000 }, { thinkingBudget: 2000, includeThoughts: true }],
    ['gemini-3.5-flash', {}, { includeThoughts: true }],
    ['some-proxy-name', { effort: 'low' }, { thinkingLevel: 'LOW', includeThoughts: true }],
    ['gemini-3.5-flash', { budgetTokens: 0 }, { thinkingLevel: 'MINIMAL' }],
    ['gemini-2.5-flash', { effort: 'none' }, { thinkingBudget: 0 }],
    ['gemini-2.5-flash', { budgetTokens: 50_000 }, { thinkingBudget: 24_576, includeThoughts: true }],
    ['gemini-2.5-flash-lite', { budgetTokens: 100 }, { thinkingBudget: 512, includeThoughts: true }],
    ['gemini-2.5-pro', { budgetTokens: 50_000 }, { thinkingBudget: 32_768, includeThoughts: true }],
    ['gemini-2.5-flash', { effort: 'medium' }, { thinkingBudget: 8192, includeThoughts: true }],
    ['gemini-2.5-pro', { effort: 'max' }, { thinkingBudget: 24_576, includeThoughts: true }],
    ['gemini-2.5-pro', { effort: 'constructor' }, { thinkingBudget: 24_576, includeThoughts: true }],
    ['gemini-2.5-pro', { effort: 'none' }, { thinkingBudget: 128 }],
    ['gemini-2.5-pro', { effort: 'high', budgetTokens: 500 }, { thinkingBudget: 500, includeThoughts: true }],
  ])('is said to %s for %j', (model, reasoning, thinkingConfig) => {
    expect(call(reasoning, model)).toMatchObject({
      dropped: [],
      body: { generationConfig: { thinkingConfig } },
    })
    expect(thinkingConfigFor(model, reasoning)).toEqual(thinkingConfig)
  })

  it('is not said to a model that does not think', () => {
    expect(call({ effort: 'high' }, 'gemini-2.0-flash')).toMatchObject({
      dropped: ['reasoning_effort'],
    })
    expect(call({ effort: 'high' }, 'gemma', { reasoning: false }).body).not.toHaveProperty(
      'generationConfig',
    )
    expect(call({ effort: 'none' }, 'gemini-2.0-flash').dropped).toEqual([])
  })
})
