/** Hugging Face: its row, its models, its free tiers and terms. */
import { openaiOnly } from '../../dialects/fit/openai-only.ts'
import { huggingface as errors } from '../error-rules.ts'
import { facts, type Models } from '../model-facts.ts'
import type { BuiltInProvider } from '../provider.ts'

const models = {
  'openai/gpt-oss-120b': facts([0.25, 0.69], 131_072, 32_768, 'text tools schema reasoning sampling'),
  'openai/gpt-oss-20b': facts([0.1, 0.5], 131_072, 32_768, 'text tools schema reasoning sampling'),
  'zai-org/GLM-5.3': facts([1.4, 4.4], 1_048_576, 131_072, 'text tools schema reasoning sampling'),
  'zai-org/GLM-5.3-Flash': facts([0.15, 0.5], 1_048_576, 131_072, 'image tools schema reasoning sampling'),
  'moonshotai/Kimi-K3.1-Pro': facts([2, 10], 1_048_576, 1_048_576, 'image tools reasoning'),
  'moonshotai/Kimi-K2.6': facts([0.95, 4, 0.16], 262_144, 262_144, 'image video tools reasoning sampling'),
  'deepseek-ai/DeepSeek-V4.1-Flash': facts(
    [0.3, 1.2],
    1_048_576,
    384_000,
    'image tools schema reasoning sampling',
  ),
  'deepseek-ai/DeepSeek-V4-Pro': facts(
    [0.435, 0.87, 0.003625],
    1_048_576,
    393_216,
    'text tools schema reasoning sampling',
  ),
  'Qwen/Qwen3.8-27B': facts([0.4, 3], 262_144, 32_768, 'image tools schema reasoning sampling'),
  'Qwen/Qwen3-32B': facts([0.29, 0.59], 131_072, 16_384, 'text tools schema reasoning sampling'),
  'MiniMaxAI/MiniMax-M3': facts([0.3, 1.2], 524_288, 512_000, 'image tools schema reasoning sampling'),
} satisfies Models

export const huggingface = {
  name: 'Hugging Face',
  dialects: { 'openai-chat': 'https://router.huggingface.co/v1' },
  aliases: ['hf', 'hugging-face'],
  defaultModel: 'openai/gpt-oss-120b',
  models,
  // A router: what its strictest provider refuses is left out for all.
  quirks: {
    'openai-chat': {
      refuses: openaiOnly,
      outputLimit: 'max_tokens',
      systemRole: true,
      reasoningField: 'none',
    },
  },
  resets: { month: 'utc' },
  errors,
  // What comes through is about the router's own account at whoever serves.
  limitHeaders: [],
  router: true,
  keysUrl: 'https://huggingface.co/settings/tokens',
  checked: {
    row: { asOf: '2026-11-21', source: 'https://huggingface.co/docs/inference-providers' },
    models: { asOf: '2026-11-20', source: 'https://www.npmjs.com/package/@earendil-works/pi-ai/v/1.6.0' },
  },
  terms: {
    terms: 'A credit of $0.10 each calendar month ($2 with PRO).',
    asOf: '2026-08-22',
    source: 'https://huggingface.co/docs/inference-providers/pricing',
  },
} satisfies BuiltInProvider
