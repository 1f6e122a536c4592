/**
 * How each provider names its limits in headers, and what they mean. Left out are bursts by the
 * second (Together), images, and tokens of input or output alone (Anthropic, Fireworks), which do
 * not count what was read from a cache. Plans are in `plan-headers.ts`. Collected in 2026 (see
 * README.md).
 */
import type { LimitHeaders } from './provider.ts'

type Stated = Omit<LimitHeaders, 'limit' | 'remaining' | 'reset'>

/**
 * The names that OpenAI made up and many took over. What they are counted for, and how long,
 * differs.
 */
function openaiStyle(unit: LimitHeaders['unit'], stated: Omit<Stated, 'unit'>, suffix: string = unit) {
  return {
    unit,
    limit: `x-ratelimit-limit-${suffix}`,
    remaining: `x-ratelimit-remaining-${suffix}`,
    reset: `x-ratelimit-reset-${suffix}`,
    ...stated,
  }
}

// https://platform.openai.com/docs/guides/rate-limits: minute or day, whichever is the tighter one
// of the model.
export const openai: readonly LimitHeaders[] = [
  openaiStyle('requests', { per: 'told-by-reset', resets: 'refill' }),
  openaiStyle('tokens', { per: 'told-by-reset', resets: 'refill' }),
]

// https://console.groq.com/docs/rate-limits: the same names, and a fixed meaning.
export const groq: readonly LimitHeaders[] = [
  openaiStyle('requests', { per: 'day', resets: 'refill' }),
  openaiStyle('tokens', { per: 'minute', resets: 'refill' }),
]

// https://platform.claude.com/docs/en/api/rate-limits: buckets that refill, apart for each model.
// `tokens` is the tightest limit in effect, input and output together; those of input and of output
// alone say less than it.
export const anthropic: readonly LimitHeaders[] = (['requests', 'tokens'] as const).map((unit) => ({
  unit,
  per: 'minute',
  scope: 'model',
  resets: 'refill',
  limit: `anthropic-ratelimit-${unit}-limit`,
  remaining: `anthropic-ratelimit-${unit}-remaining`,
  reset: `anthropic-ratelimit-${unit}-reset`,
}))

// In the body of a 429, for the free models of the account together. What is shared with everyone
// is no limit of the account.
const openrouterNames = {
  unit: 'requests',
  limit: 'x-ratelimit-limit',
  remaining: 'x-ratelimit-remaining',
  reset: 'x-ratelimit-reset',
} as const
export const openrouter: readonly LimitHeaders[] = [
  { ...openrouterNames, per: 'day', where: /free-models-per-day|free_tier_daily/ },
  { ...openrouterNames, per: 'minute', where: /free-models-per-min/ },
]

// No resets. `req-10-second` is no window of ours.
export const mistral: readonly LimitHeaders[] = [
  openaiStyle('requests', { per: 'minute' }, 'req-minute'),
  openaiStyle('tokens', { per: 'minute' }, 'tokens-minute'),
  openaiStyle('tokens', { per: 'month' }, 'tokens-month'),
]

// https://inference-docs.cerebras.ai/support/rate-limits
export const cerebras: readonly LimitHeaders[] = [
  openaiStyle('requests', { per: 'day' }, 'requests-day'),
  openaiStyle('tokens', { per: 'minute', resets: 'refill' }, 'tokens-minute'),
]

// Trial keys only: https://docs.cohere.com/docs/rate-limits. Of the month's calls it does not say
// how many are left.
export const cohere: readonly LimitHeaders[] = [
  {
    unit: 'requests',
    per: 'minute',
    limit: 'x-trial-endpoint-call-limit',
    remaining: 'x-trial-endpoint-call-remaining',
  },
  { unit: 'requests', per: 'month', limit: 'x-endpoint-monthly-call-limit' },
]

// Tokens are limited apart for prompts and for what is generated.
export const fireworks: readonly LimitHeaders[] = [openaiStyle('requests', { per: 'minute' })]

// https://docs.x.ai/docs/key-information/consumption-and-rate-limits
export const xai: readonly LimitHeaders[] = [
  openaiStyle('requests', { per: 'minute' }),
  openaiStyle('tokens', { per: 'minute' }),
]
