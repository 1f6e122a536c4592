/**
 * Free tiers, as limits that a person may take over when they add a key. Offered and never applied by themselves: tiers change by
 * the month, and a key may be a paid one. What a provider states of its limits in its answers is worth more (`stated-limits.ts`).
 */
import type { Limit } from '../db/schema.ts'
import type { ProviderId } from './catalog.ts'

/** Where something is written, and when it was read there. */
interface Statement {
  /** What the provider's terms ask of whoever uses it, plainly. */
  terms: string
  /** An ISO 8601 date. */
  asOf: string
  source: string
}

export interface Preset extends Statement {
  /** Unique within its provider. */
  id: string
  name: string
  limits: readonly Limit[]
}

const communityList = 'https://github.com/cheahjs/free-llm-api-resources'
const freeTiers = 'https://github.com/diegosouzapw/OmniRoute/blob/main/docs/reference/FREE_TIERS.md'

const openrouter = {
  asOf: '2026-07-18',
  source: 'https://openrouter.ai/docs/api-reference/limits',
  terms:
    'Counts the models whose names end in ":free", all together; do not take it for a key that also calls paid ones. More keys or accounts of one person do not raise it. Some free models learn from what they are sent.',
} satisfies Statement

/** The presets of each provider that has a free tier which requests or tokens can be counted for. */
const presets: Partial<Record<ProviderId, readonly Preset[]>> = {
  gemini: [
    {
      id: 'free',
      name: 'Free tier',
      // The documentation prints no numbers since 2025-12; AI Studio shows those of a project.
      asOf: '2026-07-18',
      source: communityList,
      terms:
        'One quota for a project: a second key of it gains nothing. What is sent may be used to improve Google’s products, except from the EEA, Switzerland and the United Kingdom. Pro models have no free tier.',
      limits: [
        ...geminiModel('gemini-3.5-flash', { minute: 5, day: 20, tokens: 250_000 }),
        ...geminiModel('gemini-3-flash-preview', { minute: 5, day: 20, tokens: 250_000 }),
        ...geminiModel('gemini-2.5-flash', { minute: 5, day: 20, tokens: 250_000 }),
        ...geminiModel('gemini-3.1-flash-lite', { minute: 15, day: 500 }),
        ...geminiModel('gemini-2.5-flash-lite', { minute: 10, day: 20 }),
        ...geminiModel('gemma-3-27b-it', { minute: 30, day: 14_400, tokens: 15_000 }),
      ],
    },
  ],
  groq: [
    {
      id: 'free',
      name: 'Free tier',
      asOf: '2026-09-02',
      source: freeTiers,
      terms: 'One quota for an organisation and model. Access must not be resold.',
      limits: [
        ...groqModel('openai/gpt-oss-120b', { requests: 1_000, tokensPerMinute: 8_000, tokens: 200_000 }),
        ...groqModel('openai/gpt-oss-20b', { requests: 1_000, tokensPerMinute: 8_000, tokens: 200_000 }),
        ...groqModel('qwen/qwen3.6-27b', { requests: 1_000, tokensPerMinute: 8_000, tokens: 200_000 }),
        ...groqModel('llama-3.1-8b-instant', { requests: 14_400, tokensPerMinute: 6_000, tokens: 200_000 }),
        ...groqModel('groq/compound', { requests: 250, tokensPerMinute: 70_000 }),
      ],
    },
  ],
  openrouter: [
    { id: 'free', name: 'Free models', limits: openrouterDay(50), ...openrouter },
    {
      id: 'free-with-credit',
      name: 'Free models, after $10 of credit was bought once',
      limits: openrouterDay(1_000),
      ...openrouter,
    },
  ],
  mistral: [
    {
      id: 'free',
      name: 'Free plan (Experiment)',
      asOf: '2026-07-18',
      source: communityList,
      terms:
        'Needs a phone number, one account for a person, and consent to training on what is sent. The console shows the limits of each model; one request a second is given here as sixty a minute.',
      limits: [
        { unit: 'requests', per: 'minute', limit: 60 },
        { unit: 'tokens', per: 'minute', limit: 500_000 },
        { unit: 'tokens', per: 'month', limit: 1_000_000_000, resets: 'utc' },
      ],
    },
  ],
  cohere: [
    {
      id: 'trial',
      name: 'Trial key',
      asOf: '2026-08-20',
      source: 'https://docs.cohere.com/docs/rate-limits',
      terms:
        'For evaluation: not for production, nor for commercial use. The month’s calls count every endpoint.',
      limits: [
        { unit: 'requests', per: 'minute', limit: 20 },
        { unit: 'requests', per: 'month', limit: 1_000, resets: 'utc' },
      ],
    },
  ],
  nvidia: [
    {
      id: 'free',
      name: 'Developer programme',
      asOf: '2026-07-18',
      source: communityList,
      terms: 'For prototyping only; production needs a licence.',
      limits: [{ unit: 'requests', per: 'minute', limit: 40 }],
    },
  ],
  github: [
    {
      id: 'copilot-free',
      name: 'Copilot Free',
      asOf: '2026-11-21',
      source:
        'https://docs.github.com/en/github-models/use-github-models/prototyping-with-ai-models#rate-limits',
      terms:
        'For experiments, counted for a user and model. Requests take at most 8,000 tokens in and 4,000 out; set 5 calls at once for the small models and 2 for the large ones.',
      // `rate_limit_tier` in https://models.github.ai/catalog/models says which tier a model is in.
      limits: [
        ...githubModels(
          ['openai/gpt-4.1-mini', 'openai/gpt-4.1-nano', 'mistral-ai/mistral-medium-2505'],
          15,
          150,
        ),
        ...githubModels(
          ['openai/gpt-4.1', 'meta/llama-3.3-70b-instruct', 'deepseek/deepseek-v3-0324'],
          10,
          50,
        ),
        ...githubModels(['deepseek/deepseek-r1'], 1, 8),
        ...githubModels(['xai/grok-3'], 1, 15),
      ],
    },
  ],
}

/** What is known of providers without a tier whose requests or tokens could be counted. */
const statements: Partial<Record<ProviderId, Statement>> = {
  openai: { terms: 'No free tier: prepaid.', asOf: '2026-11-21', source: 'https://openai.com/api/pricing' },
  anthropic: {
    terms: 'No free tier: prepaid.',
    asOf: '2026-11-21',
    source: 'https://platform.claude.com/docs/en/api/rate-limits',
  },
  xai: { terms: 'No free tier: prepaid.', asOf: '2026-11-21', source: 'https://docs.x.ai' },
  together: {
    terms: 'No free tier: a first purchase of at least $5 is needed.',
    asOf: '2026-09-04',
    source: freeTiers,
  },
  fireworks: {
    terms: 'A credit of $1 once. Its terms forbid to share keys and to pass calls on for others.',
    asOf: '2026-07-18',
    source: communityList,
  },
  deepseek: {
    terms: 'Five million tokens once, for 30 days from the first sign-up.',
    asOf: '2026-09-04',
    source: freeTiers,
  },
  cerebras: {
    terms: 'The free tier has ended: a credit of $5 once, for 30 days, with a card.',
    asOf: '2026-09-04',
    source: freeTiers,
  },
  huggingface: {
    terms: 'A credit of $0.10 each calendar month ($2 with PRO): money, which the hub does not count.',
    asOf: '2026-08-22',
    source: 'https://huggingface.co/docs/inference-providers/pricing',
  },
  'workers-ai': {
    terms:
      '10,000 neurons a day for the whole account, until 00:00 UTC. The hub cannot count neurons; it learns from the error when they are used up.',
    asOf: '2026-11-21',
    source: 'https://developers.cloudflare.com/workers-ai/platform/pricing',
  },
}

/** What may be offered to whoever adds a key for a provider; empty for those without a free tier, and for custom ones. */
export function presetsOf(provider: string): readonly Preset[] {
  return Object.hasOwn(presets, provider) ? (presets[provider as ProviderId] ?? []) : []
}

/** What a provider asks and gives, where it has no preset to say it; undefined where nothing is known. */
export function termsOf(provider: string): string | undefined {
  return Object.hasOwn(statements, provider) ? statements[provider as ProviderId]?.terms : undefined
}

function geminiModel(model: string, most: { minute: number; day: number; tokens?: number }): Limit[] {
  const limits: Limit[] = [
    { unit: 'requests', per: 'minute', limit: most.minute, model },
    { unit: 'requests', per: 'day', limit: most.day, model, resets: 'pacific' },
  ]
  if (most.tokens !== undefined) limits.push({ unit: 'tokens', per: 'minute', limit: most.tokens, model })
  return limits
}

function groqModel(
  model: string,
  perDay: { requests: number; tokensPerMinute: number; tokens?: number },
): Limit[] {
  const shared = { model, resets: 'refill' } as const
  const limits: Limit[] = [
    { unit: 'requests', per: 'day', limit: perDay.requests, ...shared },
    { unit: 'tokens', per: 'minute', limit: perDay.tokensPerMinute, ...shared },
  ]
  if (perDay.tokens !== undefined)
    limits.push({ unit: 'tokens', per: 'day', limit: perDay.tokens, ...shared })
  return limits
}

function openrouterDay(requests: number): Limit[] {
  return [
    { unit: 'requests', per: 'minute', limit: 20 },
    { unit: 'requests', per: 'day', limit: requests, resets: 'utc' },
  ]
}

function githubModels(models: readonly string[], perMinute: number, perDay: number): Limit[] {
  return models.flatMap((model): Limit[] => [
    { unit: 'requests', per: 'minute', limit: perMinute, model },
    { unit: 'requests', per: 'day', limit: perDay, model, resets: 'rolling' },
  ])
}
