/** Anthropic: its row, its models, its free tiers and terms. */
import { anthropic as errors } from '../error-rules.ts'
import { anthropic as limitHeaders } from '../limit-headers.ts'
import { facts, million, type Models } from '../model-facts.ts'
import type { BuiltInProvider } from '../provider.ts'

// Claude Haiku 5.5 costs five times as much above 100,000 tokens of input.
const models = {
  'claude-fable-5-2': facts([8, 40, 0.2, 10], million, 128_000, 'image tools reasoning'),
  'claude-fable-5-1': facts(
    [10, 50, 0.25, 12.5],
    million,
    128_000,
    'image pdf tools schema reasoning no-sampling',
  ),
  'claude-fable-5': facts(
    [10, 50, 1, 12.5],
    million,
    128_000,
    'image pdf tools schema reasoning no-sampling',
  ),
  'claude-opus-5-5': facts([4, 20, 0.2, 5], million, 128_000, 'image pdf tools schema reasoning no-sampling'),
  'claude-opus-5': facts(
    [5, 25, 0.5, 6.25],
    million,
    128_000,
    'image pdf tools schema reasoning no-sampling',
  ),
  'claude-opus-4-8': facts(
    [5, 25, 0.5, 6.25],
    million,
    128_000,
    'image pdf tools schema reasoning no-sampling',
  ),
  'claude-opus-4-7': facts(
    [5, 25, 0.5, 6.25],
    million,
    128_000,
    'image pdf tools schema reasoning no-sampling',
  ),
  'claude-opus-4-6': facts([5, 25, 0.5, 6.25], million, 128_000, 'image pdf tools schema reasoning sampling'),
  'claude-opus-4-5': facts([5, 25, 0.5, 6.25], 200_000, 64_000, 'image pdf tools schema reasoning sampling'),
  'claude-sonnet-5-5': facts(
    [2, 10, 0.1, 2.5],
    million,
    128_000,
    'image pdf tools schema reasoning no-sampling',
  ),
  'claude-sonnet-5': facts(
    [2, 10, 0.2, 2.5],
    million,
    128_000,
    'image pdf tools schema reasoning no-sampling',
  ),
  'claude-sonnet-4-6': facts(
    [3, 15, 0.3, 3.75],
    million,
    128_000,
    'image pdf tools schema reasoning sampling',
  ),
  'claude-sonnet-4-5': facts(
    [3, 15, 0.3, 3.75],
    million,
    64_000,
    'image pdf tools schema reasoning sampling',
  ),
  'claude-haiku-5-5': facts([0.1, 0.5, 0.01, 0.125], million, 128_000, 'image tools reasoning'),
  'claude-haiku-4-5': facts([1, 5, 0.1, 1.25], 200_000, 64_000, 'image pdf tools schema reasoning sampling'),
} satisfies Models

export const anthropic = {
  name: 'Anthropic',
  // Its OpenAI-compatible endpoint drops caching, thinking and strict tools: it is called in its
  // own dialect.
  dialects: { anthropic: 'https://api.anthropic.com/v1' },
  aliases: ['claude'],
  defaultModel: 'claude-sonnet-5-5',
  cachesPrompts: true,
  models,
  ownModels: /^claude-/,
  quirks: { anthropic: { takes: ['cache_control'], search: 'web_search_20250305' } },
  // Spend limits end with the calendar month; rate limits refill; plans begin with their first use.
  resets: { day: 'refill', month: 'utc', '5h': 'first-use', '7d': 'first-use' },
  errors,
  limitHeaders,
  keysUrl: 'https://console.anthropic.com/settings/keys',
  checked: {
    row: { asOf: '2026-11-30', source: 'https://platform.claude.com/docs/en/api/overview' },
    models: { asOf: '2026-11-20', source: 'https://www.npmjs.com/package/@earendil-works/pi-ai/v/1.6.0' },
  },
  retirements: {
    asOf: '2026-11-30',
    source: 'https://platform.claude.com/docs/en/about-claude/model-deprecations',
    models: {
      'claude-mythos-preview': { on: '2026-06-30', successor: 'claude-fable-5-2' },
      'claude-sonnet-4-5': { on: '2026-11-30', successor: 'claude-sonnet-5-5' },
      'claude-opus-4-5': { on: '2027-01-22', successor: 'claude-opus-5-5' },
    },
  },
  terms: {
    terms: 'No free tier: prepaid.',
    asOf: '2026-11-21',
    source: 'https://platform.claude.com/docs/en/api/rate-limits',
  },
} satisfies BuiltInProvider
