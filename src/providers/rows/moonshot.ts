/** Moonshot: its row, its models, its free tiers and terms. */
import { facts, type Models } from '../model-facts.ts'
import type { BuiltInProvider } from '../provider.ts'

const models = {
  'kimi-k3.1-pro': facts([2, 10, 0.2], 1_048_576, 1_048_576, 'image tools reasoning'),
  'kimi-k3': facts([3, 15, 0.3], 1_048_576, 1_048_576, 'image video tools schema reasoning no-sampling'),
  'kimi-k2.7-code': facts(
    [0.95, 4, 0.19],
    262_144,
    262_144,
    'image video tools schema reasoning no-sampling',
  ),
  'kimi-k2.6': facts([0.95, 4, 0.16], 262_144, 262_144, 'image video tools schema reasoning sampling'),
} satisfies Models

export const moonshot = {
  name: 'Moonshot',
  dialects: { 'openai-chat': 'https://api.moonshot.ai/v1' },
  aliases: ['moonshotai', 'kimi'],
  defaultModel: 'kimi-k2.6',
  cachesPrompts: true,
  models,
  ownModels: /^(?:kimi|moonshot)-/,
  quirks: {
    'openai-chat': {
      outputLimit: 'max_tokens',
      systemRole: true,
      reasoningField: 'reasoning_content',
      needsReasoning: true,
      systemAnywhere: true,
    },
  },
  limitHeaders: [],
  keysUrl: 'https://platform.moonshot.ai/console/api-keys',
  checked: {
    row: { asOf: '2026-11-20', source: 'https://platform.moonshot.ai/docs/api/chat' },
    models: { asOf: '2026-11-20', source: 'https://www.npmjs.com/package/@earendil-works/pi-ai/v/1.6.0' },
  },
  terms: {
    terms: 'No free tier: prepaid.',
    asOf: '2026-11-20',
    source: 'https://platform.moonshot.ai/docs/pricing/limits',
  },
} satisfies BuiltInProvider
