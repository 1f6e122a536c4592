/** DeepSeek: its row, its models, its free tiers and terms. */
import { facts, million, type Models } from '../model-facts.ts'
import type { BuiltInProvider } from '../provider.ts'

// Prices of the peak hours. At other times Flash costs half:
// https://api-docs.deepseek.com/quick_start/pricing
const models = {
  'deepseek-flash': facts([0.3, 1.2, 0.006], million, 393_216, 'image tools schema reasoning sampling'),
  'deepseek-v4-pro': facts([1.32, 3.96, 0.044], million, 393_216, 'text tools schema reasoning sampling'),
  'deepseek-v4-flash': facts([0.15, 0.6, 0.003], million, 393_216, 'image tools schema reasoning sampling'),
} satisfies Models

export const deepseek = {
  name: 'DeepSeek',
  dialects: {
    'openai-chat': 'https://api.deepseek.com',
    'openai-responses': 'https://api.deepseek.com',
    anthropic: 'https://api.deepseek.com/anthropic/v1',
  },
  defaultModel: 'deepseek-flash',
  cachesPrompts: true,
  models,
  ownModels: /^deepseek-/,
  quirks: {
    'openai-chat': {
      outputLimit: 'max_tokens',
      systemRole: true,
      reasoningField: 'reasoning_content',
      needsReasoning: true,
      noForcedToolsInThinking: true,
      noJsonSchema: true,
      systemAnywhere: true,
    },
    'openai-responses': { onlyFunctions: true, noForcedToolsInThinking: true },
    anthropic: { noForcedToolsInThinking: true },
  },
  limitHeaders: [],
  keysUrl: 'https://platform.deepseek.com/api_keys',
  checked: {
    row: { asOf: '2026-11-20', source: 'https://api-docs.deepseek.com' },
    models: { asOf: '2026-11-20', source: 'https://www.npmjs.com/package/@earendil-works/pi-ai/v/1.6.0' },
  },
  retirements: {
    asOf: '2026-09-30',
    source: 'https://api-docs.deepseek.com/news',
    models: {
      'deepseek-chat': { on: '2026-07-24', successor: 'deepseek-flash' },
      'deepseek-reasoner': { on: '2026-07-24', successor: 'deepseek-flash' },
    },
  },
  terms: {
    terms: 'Five million tokens once, for 30 days from the first sign-up.',
    asOf: '2026-09-04',
    source: 'https://github.com/diegosouzapw/OmniRoute/blob/main/docs/reference/FREE_TIERS.md',
  },
} satisfies BuiltInProvider
