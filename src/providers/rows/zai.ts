/** Z.ai: its row, its models, its free tiers and terms. */
import { facts, million, type Models } from '../model-facts.ts'
import type { BuiltInProvider } from '../provider.ts'

const models = {
  'glm-5.3': facts([1.4, 4.4, 0.26], million, 131_072, 'text tools schema reasoning sampling'),
  'glm-5.3-flash': facts(
    [0.15, 0.5, 0.03],
    million,
    131_072,
    'image video pdf tools schema reasoning sampling',
  ),
  'glm-5.2': facts([1.4, 4.4, 0.26], million, 131_072, 'text tools schema reasoning sampling'),
  'glm-4.7': facts([0.6, 2.2, 0.11], 204_800, 131_072, 'text tools reasoning sampling'),
  'glm-4.7-flash': facts([0, 0], 200_000, 131_072, 'text tools reasoning sampling'),
  'glm-4.6v-flash': facts([0, 0], 128_000, 32_768, 'image video tools reasoning sampling'),
  'glm-4.5-flash': facts([0, 0], 131_072, 98_304, 'text tools reasoning sampling'),
} satisfies Models

export const zai = {
  name: 'Z.ai',
  dialects: {
    'openai-chat': 'https://api.z.ai/api/paas/v4',
    anthropic: 'https://api.z.ai/api/anthropic/v1',
  },
  aliases: ['z-ai', 'zhipu'],
  defaultModel: 'glm-4.7-flash',
  cachesPrompts: true,
  models,
  ownModels: /^glm-/,
  quirks: {
    'openai-chat': {
      outputLimit: 'max_tokens',
      systemRole: true,
      reasoningField: 'reasoning_content',
    },
  },
  limitHeaders: [],
  keysUrl: 'https://z.ai/manage-apikey/apikey-list',
  checked: {
    row: { asOf: '2026-11-20', source: 'https://docs.z.ai/guides/develop/http/introduction' },
    models: { asOf: '2026-11-20', source: 'https://www.npmjs.com/package/@earendil-works/pi-ai/v/1.6.0' },
  },
  terms: {
    terms:
      'GLM-4.7-Flash and GLM-4.6V-Flash are free, one call at a time: set a concurrency limit of 1. The other models are prepaid.',
    asOf: '2026-09-04',
    source: 'https://github.com/mnfst/awesome-free-llm-apis',
  },
} satisfies BuiltInProvider
