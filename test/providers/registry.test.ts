import { describe, expect, it } from 'vitest'
import { catalog, type ProviderId } from '../../src/providers/catalog.ts'
import { factsOf, findProvider, priceOf, providersOfModel, spendingOf } from '../../src/providers/registry.ts'

const noUsage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 }

describe('findProvider', () => {
  it.each<[string, ProviderId]>([
    ['groq', 'groq'],
    ['hf', 'huggingface'],
    ['claude', 'anthropic'],
    ['google', 'gemini'],
    ['OpenAI', 'openai'],
    ['cloudflare', 'workers-ai'],
  ])('finds %s', (name, id) => expect(findProvider(name)).toEqual({ id, provider: catalog[id] }))

  it.each(['', 'nobody', 'constructor', '__proto__', 'openai/gpt-5.5'])('finds nothing for "%s"', (name) =>
    expect(findProvider(name)).toBeUndefined(),
  )
})

describe('providersOfModel', () => {
  it('finds every provider that lists the model', () => {
    expect(providersOfModel('claude-sonnet-5')).toEqual([{ provider: 'anthropic', model: 'claude-sonnet-5' }])
    expect(providersOfModel('openai/gpt-oss-120b').map(({ provider }) => provider)).toEqual(
      expect.arrayContaining(['groq', 'together', 'huggingface', 'openrouter']),
    )
  })

  it('finds a model by its dated name', () => {
    expect(providersOfModel('claude-haiku-4-5-20251001')).toEqual([
      { provider: 'anthropic', model: 'claude-haiku-4-5-20251001' },
    ])
  })

  it('finds nothing for a model that nobody lists, nor for one of the sandbox', () => {
    for (const model of ['gpt-17', 'echo', '429', 'constructor', ''])
      expect(providersOfModel(model)).toEqual([])
  })
})

describe('prices', () => {
  it('are known for a model, for its dated name, and for the default model', () => {
    expect(priceOf('openai', 'gpt-4.1-2025-04-14')).toEqual(priceOf('openai', 'gpt-4.1'))
    expect(priceOf('openai')).toEqual(priceOf('openai', catalog.openai.defaultModel))
    expect(factsOf('openai', 'gpt-4.1')).toMatchObject({ contextTokens: 1_047_576 })
  })

  it('are unknown for what is not in the table', () => {
    expect(priceOf('openai', 'gpt-17')).toBeUndefined()
    expect(priceOf('openai', 'constructor')).toBeUndefined()
    expect(priceOf('nobody', 'gpt-4.1')).toBeUndefined()
  })

  it('count cached and cache-written tokens once, at their own price', () => {
    const price = { input: 10, output: 50, cachedInput: 1, cacheWrite: 12.5 }
    const usage = {
      ...noUsage,
      inputTokens: 1_000_000,
      cachedTokens: 400_000,
      cacheWriteTokens: 100_000,
      outputTokens: 20_000,
    }
    expect(spendingOf(price, usage, false).cost).toBeCloseTo(5 + 0.4 + 1.25 + 1, 10)
  })

  it('count cached tokens as input where they have no price of their own, and nothing twice', () => {
    const price = { input: 10, output: 50 }
    const costOf = (usage: Partial<typeof noUsage>): number =>
      spendingOf(price, { ...noUsage, ...usage }, false).cost
    expect(costOf({ inputTokens: 1_000, cachedTokens: 1_000 })).toBeCloseTo(0.01, 10)
    expect(costOf({ outputTokens: 1_000, reasoningTokens: 900 })).toBeCloseTo(0.05, 10)
    expect(costOf({ inputTokens: 10, cachedTokens: 20 })).toBeGreaterThan(0)
    expect(costOf({})).toBe(0)
  })

  it('tell what a cache saved, and what writing to it cost more', () => {
    const price = { input: 10, output: 50, cachedInput: 1, cacheWrite: 12.5 }
    const read = spendingOf(price, { ...noUsage, inputTokens: 1_000_000, cachedTokens: 400_000 }, false)
    expect(read.cost).toBeCloseTo(6.4, 10)
    expect(read.saved).toBeCloseTo(3.6, 10)
    const written = spendingOf(
      price,
      { ...noUsage, inputTokens: 1_000_000, cacheWriteTokens: 400_000 },
      false,
    )
    expect(written).toEqual({ cost: 11, saved: -1 })
  })

  it('count what is written to a cache for an hour at twice the input', () => {
    const price = { input: 10, output: 50, cachedInput: 1, cacheWrite: 12.5 }
    const usage = {
      ...noUsage,
      inputTokens: 1_000_000,
      cacheWriteTokens: 400_000,
      hourCacheWriteTokens: 300_000,
    }
    expect(spendingOf(price, usage, false)).toEqual({ cost: 13.25, saved: -3.25 })
    expect(spendingOf({ input: 10, output: 50 }, usage, false).cost).toBe(13)
  })

  it('are saved whole with a key that costs nothing', () => {
    const usage = { ...noUsage, inputTokens: 1_000_000, cachedTokens: 400_000, outputTokens: 100_000 }
    expect(spendingOf({ input: 10, output: 50, cachedInput: 1 }, usage, true)).toEqual({ cost: 0, saved: 15 })
  })
})
