/** Which model a candidate is asked for that names none. */
import { describe, expect, it } from 'vitest'
import type { Needs } from '../../src/gateway/capabilities.ts'
import { ask, customRow, names, noNeeds, reach } from './planned.ts'

describe('a custom provider without models', () => {
  const providers = [customRow('bare', { models: [] })]
  const inReach = { providers, reach: [reach('bare', { rowOwner: 'usr_1' }), reach('groq')] }
  const reason = 'it has no default model; name one'
  const routes = [
    {
      owner: 'usr_1',
      name: 'lane',
      order: 'listed' as const,
      candidates: [{ provider: 'bare' }, { provider: 'groq' }],
    },
  ]

  it.each(['bare', 'lane', 'any'])('is left out where no model is named: %s', (asked) => {
    const plan = ask(asked, { in: { ...inReach, routes } })
    expect(names(plan)).not.toContain('bare/*')
    expect(plan).toMatchObject({
      leftOut: expect.arrayContaining([{ provider: 'bare', model: null, reason }]),
    })
  })

  it('serves a model that is named, and the default of a key', () => {
    expect(names(ask('bare/m1', { in: inReach }))).toEqual(['bare/m1'])
    const key = reach('bare', { rowOwner: 'usr_1', defaultModel: 'm2' })
    expect(names(ask('bare', { in: { providers, reach: [key] } }))).toEqual(['bare/*'])
  })
})

describe('a key that allows some models and names no default', () => {
  it('serves the first of them that is a whole id', () => {
    const key = reach('groq', { allowedModels: ['qwen-*', 'llama-x'] })
    expect(names(ask('fast', { in: { reach: [key] } }))).toEqual(['groq/*'])
  })

  it('is left out where it has patterns only, and that is said', () => {
    const plan = ask('fast', { in: { reach: [reach('groq', { allowedModels: ['qwen-*'] })] } })
    expect(plan).toMatchObject({
      candidates: [],
      leftOut: expect.arrayContaining([
        {
          provider: 'groq',
          model: null,
          reason: 'its keys allow only some models and have no default model; name one',
        },
      ]),
    })
  })
})

describe('what a candidate without a model can do', () => {
  const needs: Needs = { ...noNeeds, inputTokens: 100_000_000 }

  it('is what the default models of its keys can, and unknown ones can all', () => {
    expect(names(ask('openai', { in: { reach: [reach('openai')] }, needs }))).toEqual([])
    const key = reach('openai', { defaultModel: 'a-model-of-tomorrow' })
    expect(names(ask('openai', { in: { reach: [reach('openai'), key] }, needs }))).toEqual(['openai/*'])
  })
})
