/** Ollama Cloud: its row, its models, its free tiers and terms. */
import { facts, million, type Models } from '../model-facts.ts'
import type { BuiltInProvider } from '../provider.ts'

const models = {
  'gpt-oss:120b': facts([0.15, 0.6, 0.014], 131_072, 32_768, 'text tools reasoning'),
  'gpt-oss:20b': facts([0.07, 0.3, 0.035], 131_072, 32_768, 'text tools reasoning'),
  'glm-5.3': facts([1.4, 4.4, 0.26], 1_048_576, 131_072, 'text tools schema reasoning sampling'),
  'glm-5.3-flash': facts(
    [0.15, 0.5, 0.03],
    million,
    131_072,
    'image video pdf tools schema reasoning sampling',
  ),
  'kimi-k3': facts([3, 15, 0.3], 1_048_576, 131_072, 'image tools schema reasoning no-sampling'),
  'deepseek-v4.1-flash': facts(
    [0.15, 0.6, 0.003],
    1_048_576,
    384_000,
    'image tools schema reasoning sampling',
  ),
  'minimax-m3': facts([0.6, 2.4, 0.12], 512_000, 131_072, 'image video tools reasoning sampling'),
  'qwen3.5:397b': facts([0.6, 3.6], 262_144, 65_536, 'image tools reasoning'),
  'nemotron-3-ultra': facts([0.1, 3, 0.1], 262_144, 128_000, 'text tools reasoning sampling'),
  'gemma4:31b': facts([0.14, 0.4, 0.05], 262_144, 262_144, 'image tools reasoning'),
} satisfies Models

export const ollamaCloud = {
  name: 'Ollama Cloud',
  dialects: { 'openai-chat': 'https://ollama.com/v1', 'openai-embeddings': 'https://ollama.com/v1' },
  aliases: ['ollama.com'],
  defaultModel: 'gpt-oss:120b',
  models,
  quirks: {
    'openai-chat': { outputLimit: 'max_tokens', systemRole: true, reasoningField: 'reasoning' },
  },
  resets: { '5h': 'first-use', '7d': 'first-use' },
  limitHeaders: [],
  keysUrl: 'https://ollama.com/settings/keys',
  checked: {
    row: { asOf: '2026-09-30', source: 'https://docs.ollama.com/cloud' },
    models: { asOf: '2026-09-30', source: 'https://models.dev/api.json' },
  },
  terms: {
    terms:
      'Free use in windows of 5 hours and 7 days, counted per model. The limits are not published; the hub learns them from errors.',
    asOf: '2026-09-04',
    source: 'https://docs.ollama.com/cloud',
  },
} satisfies BuiltInProvider
