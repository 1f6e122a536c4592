/** NVIDIA NIM: its row, its models, its free tiers and terms. */
import type { Limit } from '../../domain/limits.ts'
import { openaiOnly } from '../../dialects/fit/openai-only.ts'
import { nvidia as errors } from '../error-rules.ts'
import { facts, million, type Models } from '../model-facts.ts'
import type { BuiltInProvider } from '../provider.ts'

const models = {
  'nvidia/nemotron-3-ultra-550b-a55b': facts([0, 0], million, 65_536, 'text tools schema reasoning sampling'),
  'nvidia/nemotron-3.5-super-vl-120b-a12b': facts([0, 0], 1_048_576, 8_192, 'image tools reasoning'),
  'nvidia/nemotron-3.5-lightning-30b-a3b': facts(
    [0, 0],
    262_144,
    262_144,
    'text tools schema reasoning sampling',
  ),
  'z-ai/glm-5.3-flash': facts([0, 0], million, 131_072, 'image video pdf tools schema reasoning sampling'),
  'minimaxai/minimax-m3.1-flash': facts([0, 0], 262_144, 262_144, 'image tools reasoning'),
  'stepfun-ai/step-5-preview': facts([0, 0], 1_048_576, 1_048_576, 'image tools reasoning'),
  'meta/muse-glimmer-30b': facts([0, 0], 131_072, 131_072, 'image tools schema reasoning sampling'),
} satisfies Models

export const nvidia = {
  name: 'NVIDIA NIM',
  dialects: {
    'openai-chat': 'https://integrate.api.nvidia.com/v1',
    'openai-embeddings': 'https://integrate.api.nvidia.com/v1',
  },
  aliases: ['nim', 'nvidia-nim'],
  defaultModel: 'nvidia/nemotron-3-ultra-550b-a55b',
  models,
  quirks: {
    'openai-chat': {
      refuses: [...openaiOnly, 'user', 'service_tier'],
      outputLimit: 'max_tokens',
      systemRole: true,
      reasoningField: 'none',
      noAnnotations: true,
      singleToolCalls: true,
    },
  },
  errors,
  limitHeaders: [],
  keysUrl: 'https://build.nvidia.com/settings/api-keys',
  checked: {
    row: { asOf: '2026-11-21', source: 'https://build.nvidia.com/models' },
    models: { asOf: '2026-11-20', source: 'https://www.npmjs.com/package/@earendil-works/pi-ai/v/1.6.0' },
  },
  presets: [
    {
      id: 'free',
      name: 'Developer programme',
      asOf: '2026-09-04',
      source: 'https://github.com/mnfst/awesome-free-llm-apis',
      terms: 'For prototyping only; production needs a licence. Prompts are logged.',
      limits: Object.keys(models).flatMap((model): Limit[] => [
        { unit: 'requests', per: 'minute', limit: 40, model },
        { unit: 'requests', per: 'day', limit: 10_000, model, resets: 'rolling' },
      ]),
    },
  ],
} satisfies BuiltInProvider
