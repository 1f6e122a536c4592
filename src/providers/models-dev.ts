/**
 * What models.dev publishes, as facts of ours. https://models.dev/api.json (MIT), about five
 * thousand models of 150 providers, of which the built-in ones are kept. Read little, forgive the
 * rest: an entry that cannot be read is left out.
 */
import { fileKinds } from '../domain/files.ts'
import { z } from 'zod'
import type { ModelFacts } from '../chat/model.ts'
import type { PublishedFacts } from '../db/model-catalogue.ts'
import type { ProviderId } from './catalog.ts'

/** Their names of our providers. */
const providerIds: Readonly<Record<string, ProviderId>> = {
  openai: 'openai',
  anthropic: 'anthropic',
  google: 'gemini',
  openrouter: 'openrouter',
  mistral: 'mistral',
  groq: 'groq',
  togetherai: 'together',
  'fireworks-ai': 'fireworks',
  deepseek: 'deepseek',
  huggingface: 'huggingface',
  cohere: 'cohere',
  cerebras: 'cerebras',
  xai: 'xai',
  nvidia: 'nvidia',
  'cloudflare-workers-ai': 'workers-ai',
  zai: 'zai',
  moonshotai: 'moonshot',
  'ollama-cloud': 'ollama-cloud',
  opencode: 'opencode',
  kilo: 'kilo',
}

const Model = z.object({
  cost: z
    .object({
      input: z.number().nonnegative(),
      output: z.number().nonnegative(),
      cache_read: z.number().nonnegative().nullish(),
      cache_write: z.number().nonnegative().nullish(),
    })
    .nullish(),
  limit: z.object({ context: z.number().nullish(), output: z.number().nullish() }).nullish(),
  modalities: z.object({ input: z.array(z.string()).nullish() }).nullish(),
  reasoning: z.boolean().nullish(),
  tool_call: z.boolean().nullish(),
  structured_output: z.boolean().nullish(),
  temperature: z.boolean().nullish(),
  provider: z.object({ npm: z.string().nullish() }).nullish(),
})

const Published = z.record(
  z.string(),
  z.object({ models: z.record(z.string(), z.unknown()).nullish() }).nullish(),
)

/** The facts in a published document about providers of ours; empty where it is none. */
export function readModelsDev(document: unknown): PublishedFacts {
  const published = Published.safeParse(document)
  if (!published.success) return new Map()
  const facts = new Map<string, Record<string, ModelFacts>>()
  for (const [theirs, ours] of Object.entries(providerIds)) {
    const models = Object.entries(published.data[theirs]?.models ?? {}).flatMap(([id, entry]) => {
      const model = Model.safeParse(entry)
      return model.success && !isElsewhere(model.data) ? [[id, toFacts(model.data)] as const] : []
    })
    if (models.length > 0) facts.set(ours, Object.fromEntries(models))
  }
  return facts
}

/** Whether a gateway has a model in another dialect than its row's, at another address. */
function isElsewhere({ provider }: z.infer<typeof Model>): boolean {
  return typeof provider?.npm === 'string' && provider.npm !== '@ai-sdk/openai-compatible'
}

/**
 * Whether new facts may replace what is there: a document that lost half of its providers or models
 * is a mistake at the other end, and the old one serves better.
 */
export function isPlausible(next: PublishedFacts, current: PublishedFacts): boolean {
  const expectedProviders = Math.max(Object.keys(providerIds).length / 2, current.size / 2)
  return next.size >= expectedProviders && countModels(next) >= countModels(current) / 2
}

function countModels(facts: PublishedFacts): number {
  return [...facts.values()].reduce((sum, models) => sum + Object.keys(models).length, 0)
}

function toFacts(model: z.infer<typeof Model>): ModelFacts {
  const { cost, limit, modalities, reasoning, tool_call, structured_output, temperature } = model
  const seen = modalities?.input
  return {
    ...(cost && {
      price: {
        input: cost.input,
        output: cost.output,
        ...(cost.cache_read != null && { cachedInput: cost.cache_read }),
        ...(cost.cache_write != null && { cacheWrite: cost.cache_write }),
      },
    }),
    // Zero stands for unknown there.
    ...(limit?.context && { contextTokens: limit.context }),
    ...(limit?.output && { outputTokens: limit.output }),
    ...(seen && {
      input: fileKinds.filter((kind) => seen.includes(kind)),
    }),
    ...(tool_call != null && { tools: tool_call }),
    ...(structured_output != null && { jsonSchema: structured_output }),
    ...(reasoning != null && { reasoning }),
    ...(temperature != null && { sampling: temperature }),
  }
}
