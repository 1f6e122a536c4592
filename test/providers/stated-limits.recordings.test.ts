/**
 * What every recorded answer states of limits: nothing absurd, and nothing missed where a header
 * names a limit that is counted.
 */
import { describe, expect, it } from 'vitest'
import { readError } from '../../src/dialects/provider-error.ts'
import type { Provider } from '../../src/providers/provider.ts'
import { findProvider } from '../../src/providers/registry.ts'
import { type StatedLimit, statedLimits } from '../../src/providers/stated-limits.ts'
import { type Exchange, readRecordings } from '../recordings.ts'

const now = Date.UTC(2026, 7, 5, 12)
const day = 86_400_000

/**
 * What is known of recordings that state something: unit, period, scope, limit and what remains,
 * for each answer that does.
 */
const expectations: Record<string, string[]> = {
  'anthropic/ratelimit_headers.json': ['requests/minute/model 5 5', 'tokens/minute/model 10000 10000'],
  'azure/image_ratelimit_headers.json': ['requests/minute/model 50 49', 'tokens/minute/model 50000 49362'],
  'cohere/thinking_trial_headers.json': [
    'requests/minute/account 20 6',
    'requests/month/account 1000 ?',
    'requests/minute/account 20 5',
    'requests/month/account 1000 ?',
  ],
  'fireworks/plain_ratelimit_headers.json': ['requests/minute/account 60 59'],
  'gemini/error_429_paid_tpm.json': ['tokens/minute/model 1000000 ?'],
  // The transcript left the values out.
  'gemini/transcribed_429_free_tier_day_and_minute.json': [],
  'github-models/transcribed_429_by_day.json': ['requests/day/model 50 0'],
  'groq/transcribed_429_tpd.json': ['tokens/day/model 100000 2950'],
  'groq/transcribed_429_tpm.json': ['tokens/minute/model 12000 7563'],
  'mistral/tool_roundtrip_ratelimit_headers.json': [
    'requests/minute/account 100 95',
    'tokens/minute/account 100000 99692',
    'requests/minute/account 100 94',
    'tokens/minute/account 100000 99447',
  ],
  'openai-responses/ratelimit_headers.json': [
    'requests/minute/model 5000 4999',
    'tokens/minute/model 2000000 1999966',
  ],
  'openrouter/error_429_upstream.json': [],
  'openrouter/transcribed_429_free_per_day.json': ['requests/day/account 50 0'],
  'openrouter/transcribed_429_free_per_day_high_balance.json': ['requests/day/account 1000 0'],
  'together/plain_ratelimit_headers.json': [],
  'together/plain_2.json': [],
  'workers-ai/transcribed_429_neurons.json': [],
  'xai/plain_ratelimit_headers.json': [
    'requests/minute/model 1800 1800',
    'tokens/minute/model 10000000 10000000',
  ],
}

/** Providers whose headers name limits that the hub does not count. */
const uncounted = new Set(['together'])

const unknownProvider: Provider = { name: 'Unknown', dialects: {}, defaultModel: '', models: {} }

function providerOf(folder: string): Provider {
  const id = folder.replace(/^openai-.*/, 'openai').replace(/^github-models$/, 'github')
  return findProvider(id)?.provider ?? unknownProvider
}

function read(folder: string, { status, headers, body, sse }: Exchange['response']): StatedLimit[] {
  const complaint = status < 400 ? undefined : readError(sse ?? JSON.stringify(body ?? ''))
  return statedLimits(providerOf(folder), headers, complaint, now)
}

function show({ unit, per, scope, limit, remaining }: StatedLimit): string {
  return `${unit}/${per}/${scope} ${limit ?? '?'} ${remaining ?? '?'}`
}

const recordings = readRecordings().map(({ name, provider, exchanges }) => ({
  name,
  provider,
  answers: exchanges.map(({ response }) => ({ response, limits: read(provider, response) })),
}))

// Without recordings there is nothing to read; a file without a test would fail.
if (recordings.length === 0) it('needs RECORDINGS_DIR to be set', () => expect(recordings).toEqual([]))
else
  describe('recorded answers', () => {
    it('state what is known of them', () => {
      const stated = recordings.filter(({ name }) => name in expectations)
      expect(
        Object.fromEntries(
          stated.map(({ name, answers }) => [name, answers.flatMap(({ limits }) => limits.map(show))]),
        ),
      ).toEqual(expectations)
    })

    it.each(recordings)('$name: nothing is absurd, and each limit is stated once', ({ answers }) => {
      for (const { limits } of answers) {
        expect(new Set(limits.map(({ unit, per, scope }) => `${unit}/${per}/${scope}`)).size).toBe(
          limits.length,
        )
        for (const { limit, remaining, resetsAt } of limits) {
          expect(limit ?? remaining).toBeDefined()
          if (limit !== undefined) expect(limit).toBeGreaterThanOrEqual(1)
          if (remaining !== undefined) expect(remaining).toBeGreaterThanOrEqual(0)
          if (remaining !== undefined && limit !== undefined) expect(remaining).toBeLessThanOrEqual(limit)
          if (resetsAt === undefined) continue
          expect(resetsAt).toBeGreaterThan(now)
          expect(resetsAt).toBeLessThanOrEqual(now + 31 * day + 5_000)
        }
      }
    })

    it('state a limit wherever their headers name one that is counted', () => {
      const silent = recordings.filter(
        ({ provider, answers }) =>
          !uncounted.has(provider) &&
          answers.some(
            ({ response, limits }) =>
              Object.keys(response.headers).some((header) =>
                /ratelimit-limit|trial-endpoint/i.test(header),
              ) && limits.length === 0,
          ),
      )
      expect(silent.map(({ name }) => name)).toEqual([])
    })
  })
