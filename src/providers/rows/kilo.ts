/** Kilo: its row, its models, its free tiers and terms. */
import { facts, million, type Models } from '../model-facts.ts'
import type { BuiltInProvider } from '../provider.ts'

const models = {
  'kilo-auto/free': facts([0, 0], 256_000, 32_768, 'text tools reasoning sampling'),
  'openrouter/free': facts([0, 0], 200_000, 32_768, 'image tools schema reasoning sampling'),
  'nvidia/nemotron-3-ultra-550b-a55b:free': facts([0, 0], million, 65_536, 'text tools reasoning sampling'),
  'nvidia/nemotron-3.5-lightning:free': facts([0, 0], million, 65_536, 'text tools reasoning sampling'),
  'dots-studio/dots-3-note-preview:free': facts(
    [0, 0],
    512_000,
    460_800,
    'image tools schema reasoning sampling',
  ),
  'qwen/qwen3.8-27b:free': facts([0, 0], 262_144, 235_929, 'image video tools schema reasoning sampling'),
} satisfies Models

export const kilo = {
  name: 'Kilo',
  dialects: { 'openai-chat': 'https://api.kilo.ai/api/gateway' },
  aliases: ['kilo-gateway', 'kilocode'],
  defaultModel: 'kilo-auto/free',
  models,
  quirks: { 'openai-chat': { systemRole: true, reasoningField: 'reasoning' } },
  limitHeaders: [],
  router: true,
  keysUrl: 'https://app.kilo.ai/profile',
  checked: {
    row: { asOf: '2026-09-30', source: 'https://kilo.ai/docs/gateway' },
    models: { asOf: '2026-09-30', source: 'https://models.dev/api.json' },
  },
  presets: [
    {
      id: 'free',
      name: 'Free models',
      asOf: '2026-09-04',
      source: 'https://kilo.ai/docs/gateway/authentication',
      terms:
        'Counted per IP address. The serving provider may log prompts and train on them: send nothing personal or confidential.',
      limits: [{ unit: 'requests', per: 'hour', limit: 200 }],
    },
  ],
} satisfies BuiltInProvider
