/** OpenAI: its row, its models, its free tiers and terms. */
import { openai as errors } from '../error-rules.ts'
import { openai as limitHeaders } from '../limit-headers.ts'
import { facts, type Models } from '../model-facts.ts'
import type { BuiltInProvider } from '../provider.ts'

// Above 272,000 tokens of input some cost twice as much: https://openai.com/api/pricing
const models = {
  'gpt-6.2-sol': facts([2, 10, 0.1, 2.5], 1_050_000, 128_000, 'image tools reasoning'),
  'gpt-6.2-astra': facts([8, 40, 0.4, 10], 1_050_000, 128_000, 'image tools reasoning'),
  'gpt-6.1-sol': facts([2, 10, 0.1, 2.5], 1_050_000, 128_000, 'image pdf tools schema reasoning no-sampling'),
  'gpt-6.1-terra': facts([1, 5, 0.05, 1.25], 1_050_000, 128_000, 'image tools reasoning'),
  'gpt-6-sol': facts([2, 10, 0.2, 2.5], 1_050_000, 128_000, 'image pdf tools schema reasoning no-sampling'),
  'gpt-6-luna': facts(
    [0.1, 0.5, 0.01, 0.125],
    1_050_000,
    128_000,
    'image pdf tools schema reasoning no-sampling',
  ),
  'gpt-6-astra': facts([10, 50, 1, 12.5], 1_050_000, 128_000, 'image pdf tools schema reasoning no-sampling'),
  'gpt-5.6-sol': facts([4, 20, 0.4, 5], 1_050_000, 128_000, 'image pdf tools schema reasoning no-sampling'),
  'gpt-5.6-terra': facts(
    [2, 12, 0.2, 2.5],
    1_050_000,
    128_000,
    'image pdf tools schema reasoning no-sampling',
  ),
  'gpt-5.6-luna': facts(
    [0.2, 1.2, 0.02, 0.25],
    1_050_000,
    128_000,
    'image pdf tools schema reasoning no-sampling',
  ),
  'gpt-5.5': facts([5, 30, 0.5], 1_050_000, 128_000, 'image pdf tools schema reasoning no-sampling'),
  'gpt-5.4': facts([2.5, 15, 0.25], 1_050_000, 128_000, 'image pdf tools schema reasoning sampling'),
  'gpt-5.4-mini': facts([0.75, 4.5, 0.075], 400_000, 128_000, 'image tools schema reasoning sampling'),
  'gpt-5.4-nano': facts([0.2, 1.25, 0.02], 400_000, 128_000, 'image tools schema reasoning sampling'),
  'gpt-5.2': facts([1.75, 14, 0.175], 400_000, 128_000, 'image tools schema reasoning sampling'),
  'gpt-5.1': facts([1.25, 10, 0.125], 400_000, 128_000, 'image tools schema reasoning sampling'),
  'gpt-5': facts([1.25, 10, 0.125], 400_000, 128_000, 'image tools schema reasoning no-sampling'),
  'gpt-5-mini': facts([0.25, 2, 0.025], 400_000, 128_000, 'image tools schema reasoning no-sampling'),
  'gpt-5-nano': facts([0.05, 0.4, 0.005], 400_000, 128_000, 'image tools schema reasoning no-sampling'),
  o3: facts([2, 8, 0.5], 200_000, 100_000, 'image pdf tools schema reasoning no-sampling'),
  'gpt-4.1': facts([2, 8, 0.5], 1_047_576, 32_768, 'image pdf tools schema no-reasoning sampling'),
  'gpt-4.1-mini': facts([0.4, 1.6, 0.1], 1_047_576, 32_768, 'image pdf tools schema no-reasoning sampling'),
  'gpt-4o': facts([2.5, 10, 1.25], 128_000, 16_384, 'image pdf tools schema no-reasoning sampling'),
  'gpt-4o-mini': facts([0.15, 0.6, 0.075], 128_000, 16_384, 'image pdf tools schema no-reasoning sampling'),
} satisfies Models

export const openai = {
  name: 'OpenAI',
  dialects: {
    // Clients of other dialects: reasoning comes back to it there, and goes with tools.
    'openai-responses': 'https://api.openai.com/v1',
    'openai-chat': 'https://api.openai.com/v1',
    'openai-embeddings': 'https://api.openai.com/v1',
  },
  defaultModel: 'gpt-6-luna',
  cachesPrompts: true,
  models,
  ownModels: /^(?:chatgpt-|gpt-|o\d)/,
  cannot: {
    // "Function tools with reasoning_effort are not supported for gpt-5.4-mini in
    // /v1/chat/completions." https://github.com/dotnet/extensions/issues/7407; from 5.6 on also
    // where no effort is named.
    'openai-chat': [
      { what: 'tools-with-effort', models: /^gpt-(?:5\.[4-9]|[6-9]|\d\d)/ },
      { what: 'tools', models: /^gpt-(?:5\.[6-9]|[6-9]|\d\d)/ },
    ],
    // Models that reason take no stop sequences in either.
    'openai-responses': [
      { what: 'audio' },
      { what: 'several-answers' },
      { what: 'stop', models: /^gpt-[34]/ },
    ],
  },
  quirks: {
    'openai-chat': {
      outputLimit: 'max_completion_tokens',
      refuses: ['top_k', 'min_p'],
      reasoningField: 'none',
      emptyMembers: true,
      systemAnywhere: true,
    },
    'openai-responses': { takes: ['chat_fields'], search: 'web_search', keepsAnswers: true },
  },
  resets: { day: 'refill' },
  limitsPer: 'model',
  limitHeaders,
  errors,
  keysUrl: 'https://platform.openai.com/api-keys',
  checked: {
    row: { asOf: '2026-11-30', source: 'https://developers.openai.com/api/docs' },
    models: { asOf: '2026-11-20', source: 'https://www.npmjs.com/package/@earendil-works/pi-ai/v/1.6.0' },
  },
  retirements: {
    asOf: '2026-11-30',
    source: 'https://developers.openai.com/api/docs/deprecations',
    models: {
      'gpt-5-chat-latest': { on: '2026-07-23', successor: 'gpt-6-luna' },
      'gpt-5.1-codex': { on: '2026-07-23', successor: 'gpt-6.2-sol' },
      'gpt-5.1-chat-latest': { on: '2026-07-23', successor: 'gpt-6-luna' },
      'gpt-4o-search-preview': { on: '2026-07-23', successor: 'gpt-6-luna' },
      'gpt-4o-mini-search-preview': { on: '2026-07-23', successor: 'gpt-6-luna' },
      'gpt-5.2-chat-latest': { on: '2026-08-10', successor: 'gpt-6-luna' },
      'gpt-5.3-chat-latest': { on: '2026-08-10', successor: 'gpt-6-luna' },
      'gpt-4.1-nano': { on: '2026-10-23', successor: 'gpt-6-luna' },
      'o4-mini': { on: '2026-10-23', successor: 'gpt-6-luna' },
      'o3-mini': { on: '2026-10-23', successor: 'gpt-6-luna' },
      o1: { on: '2026-10-23', successor: 'gpt-6.2-sol' },
      'o1-pro': { on: '2026-10-23', successor: 'gpt-6.2-sol' },
      'gpt-4-turbo': { on: '2026-10-23', successor: 'gpt-6.1-terra' },
      'gpt-4': { on: '2026-10-23', successor: 'gpt-6.1-terra' },
      'gpt-3.5-turbo': { on: '2026-10-23', successor: 'gpt-6-luna' },
      'gpt-5': { on: '2026-12-11', successor: 'gpt-6.1-terra' },
      'gpt-5-mini': { on: '2026-12-11', successor: 'gpt-6-luna' },
      'gpt-5-nano': { on: '2026-12-11', successor: 'gpt-6-luna' },
      o3: { on: '2026-12-11', successor: 'gpt-6.1-sol' },
      'gpt-4.1': { on: '2027-01-14', successor: 'gpt-6.1-terra' },
      'gpt-4.1-mini': { on: '2027-01-14', successor: 'gpt-6-luna' },
      'gpt-4o': { on: '2027-01-14', successor: 'gpt-6.1-terra' },
      'gpt-4o-mini': { on: '2027-01-14', successor: 'gpt-6-luna' },
      'gpt-5.4-nano': { on: '2027-04-01', successor: 'gpt-6-luna' },
      'gpt-5.1': { on: '2027-04-01', successor: 'gpt-6.1-sol' },
    },
  },
  terms: {
    terms: 'No free tier: prepaid.',
    asOf: '2026-11-21',
    source: 'https://openai.com/api/pricing',
  },
} satisfies BuiltInProvider
