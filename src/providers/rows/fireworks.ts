/** Fireworks: its row, its models, its free tiers and terms. */
import { fireworks as errors } from '../error-rules.ts'
import { fireworks as limitHeaders } from '../limit-headers.ts'
import { facts, million, type Models } from '../model-facts.ts'
import type { BuiltInProvider } from '../provider.ts'

const models = {
  'accounts/fireworks/models/glm-5p3-flash': facts(
    [0.15, 0.5, 0.03],
    1_048_573,
    131_072,
    'image tools schema reasoning sampling',
  ),
  'accounts/fireworks/models/glm-5p3': facts(
    [1.4, 4.4, 0.26],
    1_048_573,
    262_144,
    'text tools schema reasoning sampling',
  ),
  'accounts/fireworks/models/kimi-k3p1-pro': facts(
    [2, 10, 0.2],
    1_048_576,
    1_048_576,
    'image tools reasoning',
  ),
  'accounts/fireworks/models/kimi-k3': facts(
    [3, 15, 0.3],
    1_048_576,
    131_072,
    'image tools schema reasoning no-sampling',
  ),
  'accounts/fireworks/models/minimax-m3': facts(
    [0.3, 1.2, 0.06],
    512_000,
    512_000,
    'text tools reasoning sampling',
  ),
  'accounts/fireworks/models/deepseek-v4p1-flash': facts(
    [0.3, 1.2, 0.006],
    million,
    384_000,
    'image tools schema reasoning sampling',
  ),
  'accounts/fireworks/models/qwen3p8-max': facts(
    [2, 6, 0.25],
    262_144,
    131_072,
    'image tools reasoning sampling',
  ),
  'accounts/fireworks/routers/glm-latest': facts(
    [1.4, 4.4, 0.26],
    1_048_573,
    262_144,
    'text tools schema reasoning sampling',
  ),
  'accounts/fireworks/routers/glm-flash-latest': facts(
    [0.15, 0.5, 0.03],
    1_048_573,
    131_072,
    'image tools schema reasoning sampling',
  ),
  'accounts/fireworks/routers/kimi-latest': facts(
    [2, 10, 0.2],
    1_048_576,
    131_072,
    'image tools schema reasoning no-sampling',
  ),
  'accounts/fireworks/routers/deepseek-flash-latest': facts(
    [0.3, 1.2, 0.006],
    million,
    384_000,
    'image tools schema reasoning sampling',
  ),
} satisfies Models

export const fireworks = {
  name: 'Fireworks',
  dialects: {
    'openai-chat': 'https://api.fireworks.ai/inference/v1',
    'openai-embeddings': 'https://api.fireworks.ai/inference/v1',
  },
  aliases: ['fireworks-ai'],
  defaultModel: 'accounts/fireworks/models/glm-5p3-flash',
  cachesPrompts: true,
  models,
  quirks: {
    'openai-chat': { systemRole: true, reasoningField: 'reasoning_content', takes: ['top_k'] },
  },
  errors,
  limitHeaders,
  keysUrl: 'https://fireworks.ai/account/api-keys',
  checked: {
    row: { asOf: '2026-11-21', source: 'https://fireworks.ai/models' },
    models: { asOf: '2026-11-20', source: 'https://www.npmjs.com/package/@earendil-works/pi-ai/v/1.6.0' },
  },
  terms: {
    terms: 'A credit of $1 once. Its terms forbid sharing keys and reselling calls.',
    asOf: '2026-07-18',
    source: 'https://github.com/cheahjs/free-llm-api-resources',
  },
} satisfies BuiltInProvider
