/** Cerebras: its row, its models, its free tiers and terms. */
import { openaiOnly } from '../../dialects/fit/openai-only.ts'
import { cerebras as limitHeaders } from '../limit-headers.ts'
import { facts, type Models } from '../model-facts.ts'
import type { BuiltInProvider } from '../provider.ts'

const models = {
  'gpt-oss-120b': facts([0.35, 0.75, 0.35], 131_072, 40_960, 'text tools schema reasoning sampling'),
  'qwen-3.8-27b': facts([0.99, 1.49, 0.99], 131_072, 40_960, 'image tools schema reasoning sampling'),
} satisfies Models

export const cerebras = {
  name: 'Cerebras',
  dialects: { 'openai-chat': 'https://api.cerebras.ai/v1' },
  defaultModel: 'gpt-oss-120b',
  models,
  // https://inference-docs.cerebras.ai/resources/openai
  quirks: {
    'openai-chat': {
      refuses: [...openaiOnly, 'frequency_penalty', 'presence_penalty', 'logit_bias'],
      // It reserves this much of the minute's tokens before it answers, 16,000 where it is absent.
      outputLimit: 'max_completion_tokens',
      systemRole: true,
      reasoningField: 'reasoning',
      noAnnotations: true,
      systemAnywhere: true,
    },
  },
  resets: { day: 'refill' },
  limitsPer: 'model',
  limitHeaders,
  keysUrl: 'https://cloud.cerebras.ai/platform/apikeys',
  checked: {
    row: { asOf: '2026-11-21', source: 'https://inference-docs.cerebras.ai/models/overview' },
    models: { asOf: '2026-11-20', source: 'https://www.npmjs.com/package/@earendil-works/pi-ai/v/1.6.0' },
  },
  terms: {
    terms: 'The free tier has ended: a credit of $5 once, for 30 days, with a card.',
    asOf: '2026-09-04',
    source: 'https://github.com/diegosouzapw/OmniRoute/blob/main/docs/reference/FREE_TIERS.md',
  },
} satisfies BuiltInProvider
