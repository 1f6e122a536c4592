/** Groq: its row, its models, its free tiers and terms. */
import type { Limit } from '../../domain/limits.ts'
import { openaiOnly } from '../../dialects/fit/openai-only.ts'
import { groq as errors } from '../error-rules.ts'
import { groq as limitHeaders } from '../limit-headers.ts'
import { facts, unpriced, type Models } from '../model-facts.ts'
import type { BuiltInProvider } from '../provider.ts'

// The two Llamas are for paid keys only since 2026-08-16.
const models = {
  'openai/gpt-oss-120b': facts([0.15, 0.6, 0.075], 131_072, 65_536, 'text tools schema reasoning sampling'),
  'openai/gpt-oss-20b': facts([0.075, 0.3, 0.0375], 131_072, 65_536, 'text tools schema reasoning sampling'),
  'qwen/qwen3.8-27b': facts([0.8, 4], 131_072, 16_384, 'image tools schema reasoning sampling'),
  'qwen/qwen3.6-27b': facts([0.6, 3, 0.3], 131_072, 16_384, 'image tools schema reasoning sampling'),
  'llama-3.3-70b-versatile': facts([0.59, 0.79], 131_072, 32_768, 'text tools no-reasoning sampling'),
  'llama-3.1-8b-instant': facts([0.05, 0.08], 131_072, 131_072, 'text tools no-reasoning sampling'),
  'groq/compound': unpriced(131_072, 8_192, 'text no-tools no-reasoning sampling'),
  'groq/compound-mini': unpriced(131_072, 8_192, 'text no-tools no-reasoning sampling'),
} satisfies Models

export const groq = {
  name: 'Groq',
  dialects: { 'openai-chat': 'https://api.groq.com/openai/v1' },
  defaultModel: 'openai/gpt-oss-120b',
  cachesPrompts: true,
  models,
  // https://console.groq.com/docs/openai, "Currently Unsupported OpenAI Features"
  quirks: {
    'openai-chat': {
      refuses: [...openaiOnly, 'logprobs', 'top_logprobs', 'logit_bias'],
      reasoningField: 'none',
      noMessageName: true,
      noAnnotations: true,
      // "json mode cannot be combined with tool/function calling"
      noFormatWithTools: true,
      systemAnywhere: true,
      efforts: [{ models: /qwen3/, words: ['none', 'default'] }],
    },
  },
  resets: { day: 'refill' },
  limitsPer: 'model',
  errors,
  limitHeaders,
  keysUrl: 'https://console.groq.com/keys',
  checked: {
    row: { asOf: '2026-11-21', source: 'https://console.groq.com/docs/models' },
    models: { asOf: '2026-11-20', source: 'https://www.npmjs.com/package/@earendil-works/pi-ai/v/1.6.0' },
  },
  presets: [
    {
      id: 'free',
      name: 'Free tier',
      asOf: '2026-09-04',
      source: 'https://console.groq.com/docs/rate-limits',
      terms: 'One quota per organisation and model. Cached input does not count. Access must not be resold.',
      limits: [
        ...freeModel('openai/gpt-oss-120b', { requests: 1_000, tokensPerMinute: 8_000, tokens: 200_000 }),
        ...freeModel('openai/gpt-oss-20b', { requests: 1_000, tokensPerMinute: 8_000, tokens: 200_000 }),
        ...freeModel('qwen/qwen3.6-27b', { requests: 1_000, tokensPerMinute: 8_000, tokens: 200_000 }),
        ...freeModel('groq/compound', { requests: 250, tokensPerMinute: 70_000 }),
        ...freeModel('groq/compound-mini', { requests: 250, tokensPerMinute: 70_000 }),
      ],
    },
  ],
} satisfies BuiltInProvider

/** 30 requests a minute, and what differs by model. */
function freeModel(
  model: string,
  most: { requests: number; tokensPerMinute: number; tokens?: number },
): Limit[] {
  const shared = { model, resets: 'refill' } as const
  const limits: Limit[] = [
    { unit: 'requests', per: 'minute', limit: 30, ...shared },
    { unit: 'requests', per: 'day', limit: most.requests, ...shared },
    { unit: 'tokens', per: 'minute', limit: most.tokensPerMinute, ...shared },
  ]
  if (most.tokens !== undefined) limits.push({ unit: 'tokens', per: 'day', limit: most.tokens, ...shared })
  return limits
}
