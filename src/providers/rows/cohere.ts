/** Cohere: its row, its models, its free tiers and terms. */
import { cohere as errors } from '../error-rules.ts'
import { cohere as limitHeaders } from '../limit-headers.ts'
import { facts, type Models } from '../model-facts.ts'
import type { BuiltInProvider } from '../provider.ts'

const models = {
  'command-a-plus-05-2026': facts([2.5, 10], 128_000, 64_000, 'image tools schema reasoning sampling'),
  'command-a-03-2025': facts([2.5, 10], 256_000, 8_000, 'text tools no-reasoning sampling'),
  'command-a-reasoning-08-2025': facts([2.5, 10], 256_000, 32_000, 'text tools reasoning sampling'),
  'command-a-vision-07-2025': facts([2.5, 10], 128_000, 8_000, 'image no-tools no-reasoning sampling'),
  'command-r-plus-08-2024': facts([2.5, 10], 128_000, 4_000, 'text tools no-reasoning sampling'),
  'command-r-08-2024': facts([0.15, 0.6], 128_000, 4_000, 'text tools no-reasoning sampling'),
  'command-r7b-12-2024': facts([0.0375, 0.15], 128_000, 4_000, 'text tools no-reasoning sampling'),
  'north-mini-code-1-0': facts([0, 0], 256_000, 64_000, 'text tools schema reasoning sampling'),
} satisfies Models

export const cohere = {
  name: 'Cohere',
  dialects: {
    cohere: 'https://api.cohere.com/v2',
    'openai-embeddings': 'https://api.cohere.ai/compatibility/v1',
  },
  defaultModel: 'command-a-03-2025',
  models,
  ownModels: /^command-/,
  resets: { month: 'utc' },
  limitHeaders,
  modelsUrl: 'https://api.cohere.com/v1/models?page_size=1000',
  errors,
  keysUrl: 'https://dashboard.cohere.com/api-keys',
  checked: {
    row: { asOf: '2026-11-21', source: 'https://docs.cohere.com/docs/models' },
    models: { asOf: '2026-09-30', source: 'https://models.dev/api.json' },
  },
  presets: [
    {
      id: 'trial',
      name: 'Trial key',
      asOf: '2026-08-20',
      source: 'https://docs.cohere.com/docs/rate-limits',
      terms:
        'For evaluation only, not for production or commercial use. Monthly calls include every endpoint.',
      limits: [
        { unit: 'requests', per: 'minute', limit: 20 },
        { unit: 'requests', per: 'month', limit: 1_000, resets: 'utc' },
      ],
    },
  ],
} satisfies BuiltInProvider
