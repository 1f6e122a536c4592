/** OpenCode Zen: its row, its models, its free tiers and terms. */
import { facts, million, type Models } from '../model-facts.ts'
import type { BuiltInProvider } from '../provider.ts'

const models = {
  'big-pickle': facts([0, 0], 200_000, 32_000, 'text tools schema reasoning sampling'),
  'deepseek-v4.1-flash-free': facts([0, 0], 200_000, 32_000, 'image tools reasoning'),
  'nemotron-3.5-lightning-free': facts([0, 0], 262_144, 262_144, 'text tools schema reasoning sampling'),
  'nemotron-3.5-super-vl-free': facts([0, 0], 1_048_576, 131_072, 'image tools reasoning'),
  'mimo-v2.6-flash-free': facts([0, 0], 200_000, 32_000, 'image audio video tools reasoning sampling'),
  'longcat-2.5-free': facts([0, 0], million, 262_144, 'image tools reasoning'),
  'beam-free': facts([0, 0], 1_048_576, 131_072, 'text tools reasoning'),
  'glm-5.3': facts([1.4, 4.4, 0.26], million, 131_072, 'text tools schema reasoning sampling'),
  'glm-5.3-flash': facts(
    [0.15, 0.5, 0.03],
    million,
    131_072,
    'image video pdf tools schema reasoning sampling',
  ),
  'kimi-k3': facts([3, 15, 0.3, 3], 1_048_576, 131_072, 'image video tools schema reasoning no-sampling'),
  'deepseek-v4.1-flash': facts([0.3, 1.2, 0.006], million, 384_000, 'image tools schema reasoning sampling'),
  'minimax-m3': facts([0.3, 1.2, 0.06], 512_000, 128_000, 'image video tools reasoning sampling'),
} satisfies Models

export const opencode = {
  name: 'OpenCode Zen',
  // A router; its models of other vendors are called in their dialects, and are left out here.
  dialects: { 'openai-chat': 'https://opencode.ai/inference/openai/v1' },
  aliases: ['opencode-zen', 'zen'],
  defaultModel: 'big-pickle',
  models,
  quirks: {
    'openai-chat': {
      outputLimit: 'max_tokens',
      systemRole: true,
      refuses: ['store'],
      reasoningField: 'reasoning_content',
    },
  },
  limitHeaders: [],
  router: true,
  keysUrl: 'https://opencode.ai/auth',
  checked: {
    row: { asOf: '2026-11-20', source: 'https://opencode.ai/docs/zen' },
    models: { asOf: '2026-11-20', source: 'https://www.npmjs.com/package/@earendil-works/pi-ai/v/1.6.0' },
  },
  terms: {
    terms:
      'Some models are free for a limited time, with unpublished limits. Their prompts may be used for training. The others are prepaid.',
    asOf: '2026-11-20',
    source: 'https://opencode.ai/docs/zen',
  },
} satisfies BuiltInProvider
