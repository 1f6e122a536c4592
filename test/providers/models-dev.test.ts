import { describe, expect, it } from 'vitest'
import { isPlausible, readModelsDev } from '../../src/providers/models-dev.ts'

const model = {
  id: 'm',
  cost: { input: 1, output: 2, cache_read: 0.1 },
  limit: { context: 100_000, output: 8_000 },
  modalities: { input: ['text', 'image', 'hologram'], output: ['text'] },
  reasoning: true,
  tool_call: false,
  temperature: false,
}
const names = [
  'openai',
  'anthropic',
  'google',
  'groq',
  'mistral',
  'deepseek',
  'xai',
  'cohere',
  'nvidia',
  'zai',
]
const document = (count = 2): Record<string, unknown> =>
  Object.fromEntries(
    names.map((name) => [
      name,
      { id: name, models: Object.fromEntries(Array.from({ length: count }, (_, i) => [`m${i}`, model])) },
    ]),
  )

describe('the published catalogue', () => {
  it('is read under our names, with what is known and nothing more', () => {
    const facts = readModelsDev({ ...document(), unheardOf: { models: { x: model } } })
    expect([...facts.keys()]).toContain('gemini')
    expect([...facts.keys()]).not.toContain('unheardOf')
    expect(facts.get('openai')?.m0).toEqual({
      price: { input: 1, output: 2, cachedInput: 0.1 },
      contextTokens: 100_000,
      outputTokens: 8_000,
      input: ['image'],
      reasoning: true,
      tools: false,
      sampling: false,
    })
  })

  it('takes zero for unknown, and leaves out an entry that it cannot read', () => {
    const odd = {
      openai: { models: { good: { limit: { context: 0, output: null } }, bad: { cost: 'free' } } },
    }
    expect(readModelsDev(odd).get('openai')).toEqual({ good: {} })
  })

  it('leaves out the models that a gateway has in another dialect', () => {
    const gateway = {
      opencode: {
        models: {
          own: { provider: { npm: '@ai-sdk/openai-compatible' } },
          claude: { provider: { npm: '@ai-sdk/anthropic' } },
        },
      },
    }
    expect(readModelsDev(gateway).get('opencode')).toEqual({ own: {} })
  })

  it.each([null, [], 'text', {}, { openai: null }, { openai: { models: null } }])(
    'is empty in %j',
    (other) => {
      expect(readModelsDev(other).size).toBe(0)
    },
  )
})

describe('a new catalogue', () => {
  const full = readModelsDev(document(10))

  it('replaces the old one where it has about as much', () => {
    expect(isPlausible(full, new Map())).toBe(true)
    expect(isPlausible(readModelsDev(document(6)), full)).toBe(true)
  })

  it('does not where it lost half of its models or of its providers', () => {
    expect(isPlausible(readModelsDev(document(4)), full)).toBe(false)
    expect(isPlausible(readModelsDev({ openai: document(100).openai }), full)).toBe(false)
    expect(isPlausible(new Map(), new Map())).toBe(false)
  })
})
