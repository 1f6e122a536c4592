import { describe, expect, it } from 'vitest'
import { outbound } from '../../src/dialects/index.ts'
import { catalog } from '../../src/providers/catalog.ts'
import type { BuiltInProvider, Provider, Source } from '../../src/providers/provider.ts'
import { readRecordings } from '../recordings.ts'

const rows: [string, BuiltInProvider][] = Object.entries(catalog)

describe.each(rows)('the row of %s', (id, row) => {
  it('has an id that fits a path and the name of a variable', () => expect(id).toMatch(/^[a-z][a-z0-9-]*$/))

  it('has addresses that can be called', () => {
    const urls = Object.values(row.dialects)
    expect(urls.length).toBeGreaterThan(0)
    for (const url of urls) {
      expect(new URL(url).protocol).toBe('https:')
      expect(url).not.toMatch(/\/$|\?|#/)
    }
  })

  it('can be reached in a dialect of chat that the hub speaks', () => {
    const chat = Object.keys(outbound).filter((dialect) => dialect !== 'openai-embeddings')
    expect(Object.keys(row.dialects).filter((dialect) => chat.includes(dialect))).not.toEqual([])
  })

  it('lists its default model, with a price, unless it has ended', () => {
    if (row.retired) return expect(row).toMatchObject({ defaultModel: '', models: {} })
    expect(Object.keys(row.models)).toContain(row.defaultModel)
    expect(row.models[row.defaultModel]?.price).toBeDefined()
  })

  it('has a default model that is not known to lack tools, and does not end', () => {
    expect(row.models[row.defaultModel]?.tools).not.toBe(false)
    expect(Object.keys(row.retirements?.models ?? {})).not.toContain(row.defaultModel)
  })

  it('says when and where each part of it was read', () => {
    const { checked, retired, retirements, presets = [], terms } = row
    const sources: Source[] = [checked.row, checked.models, ...presets]
    for (const source of [retired, retirements, terms]) if (source) sources.push(source)
    for (const { asOf, source } of sources) {
      expect(new Date(asOf).toISOString().slice(0, 10)).toBe(asOf)
      expect(new URL(source).protocol).toBe('https:')
    }
  })

  it('names the last day of each model that ends, and lists the one to take in its place', () => {
    const { asOf = '', models = {} } = row.retirements ?? {}
    for (const [model, { on, successor }] of Object.entries(models)) {
      expect(new Date(on).toISOString().slice(0, 10)).toBe(on)
      expect(Object.keys(models)).not.toContain(successor)
      if (successor !== undefined) expect(Object.keys(row.models)).toContain(successor)
      if (on < asOf) expect(Object.keys(row.models)).not.toContain(model)
    }
  })

  it('has believable numbers', () => {
    for (const { price, contextTokens, outputTokens } of Object.values(row.models)) {
      for (const amount of Object.values(price ?? {})) {
        expect(amount).toBeGreaterThanOrEqual(0)
        expect(amount).toBeLessThan(1_000)
      }
      if (price?.cachedInput !== undefined) expect(price.cachedInput).toBeLessThanOrEqual(price.input)
      for (const tokens of [contextTokens, outputTokens]) {
        if (tokens !== undefined) expect(tokens).toBeGreaterThanOrEqual(4_000)
      }
    }
  })

  it('tells a person where the keys are', () => {
    if (id !== 'sandbox') expect(row.keysUrl).toMatch(/^https:\/\//)
  })

  it('names the headers of its limits in lower case, each limit once', () => {
    const limits = row.limitHeaders ?? []
    for (const { limit, remaining, reset } of limits)
      for (const name of [limit, remaining, reset]) if (name) expect(name).toBe(name.toLowerCase())
    expect(new Set(limits.map(({ unit, per }) => `${unit}/${per}`)).size).toBe(limits.length)
  })

  it('lists its models where its keys are sent anyway', () => {
    const hosts = Object.values(row.dialects).map((url) => new URL(url).host)
    if (row.modelsUrl !== undefined) expect(hosts).toContain(new URL(row.modelsUrl).host)
  })

  it('renames no field that it refuses', () => {
    const renamed = Object.keys(row.quirks?.['openai-chat']?.renames ?? {})
    for (const field of row.quirks?.['openai-chat']?.refuses ?? []) expect(renamed).not.toContain(field)
  })
})

describe('the catalogue', () => {
  it('has every provider that is promised', () => {
    expect(Object.keys(catalog).toSorted()).toEqual(
      [
        'openai',
        'anthropic',
        'gemini',
        'openrouter',
        'mistral',
        'groq',
        'together',
        'fireworks',
        'deepseek',
        'huggingface',
        'cohere',
        'cerebras',
        'xai',
        'nvidia',
        'github',
        'workers-ai',
        'zai',
        'moonshot',
        'ollama-cloud',
        'opencode',
        'kilo',
        'sandbox',
      ].toSorted(),
    )
  })

  it('gives each name to one provider', () => {
    const names = rows.flatMap(([id, row]) => [id, ...(row.aliases ?? [])])
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toBe(name.toLowerCase())
  })

  it('is reached where the network is only by real providers', () => {
    for (const [id, row] of rows) {
      const hosts = Object.values(row.dialects).map((url) => new URL(url).hostname)
      expect(hosts.every((host) => host.endsWith('.invalid'))).toBe(id === 'sandbox')
    }
  })
})

// Without recordings there is nothing to show, and no suite.
if (readRecordings().length > 0)
  describe('recorded requests', () => {
    const providers: Record<string, Provider> = {
      ...catalog,
      'openai-chat': catalog.openai,
      'github-models': catalog.github,
    }
    const taken = readRecordings().flatMap(({ name, provider, exchanges }) =>
      exchanges.flatMap(({ request, response }) => {
        const row = Object.hasOwn(providers, provider) ? providers[provider] : undefined
        return row && response.status < 400 && request?.body && request.url.endsWith('/chat/completions')
          ? [{ name, row, body: request.body }]
          : []
      }),
    )

    it.each(taken)('$name: nothing that was taken is refused', ({ row, body }) => {
      for (const field of row.quirks?.['openai-chat']?.refuses ?? [])
        expect(Object.keys(body)).not.toContain(field)
    })
  })
