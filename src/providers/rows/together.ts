/** Together: its row, its models, its free tiers and terms. */
import { together as errors } from '../error-rules.ts'
import { facts, type Models } from '../model-facts.ts'
import type { BuiltInProvider } from '../provider.ts'

const models = {
  'openai/gpt-oss-120b': facts([0.15, 0.6], 131_072, 131_072, 'text tools reasoning sampling'),
  'zai-org/GLM-5.3': facts([1.4, 4.4, 0.26], 1_048_576, 262_144, 'text tools schema reasoning sampling'),
  'zai-org/GLM-5.3-Flash': facts(
    [0.15, 0.5, 0.03],
    1_048_575,
    400_000,
    'image video tools schema reasoning sampling',
  ),
  'zai-org/GLM-5.2': facts([1.4, 4.4, 0.26], 1_048_575, 164_000, 'text tools schema reasoning sampling'),
  'moonshotai/Kimi-K3.1-Pro': facts([2, 10, 0.2], 1_048_576, 1_048_576, 'image tools reasoning'),
  'moonshotai/Kimi-K3': facts(
    [3, 15, 0.3],
    1_048_576,
    131_072,
    'image video tools schema reasoning no-sampling',
  ),
  'MiniMaxAI/MiniMax-M3': facts([0.3, 1.2, 0.06], 524_288, 250_000, 'image tools schema reasoning sampling'),
  'deepseek-ai/DeepSeek-V4.1-Flash': facts(
    [0.3, 1.2, 0.006],
    1_048_576,
    384_000,
    'image tools schema reasoning sampling',
  ),
  'deepseek-ai/DeepSeek-V4-Pro-0813': facts(
    [1.32, 3.96, 0.13],
    1_048_576,
    384_000,
    'text tools schema reasoning sampling',
  ),
  'Qwen/Qwen3.5-9B': facts([0.17, 0.25], 262_144, 65_536, 'image tools schema reasoning sampling'),
  'nvidia/NVIDIA-Nemotron-3.5-Super-VL': facts([0.15, 0.5, 0.02], 262_144, 262_144, 'image tools reasoning'),
} satisfies Models

export const together = {
  name: 'Together',
  dialects: {
    'openai-chat': 'https://api.together.xyz/v1',
    'openai-embeddings': 'https://api.together.xyz/v1',
  },
  aliases: ['togetherai', 'together-ai'],
  defaultModel: 'openai/gpt-oss-120b',
  models,
  quirks: {
    'openai-chat': {
      outputLimit: 'max_tokens',
      systemRole: true,
      reasoningField: 'reasoning',
      takes: ['top_k'],
    },
  },
  errors,
  // They state limits per second, which is no window of ours.
  limitHeaders: [],
  keysUrl: 'https://api.together.ai/settings/api-keys',
  checked: {
    row: { asOf: '2026-11-21', source: 'https://docs.together.ai/docs/serverless-models' },
    models: { asOf: '2026-11-20', source: 'https://www.npmjs.com/package/@earendil-works/pi-ai/v/1.6.0' },
  },
  terms: {
    terms: 'No free tier: a first purchase of at least $5 is needed.',
    asOf: '2026-09-04',
    source: 'https://github.com/diegosouzapw/OmniRoute/blob/main/docs/reference/FREE_TIERS.md',
  },
} satisfies BuiltInProvider
