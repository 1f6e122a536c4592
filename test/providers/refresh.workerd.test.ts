import { createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { readModelCatalogue } from '../../src/db/model-catalogue.ts'
import worker from '../../src/index.ts'
import { useStoredModels } from '../../src/providers/refresh.ts'
import { factsOf, providersOfModel, publishFacts } from '../../src/providers/registry.ts'

const providers = ['openai', 'anthropic', 'google', 'groq', 'mistral', 'deepseek', 'xai', 'cohere', 'nvidia']

function publish(body: unknown, status = 200): void {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () => Response.json(body, { status }))
}
const document = (model: string): object =>
  Object.fromEntries(providers.map((id) => [id, { models: { [model]: { limit: { context: 4_242 } } } }]))

afterEach(() => {
  vi.restoreAllMocks()
  publishFacts(new Map())
})

const run = (): Promise<void> => worker.scheduled(createScheduledController(), env)

describe('the daily refresh', () => {
  it('stores what is published, and isolates then know it', async () => {
    publish(document('brand-new'))
    await run()
    await useStoredModels(env, Date.now(), () => {})
    expect(factsOf('groq', 'brand-new')).toEqual({ contextTokens: 4_242 })
    expect(providersOfModel('brand-new').map(({ provider }) => provider)).toContain('gemini')
  })

  it('keeps the old catalogue, and says why, where the new one is no good', async () => {
    publish(document('good'))
    await run()
    publish({ openai: {} })
    await expect(run()).rejects.toThrow('too few models')
    publish(document('other'), 503)
    await expect(run()).rejects.toThrow('503')
    expect((await readModelCatalogue(env.DB)).get('openai')).toEqual({ good: { contextTokens: 4_242 } })
  })
})
