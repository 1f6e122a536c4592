/** Mistral: its row, its models, its free tiers and terms. */
import { openaiOnly } from '../../dialects/fit/openai-only.ts'
import { mistral as errors } from '../error-rules.ts'
import { mistral as limitHeaders } from '../limit-headers.ts'
import { facts, type Models } from '../model-facts.ts'
import type { BuiltInProvider } from '../provider.ts'

const models = {
  'mistral-large-latest': facts([0.7, 2.1, 0.07], 1_048_576, 262_144, 'image tools reasoning sampling'),
  'mistral-medium-latest': facts([1.5, 7.5, 0.15], 262_144, 262_144, 'image tools schema reasoning sampling'),
  'mistral-medium-2604': facts([1.5, 7.5, 0.15], 262_144, 262_144, 'image tools schema reasoning sampling'),
  'mistral-small-latest': facts([0.15, 0.6, 0.015], 262_144, 256_000, 'image tools reasoning sampling'),
  'magistral-medium-latest': facts([2, 5, 0.2], 262_144, 16_384, 'image tools reasoning sampling'),
  'ministral-14b-2512': facts([0.2, 0.2, 0.02], 262_144, 262_144, 'image tools no-reasoning'),
  'ministral-8b-latest': facts([0.15, 0.15, 0.015], 262_144, 128_000, 'image tools no-reasoning sampling'),
  'ministral-3b-latest': facts([0.1, 0.1, 0.01], 131_072, 128_000, 'image tools no-reasoning sampling'),
  'devstral-latest': facts([0.4, 2, 0.04], 262_144, 262_144, 'text tools no-reasoning sampling'),
  'codestral-latest': facts([0.3, 0.9, 0.03], 256_000, 4_096, 'text tools no-reasoning sampling'),
} satisfies Models

export const mistral = {
  name: 'Mistral',
  dialects: {
    'openai-chat': 'https://api.mistral.ai/v1',
    'openai-embeddings': 'https://api.mistral.ai/v1',
  },
  aliases: ['mistralai'],
  defaultModel: 'mistral-small-latest',
  models,
  ownModels: /^(?:codestral|devstral|magistral|ministral|mistral)-/,
  quirks: {
    'openai-chat': {
      refuses: [...openaiOnly, 'user', 'service_tier', 'logit_bias', 'logprobs', 'top_logprobs'],
      renames: { seed: 'random_seed' },
      outputLimit: 'max_tokens',
      systemRole: true,
      noStreamOptions: true,
      requiredToolChoice: 'any',
      reasoningField: 'thinking-part',
      shortToolCallIds: true,
      noMessageName: true,
      noAnnotations: true,
      noUserAfterTool: true,
      // https://docs.mistral.ai/api/endpoint/chat
      ranges: { temperature: [0, 1.5] },
      // https://docs.mistral.ai/capabilities/reasoning: the others reason as they do.
      efforts: [{ models: /^mistral-(?:small|medium)/, words: ['none', 'high'] }],
    },
  },
  resets: { month: 'utc' },
  errors,
  limitHeaders,
  keysUrl: 'https://console.mistral.ai/api-keys',
  checked: {
    row: { asOf: '2026-11-21', source: 'https://docs.mistral.ai/getting-started/models' },
    models: { asOf: '2026-11-20', source: 'https://www.npmjs.com/package/@earendil-works/pi-ai/v/1.6.0' },
  },
  presets: [
    {
      id: 'free',
      name: 'Free mode',
      asOf: '2026-09-04',
      source: 'https://github.com/mnfst/awesome-free-llm-apis',
      terms:
        'The default of new accounts: $10 of usage a month, shared with Mistral’s own tools. Prompts are used for training unless you opt out. The console shows current limits per model; these are the last published ones.',
      limits: [
        { unit: 'requests', per: 'minute', limit: 60 },
        { unit: 'tokens', per: 'minute', limit: 500_000 },
        { unit: 'money', per: 'month', limit: 10, resets: 'utc' },
      ],
    },
  ],
} satisfies BuiltInProvider
