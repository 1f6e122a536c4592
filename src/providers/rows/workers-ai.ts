/** Cloudflare Workers AI: its row, its models, its free tiers and terms. */
import { openaiOnly } from '../../dialects/fit/openai-only.ts'
import { workersAi as errors } from '../error-rules.ts'
import { facts, type Models } from '../model-facts.ts'
import type { BuiltInProvider } from '../provider.ts'

const models = {
  '@cf/zai-org/glm-4.7-flash': facts([0.0605, 0.4], 131_072, 131_072, 'text tools schema reasoning sampling'),
  '@cf/zai-org/glm-5.3-flash': facts(
    [0.15, 0.5, 0.03],
    1_048_576,
    1_048_576,
    'image tools schema reasoning sampling',
  ),
  '@cf/openai/gpt-oss-120b': facts([0.35, 0.75], 128_000, 16_384, 'text tools schema reasoning sampling'),
  '@cf/openai/gpt-oss-20b': facts([0.2, 0.3], 128_000, 16_384, 'text tools schema reasoning sampling'),
  '@cf/google/gemma-4-26b-a4b-it': facts(
    [0.1, 0.3, 0.05],
    256_000,
    16_384,
    'image tools schema reasoning sampling',
  ),
  '@cf/qwen/qwen3.8-27b': facts([0.45, 3.2, 0.05], 262_144, 262_144, 'image tools schema reasoning sampling'),
  '@cf/qwen/qwen3-30b-a3b-fp8': facts([0.0509, 0.335], 32_768, 32_768, 'text tools reasoning sampling'),
  '@cf/meta/llama-3.3-70b-instruct-fp8-fast': facts(
    [0.293, 2.253],
    24_000,
    24_000,
    'text tools no-reasoning sampling',
  ),
  '@cf/meta/llama-4-scout-17b-16e-instruct': facts(
    [0.27, 0.85],
    131_000,
    16_384,
    'image tools no-reasoning sampling',
  ),
  '@cf/deepseek-ai/deepseek-v4.1-flash-1017': facts(
    [0.3, 1.2, 0.006],
    1_048_576,
    1_048_576,
    'image tools reasoning',
  ),
  '@cf/moonshotai/kimi-k2.6': facts(
    [0.95, 4, 0.16],
    262_144,
    256_000,
    'image tools schema reasoning sampling',
  ),
} satisfies Models

export const workersAi = {
  name: 'Cloudflare Workers AI',
  dialects: {
    'openai-chat': 'https://api.cloudflare.com/client/v4/accounts/{account}/ai/v1',
    'openai-embeddings': 'https://api.cloudflare.com/client/v4/accounts/{account}/ai/v1',
  },
  aliases: ['cloudflare', 'workersai'],
  defaultModel: '@cf/zai-org/glm-4.7-flash',
  models,
  quirks: {
    'openai-chat': {
      refuses: openaiOnly,
      outputLimit: 'max_tokens',
      systemRole: true,
      reasoningField: 'none',
      takes: ['top_k'],
    },
  },
  resets: { day: 'utc' },
  errors,
  limitHeaders: [],
  modelsUrl: 'https://api.cloudflare.com/client/v4/accounts/{account}/ai/models/search?per_page=1000',
  keysUrl: 'https://dash.cloudflare.com/profile/api-tokens',
  checked: {
    row: { asOf: '2026-11-21', source: 'https://developers.cloudflare.com/workers-ai/models' },
    models: { asOf: '2026-11-20', source: 'https://www.npmjs.com/package/@earendil-works/pi-ai/v/1.6.0' },
  },
  terms: {
    terms:
      '10,000 neurons a day for the whole account, until 00:00 UTC; Kimi K2.6 and K2.7, GLM 5.2 and the dated DeepSeek V4 models need the paid plan. The hub cannot count neurons; it learns from the error when they run out.',
    asOf: '2026-09-04',
    source: 'https://developers.cloudflare.com/workers-ai/platform/pricing',
  },
} satisfies BuiltInProvider
