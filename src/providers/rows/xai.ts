/** xAI: its row, its models, its free tiers and terms. */
import { xai as errors } from '../error-rules.ts'
import { xai as limitHeaders } from '../limit-headers.ts'
import { facts, million, type Models } from '../model-facts.ts'
import type { BuiltInProvider } from '../provider.ts'

const models = {
  'grok-4.7': facts([2, 6, 0.5], 500_000, 500_000, 'image pdf tools schema reasoning sampling'),
  'grok-4.6': facts([2, 6, 0.5], 500_000, 500_000, 'image pdf tools schema reasoning sampling'),
  'grok-4.5': facts([2, 6, 0.3], 500_000, 500_000, 'image pdf tools schema reasoning sampling'),
  'grok-4.3': facts([1.25, 2.5, 0.2], million, 30_000, 'image pdf tools schema reasoning sampling'),
  'grok-4.20-0309-reasoning': facts(
    [1.25, 2.5, 0.2],
    million,
    30_000,
    'image pdf tools schema reasoning sampling',
  ),
  'grok-4.20-0309-non-reasoning': facts(
    [1.25, 2.5, 0.2],
    million,
    30_000,
    'image pdf tools schema no-reasoning sampling',
  ),
  'grok-build-0.1': facts([1, 2, 0.2], 256_000, 256_000, 'image pdf tools schema reasoning sampling'),
} satisfies Models

export const xai = {
  name: 'xAI',
  dialects: {
    'openai-responses': 'https://api.x.ai/v1',
    'openai-chat': 'https://api.x.ai/v1',
  },
  aliases: ['x-ai', 'grok'],
  defaultModel: 'grok-4.3',
  cachesPrompts: true,
  models,
  ownModels: /^grok-/,
  // Its models all reason, and reasoning models there refuse these.
  quirks: {
    'openai-chat': {
      refuses: ['presence_penalty', 'frequency_penalty', 'stop', 'logit_bias', 'store'],
      reasoningField: 'reasoning_content',
      systemAnywhere: true,
    },
    // Kept for 30 days: https://docs.x.ai/docs/guides/responses-api
    'openai-responses': { onlyFunctions: true, search: 'web_search', keepsAnswers: true },
  },
  limitsPer: 'model',
  limitHeaders,
  errors,
  keysUrl: 'https://console.x.ai',
  checked: {
    row: { asOf: '2026-11-21', source: 'https://docs.x.ai/docs/models' },
    models: { asOf: '2026-11-20', source: 'https://www.npmjs.com/package/@earendil-works/pi-ai/v/1.6.0' },
  },
  terms: {
    terms: 'No free tier: prepaid.',
    asOf: '2026-11-21',
    source: 'https://docs.x.ai',
  },
} satisfies BuiltInProvider
