/** OpenRouter: its row, its models, its free tiers and terms. */
import type { Limit } from '../../domain/limits.ts'
import { openrouter as errors } from '../error-rules.ts'
import { openrouter as limitHeaders } from '../limit-headers.ts'
import { facts, million, type Models } from '../model-facts.ts'
import type { BuiltInProvider } from '../provider.ts'

// Where those who serve differ in price, the dearest is written down.
const models = {
  'openrouter/free': facts([0, 0], 200_000, 8_000, 'image tools schema reasoning sampling'),
  'nvidia/nemotron-3-ultra-550b-a55b:free': facts([0, 0], million, 65_536, 'text tools reasoning sampling'),
  'nvidia/nemotron-3.5-super-vl:free': facts([0, 0], million, 131_072, 'image tools reasoning'),
  'nvidia/nemotron-3.5-lightning:free': facts([0, 0], million, 65_536, 'text tools reasoning sampling'),
  'google/gemma-4-31b-it:free': facts([0, 0], 262_144, 32_768, 'image video tools reasoning sampling'),
  'inclusionai/ling-3.2-flash:free': facts([0, 0], 1_048_576, 262_144, 'image tools reasoning'),
  'openai/gpt-6.2-sol': facts([2, 10, 0.1, 2.5], 1_050_000, 128_000, 'image tools reasoning'),
  'openai/gpt-6-luna': facts(
    [0.1, 0.5, 0.01, 0.125],
    1_050_000,
    128_000,
    'image pdf tools schema reasoning no-sampling',
  ),
  'openai/gpt-oss-120b': facts([0.09, 0.36], 131_072, 117_964, 'text tools schema reasoning sampling'),
  'anthropic/claude-sonnet-5.5': facts(
    [2, 10, 0.1, 2.5],
    million,
    128_000,
    'image pdf tools schema reasoning sampling',
  ),
  'anthropic/claude-opus-5.5': facts(
    [4, 20, 0.2, 5],
    million,
    128_000,
    'image pdf tools schema reasoning sampling',
  ),
  'anthropic/claude-haiku-5.5': facts([0.1, 0.5, 0.01, 0.125], million, 128_000, 'image tools reasoning'),
  'google/gemini-3.8-flash': facts(
    [0.825, 4.125, 0.0825, 0.041667],
    1_048_576,
    65_536,
    'image audio video pdf tools schema reasoning sampling',
  ),
  'google/gemini-4-argon': facts([2, 10, 0.1, 0.1875], 1_048_576, 943_718, 'image tools reasoning'),
  'deepseek/deepseek-v4.1-flash': facts(
    [0.3, 1.2, 0.006],
    1_048_576,
    943_718,
    'image tools schema reasoning sampling',
  ),
  'z-ai/glm-5.3': facts([1.4, 4.4, 0.26], 1_048_576, 943_717, 'text tools schema reasoning sampling'),
  'z-ai/glm-5.3-flash': facts(
    [0.15, 0.5, 0.03],
    1_048_576,
    943_717,
    'image video tools schema reasoning sampling',
  ),
  'moonshotai/kimi-k3.1-pro': facts([2, 10, 0.2], 1_048_576, 131_072, 'image tools reasoning'),
  'x-ai/grok-4.7': facts([2, 6, 0.5], 500_000, 450_000, 'image pdf tools schema reasoning sampling'),
} satisfies Models

const freeTier = {
  asOf: '2026-07-18',
  source: 'https://openrouter.ai/docs/api-reference/limits',
  terms:
    'Covers all models whose names end in ":free". Do not use it for a key that also calls paid models. More keys or accounts do not raise it. Some free models train on prompts.',
}

export const openrouter = {
  name: 'OpenRouter',
  dialects: {
    'openai-chat': 'https://openrouter.ai/api/v1',
    'openai-embeddings': 'https://openrouter.ai/api/v1',
    'openai-responses': 'https://openrouter.ai/api/v1',
    anthropic: 'https://openrouter.ai/api/v1',
  },
  defaultModel: 'openrouter/free',
  cachesPrompts: true,
  models,
  quirks: {
    'openai-chat': {
      reasoningField: 'reasoning_details',
      takes: ['top_k', 'cache_control'],
      emptyMembers: true,
      systemAnywhere: true,
      search: 'plugins',
    },
    anthropic: { takes: ['cache_control'] },
    'openai-responses': { onlyFunctions: true },
  },
  resets: { day: 'utc' },
  errors,
  limitHeaders,
  router: true,
  keysUrl: 'https://openrouter.ai/settings/keys',
  checked: {
    row: { asOf: '2026-11-30', source: 'https://openrouter.ai/docs/api-reference/overview' },
    models: { asOf: '2026-11-20', source: 'https://www.npmjs.com/package/@earendil-works/pi-ai/v/1.6.0' },
  },
  presets: [
    { id: 'free', name: 'Free models', limits: freeModels(50), ...freeTier },
    {
      id: 'free-with-credit',
      name: 'Free models, after $10 of credit was bought once',
      limits: freeModels(1_000),
      ...freeTier,
    },
  ],
} satisfies BuiltInProvider

function freeModels(perDay: number): Limit[] {
  return [
    { unit: 'requests', per: 'minute', limit: 20 },
    { unit: 'requests', per: 'day', limit: perDay, resets: 'utc' },
  ]
}
