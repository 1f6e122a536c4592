import { createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { readModelCatalogue } from '../../src/db/model-catalogue.ts'
import worker from '../../src/index.ts'
import { useStoredModels } from '../../src/providers/catalogue-refresh.ts'
import { factsOf, providersOfModel, publishFacts } from '../../src/providers/registry.ts'

const providers = [
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
/** Tests reach no network, and read no catalogue of themselves. */
const reading = { ...env, MODELS_URL: 'https://models.example.org/api.json' }

function publish(body: unknown, status = 200): void {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () => Response.json(body, { status }))
}
const document = (model: string): object =>
  Object.fromEntries(providers.map((id) => [id, { models: { [model]: { limit: { context: 4_242 } } } }]))

afterEach(() => {
  vi.restoreAllMocks()
  publishFacts(new Map())
})

const run = (): Promise<void> => worker.scheduled(createScheduledController(), reading)

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
    expect((await readModelCatalogue(env.DB)).facts.get('openai')).toEqual({ good: { contextTokens: 4_242 } })
  })
})

describe('a hub whose catalogue is missing or old', () => {
  const hourMs = 60 * 60_000
  const use = async (now: number): Promise<void> => {
    const work: Promise<unknown>[] = []
    const background = (one: Promise<unknown>): void => void work.push(one)
    await useStoredModels(reading, now, background)
    // What is begun in the background begins more.
    for (const one of work) await one
  }

  it('reads the published one when it is first used, at most once an hour', async () => {
    publish(document('fresh'))
    const later = Date.now() + 48 * hourMs
    await use(later)
    expect(factsOf('groq', 'fresh')).toEqual({ contextTokens: 4_242 })
    await use(later + hourMs / 2)
    expect(fetch).toHaveBeenCalledTimes(1)
    await use(later + 2 * hourMs)
    expect(fetch).toHaveBeenCalledTimes(1)
  })

  it('goes on with what it has where that cannot be reached', async () => {
    publish({}, 503)
    await use(Date.now() + 96 * hourMs)
    expect(fetch).toHaveBeenCalledTimes(1)
    expect(factsOf('openai', 'gpt-6-luna')).toBeDefined()
  })
})
