import { describe, expect, it } from 'vitest'
import { readError } from '../../src/dialects/provider-error.ts'
import { catalog } from '../../src/providers/catalog.ts'
import type { Provider } from '../../src/providers/provider.ts'
import { type StatedLimit, statedLimits } from '../../src/providers/stated-limits.ts'

const now = Date.UTC(2026, 10, 26, 12)
const day = 86_400_000
const custom: Provider = { name: 'Mine', dialects: {}, defaultModel: '', models: {} }

function read(provider: Provider, headers: Record<string, string>, body?: unknown): StatedLimit[] {
  const complaint = body === undefined ? undefined : readError(JSON.stringify(body))
  return statedLimits(provider, headers, complaint, now)
}

/** Headers with the names that OpenAI made up. */
function openaiStyle(unit: string, limit: number, remaining: number, reset?: string): Record<string, string> {
  return {
    [`x-ratelimit-limit-${unit}`]: String(limit),
    [`x-ratelimit-remaining-${unit}`]: String(remaining),
    ...(reset !== undefined && { [`x-ratelimit-reset-${unit}`]: reset }),
  }
}

function says(message: string, more: Record<string, unknown> = {}): unknown {
  return { error: { message, ...more } }
}

describe('statedLimits', () => {
  it('says nothing of an answer that says nothing', () => {
    const headers = new Headers({ 'content-type': 'application/json', 'retry-after': '3' })
    for (const provider of [...Object.values<Provider>(catalog), custom])
      expect(statedLimits(provider, headers, undefined, now)).toEqual([])
  })

  it('takes headers as an object of the platform, as a map, and with names in any case', () => {
    const written = { 'X-RateLimit-Limit-Tokens': '6000', 'X-RateLimit-Remaining-Tokens': '5000' }
    const expected = [
      { unit: 'tokens', per: 'minute', scope: 'model', limit: 6_000, remaining: 5_000, resets: 'refill' },
    ]
    for (const headers of [written, new Headers(written), new Map(Object.entries(written))])
      expect(statedLimits(catalog.groq, headers, undefined, now)).toEqual(expected)
  })

  it('reads dates by the provider’s clock', () => {
    const theirs = now + 3_600_000
    const headers = {
      date: new Date(theirs).toUTCString(),
      'anthropic-ratelimit-requests-limit': '50',
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': new Date(theirs + 30_000).toISOString(),
    }
    expect(read(catalog.anthropic, headers)).toMatchObject([{ limit: 50, resetsAt: now + 30_000 }])
  })

  describe('of OpenAI', () => {
    it.each([
      ['minute', 5_000, 4_999, '12ms'],
      ['minute', 160_000, 159_968, '12ms'],
      ['minute', 100_000, 99_998, '0s'],
      ['minute', 500, 0, '1m0s'],
      ['day', 10_000, 9_999, '8.64s'],
      ['day', 200, 150, '6h0m0s'],
      ['day', 3, 2, '8h0m0s'],
    ] as const)(
      'tells a %s from a bucket of %i with %i left, whole in %s',
      (per, limit, remaining, reset) => {
        expect(read(catalog.openai, openaiStyle('requests', limit, remaining, reset))).toMatchObject([
          { unit: 'requests', per, scope: 'model', limit, remaining, resets: 'refill' },
        ])
      },
    )

    it.each([
      ['nothing was used', 5_000, 5_000, '0s'],
      ['the numbers fit neither', 150_000, 149_984, '6m0s'],
      ['they fit both', 150_000_000, 149_999_999, '0s'],
    ])('tells nothing where %s', (_case, limit, remaining, reset) => {
      expect(read(catalog.openai, openaiStyle('tokens', limit, remaining, reset))).toEqual([])
    })

    it('tells nothing where no reset is stated, and nothing of images', () => {
      expect(read(catalog.openai, openaiStyle('requests', 100, 50))).toEqual([])
      expect(read(catalog.openai, openaiStyle('input-images', 50_000, 49_999, '1ms'))).toEqual([])
    })

    it('reads the sentence of an error', () => {
      const message =
        'Rate limit reached for gpt-x in organization org-1 on requests per day (RPD): Limit 200, Used 200, Requested 1. Please try again in 7m12s.'
      expect(read(catalog.openai, {}, says(message))).toEqual([
        { unit: 'requests', per: 'day', scope: 'model', limit: 200, remaining: 0, resets: 'refill' },
      ])
    })

    it('learns only the limit from a request that is larger than all of it', () => {
      const message =
        'Request too large for gpt-x in organization org-1 on tokens per min (TPM): Limit 30000, Requested 42000.'
      expect(read(catalog.openai, {}, says(message))).toEqual([
        { unit: 'tokens', per: 'minute', scope: 'model', limit: 30_000, resets: 'refill' },
      ])
    })
  })

  describe('of Groq', () => {
    it('reads seconds of audio in the words of an error', () => {
      const message =
        'Rate limit reached for model `whisper-x` on seconds of audio per hour (ASPH): Limit 7200, Used 7100, Requested 300.'
      expect(read(catalog.groq, {}, says(message))).toEqual([
        { unit: 'audio-seconds', per: 'hour', scope: 'model', limit: 7_200, remaining: 100 },
      ])
    })

    const headers = {
      ...openaiStyle('requests', 14_400, 14_398, '12s'),
      ...openaiStyle('tokens', 6_000, 5_900, '1s'),
    }

    it('knows requests as those of the day and tokens as those of the minute', () => {
      expect(read(catalog.groq, headers)).toEqual([
        {
          unit: 'requests',
          per: 'day',
          scope: 'model',
          limit: 14_400,
          remaining: 14_398,
          resetsAt: now + 12_000,
          resets: 'refill',
        },
        {
          unit: 'tokens',
          per: 'minute',
          scope: 'model',
          limit: 6_000,
          remaining: 5_900,
          resetsAt: now + 1_000,
          resets: 'refill',
        },
      ])
    })

    const perDay =
      'Rate limit reached for model `m` in organization `org_1` service tier `on_demand` on tokens per day (TPD): Limit 100000, Used 97050, Requested 3619. Please try again in 9m38.016s.'

    it('reads a limit from the words of an error that no header states', () => {
      const limits = read(
        catalog.groq,
        headers,
        says(perDay, { type: 'tokens', code: 'rate_limit_exceeded' }),
      )
      expect(limits).toHaveLength(3)
      expect(limits[0]).toEqual({
        unit: 'tokens',
        per: 'day',
        scope: 'model',
        limit: 100_000,
        remaining: 2_950,
        resets: 'refill',
      })
    })

    it('lets the words stand where headers say the same, and takes the reset from these', () => {
      const perMinute = 'for model `m` on tokens per minute (TPM): Limit 6000, Used 5990, Requested 500.'
      expect(read(catalog.groq, headers, says(perMinute))).toContainEqual({
        unit: 'tokens',
        per: 'minute',
        scope: 'model',
        limit: 6_000,
        remaining: 10,
        resetsAt: now + 1_000,
        resets: 'refill',
      })
    })

    it('does not mix the numbers of two limits that only bear the same name', () => {
      const perMinute = 'for model `m` on tokens per minute (TPM): Limit 12000, Used 12000, Requested 5.'
      const tokens = read(catalog.groq, headers, says(perMinute)).filter((limit) => limit.per === 'minute')
      expect(tokens).toEqual([
        { unit: 'tokens', per: 'minute', scope: 'model', limit: 12_000, remaining: 0, resets: 'refill' },
      ])
    })

    it('does not take what was used beyond the limit for less than nothing', () => {
      const over = 'for model `m` on tokens per minute (TPM): Limit 6000, Used 6100, Requested 5.'
      expect(read(catalog.groq, {}, says(over))).toMatchObject([{ remaining: 0 }])
    })
  })

  describe('of Anthropic', () => {
    function bucket(unit: string, limit: string, remaining: string, reset: string): Record<string, string> {
      const name = `anthropic-ratelimit-${unit}`
      return { [`${name}-limit`]: limit, [`${name}-remaining`]: remaining, [`${name}-reset`]: reset }
    }

    it('reads requests and the combined tokens, and leaves input and output alone', () => {
      const headers = {
        ...bucket('requests', '50', '49', '2026-11-26T12:00:01Z'),
        ...bucket('tokens', '40000', '39000', '2026-11-26T12:00:02Z'),
        ...bucket('input-tokens', '30000', '29000', '2026-11-26T12:00:02Z'),
        ...bucket('output-tokens', '8000', '8000', '2026-11-26T12:00:00Z'),
      }
      const shared = { per: 'minute', scope: 'model', resets: 'refill' }
      expect(read(catalog.anthropic, headers)).toEqual([
        { unit: 'requests', ...shared, limit: 50, remaining: 49, resetsAt: now + 1_000 },
        { unit: 'tokens', ...shared, limit: 40_000, remaining: 39_000, resetsAt: now + 2_000 },
      ])
    })

    it('reads a limit of requests in a sentence, and none of input tokens', () => {
      const sentence = (what: string) =>
        says(`This request would exceed your organization's rate limit of ${what} per minute (org: x).`)
      expect(read(catalog.anthropic, {}, sentence('1,050 requests'))).toMatchObject([
        { unit: 'requests', per: 'minute', limit: 1_050 },
      ])
      expect(read(catalog.anthropic, {}, sentence('30,000 input tokens'))).toEqual([])
    })
  })

  describe('of OpenRouter', () => {
    const midnight = Date.UTC(2026, 10, 27)
    const inBody = (message: string, source?: string) =>
      says(message, {
        code: 429,
        metadata: {
          headers: {
            'X-RateLimit-Limit': '50',
            'X-RateLimit-Remaining': '0',
            'X-RateLimit-Reset': String(midnight),
          },
          ...(source && { limit_source: source }),
        },
      })

    it('reads the headers that stand in the body, for the whole account', () => {
      expect(
        read(catalog.openrouter, {}, inBody('Rate limit exceeded: free-models-per-day. Add 10 credits')),
      ).toEqual([
        {
          unit: 'requests',
          per: 'day',
          scope: 'account',
          limit: 50,
          remaining: 0,
          resetsAt: midnight,
          resets: 'utc',
        },
      ])
      expect(read(catalog.openrouter, {}, inBody('Rate limit exceeded: free-models-per-min.'))).toMatchObject(
        [{ per: 'minute', scope: 'account' }],
      )
      expect(read(catalog.openrouter, {}, inBody('Too many', 'openrouter_free_tier_daily'))).toMatchObject([
        { per: 'day' },
      ])
    })

    it('takes neither what everyone shares nor what somebody behind it says for the account’s', () => {
      expect(read(catalog.openrouter, {}, inBody('Busy', 'openrouter_shared_capacity'))).toEqual([])
      const raw =
        'Rate limit reached for model `m` on tokens per minute (TPM): Limit 6000, Used 6000, Requested 9'
      const behind = says('Provider returned error', { metadata: { provider_name: 'Groq', raw } })
      expect(read(catalog.openrouter, {}, behind)).toEqual([])
      expect(read(catalog.huggingface, openaiStyle('tokens', 6_000, 1, '1s'), says(raw))).toEqual([])
    })
  })

  it('reads periods from the names of Mistral, which states no reset', () => {
    const headers = {
      ...openaiStyle('req-minute', 60, 59),
      ...openaiStyle('req-10-second', 10, 9),
      ...openaiStyle('tokens-minute', 500_000, 499_000),
      ...openaiStyle('tokens-month', 1_000_000_000, 999_000_000),
      'x-ratelimit-tokens-query-cost': '187',
    }
    expect(read(catalog.mistral, headers)).toEqual([
      { unit: 'requests', per: 'minute', scope: 'account', limit: 60, remaining: 59 },
      { unit: 'tokens', per: 'minute', scope: 'account', limit: 500_000, remaining: 499_000 },
      {
        unit: 'tokens',
        per: 'month',
        scope: 'account',
        limit: 1_000_000_000,
        remaining: 999_000_000,
        resets: 'utc',
      },
    ])
  })

  it('reads periods from the names of Cerebras, and resets in seconds with fractions', () => {
    const headers = {
      ...openaiStyle('requests-day', 14_400, 14_000, '33011.382'),
      ...openaiStyle('tokens-minute', 60_000, 59_000, '11.5'),
    }
    expect(read(catalog.cerebras, headers)).toMatchObject([
      { unit: 'requests', per: 'day', scope: 'model', resetsAt: now + 33_011_382, resets: 'refill' },
      { unit: 'tokens', per: 'minute', scope: 'model', resetsAt: now + 11_500 },
    ])
  })

  it('reads the trial limits of Cohere, from headers and from words', () => {
    const headers = {
      'x-endpoint-monthly-call-limit': '1000',
      'x-trial-endpoint-call-limit': '20',
      'x-trial-endpoint-call-remaining': '6',
    }
    expect(read(catalog.cohere, headers)).toEqual([
      { unit: 'requests', per: 'minute', scope: 'account', limit: 20, remaining: 6 },
      { unit: 'requests', per: 'month', scope: 'account', limit: 1_000, resets: 'utc' },
    ])
    const message = 'You are using a Trial key, which is limited to 1000 API calls / month.'
    expect(read(catalog.cohere, {}, { message })).toEqual([
      { unit: 'requests', per: 'month', scope: 'account', limit: 1_000, remaining: 0, resets: 'utc' },
    ])
  })

  it('leaves out limits per second, of prompts alone and of what is generated alone', () => {
    expect(
      read(catalog.together, {
        'x-ratelimit-limit': '10',
        'x-ratelimit-remaining': '19',
        'x-ratelimit-reset': '2',
      }),
    ).toEqual([])
    const fireworks = {
      ...openaiStyle('requests', 60, 59),
      ...openaiStyle('tokens-prompt', 60_000, 59_925),
      ...openaiStyle('tokens-generated', 12_000, 12_000),
      'x-ratelimit-over-limit': 'no',
    }
    expect(read(catalog.fireworks, fireworks)).toEqual([
      { unit: 'requests', per: 'minute', scope: 'account', limit: 60, remaining: 59 },
    ])
  })

  it('reads xAI’s limits per minute and model, without a reset', () => {
    const headers = { ...openaiStyle('requests', 1_800, 1_800), ...openaiStyle('tokens', 10_000_000, 9) }
    expect(read(catalog.xai, headers)).toEqual([
      { unit: 'requests', per: 'minute', scope: 'model', limit: 1_800, remaining: 1_800 },
      { unit: 'tokens', per: 'minute', scope: 'model', limit: 10_000_000, remaining: 9 },
    ])
  })

  it('reads the kind of limit that GitHub Models names, in words and in a header', () => {
    const words =
      'Rate limit of 50 per 86400s exceeded for UserByModelByDay. Please wait 5631 seconds before retrying.'
    const expected = { unit: 'requests', per: 'day', scope: 'model', remaining: 0, resets: 'rolling' }
    const error = says(words, { code: 'RateLimitReached' })
    expect(read(catalog.github, {}, error)).toEqual([{ ...expected, limit: 50 }])
    const type = { 'x-ratelimit-type': 'UserByModelByDay' }
    expect(read(catalog.github, type, says('Too many requests.'))).toEqual([expected])
    expect(read(catalog.github, type, error)).toEqual([{ ...expected, limit: 50 }])
    expect(
      read(catalog.github, {}, says('Rate limit of 2 per 0s exceeded for UserConcurrentRequests.')),
    ).toEqual([])
  })

  describe('of Gemini', () => {
    function quota(id: string, value?: string): Record<string, unknown> {
      return { quotaId: id, quotaDimensions: { location: 'global', model: 'm' }, quotaValue: value }
    }
    function exceeded(...violations: unknown[]): unknown {
      const details = [
        { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations },
        { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '37s' },
      ]
      return says('You exceeded your current quota.', { code: 429, status: 'RESOURCE_EXHAUSTED', details })
    }
    const perDay = quota('GenerateRequestsPerDayPerProjectPerModel-FreeTier', '20')

    it('reads each quota that was exceeded', () => {
      expect(
        read(catalog.gemini, {}, exceeded(perDay, quota('GenerateRequestsPerMinutePerProjectPerModel', '5'))),
      ).toEqual([
        { unit: 'requests', per: 'day', scope: 'model', limit: 20, remaining: 0, resets: 'pacific' },
        { unit: 'requests', per: 'minute', scope: 'model', limit: 5, remaining: 0 },
      ])
    })

    it('believes the delay of a minute’s quota, and does not know how many tokens are left', () => {
      const tokens = quota('GenerateContentInputTokensPerModelPerMinute-FreeTier', '250000')
      expect(read(catalog.gemini, {}, [exceeded(tokens)])).toEqual([
        { unit: 'tokens', per: 'minute', scope: 'model', limit: 250_000, resetsAt: now + 37_000 },
      ])
    })

    it('takes a limit of 0, or one without a value, for none', () => {
      const id = 'GenerateRequestsPerDayPerProjectPerModel-FreeTier'
      expect(read(catalog.gemini, {}, exceeded(quota(id, '0'), quota(id)))).toEqual([])
    })
  })

  describe('of a provider that nothing is known of', () => {
    it('reads Azure’s names where it says for how many seconds they hold', () => {
      const headers = {
        ...openaiStyle('requests', 50, 49, '1'),
        ...openaiStyle('tokens', 50_000, 49_362, '0'),
        'x-ratelimit-renewalperiod-requests': '60',
        'x-ratelimit-renewalperiod-tokens': '60',
        'x-ratelimit-key': 'my-deployment',
      }
      expect(read(custom, headers)).toEqual([
        { unit: 'requests', per: 'minute', scope: 'model', limit: 50, remaining: 49, resetsAt: now + 1_000 },
        { unit: 'tokens', per: 'minute', scope: 'model', limit: 50_000, remaining: 49_362 },
      ])
    })

    it('reads names that hold the period', () => {
      const headers = {
        ...openaiStyle('tokens-day', 1_000_000, 999_000, '3600'),
        ...openaiStyle('hour', 300, 299),
      }
      expect(read(custom, headers)).toEqual([
        {
          unit: 'tokens',
          per: 'day',
          scope: 'account',
          limit: 1_000_000,
          remaining: 999_000,
          resetsAt: now + 3_600_000,
        },
        { unit: 'requests', per: 'hour', scope: 'account', limit: 300, remaining: 299 },
      ])
    })

    it('passes over names that mean a minute here and a day there', () => {
      expect(read(custom, openaiStyle('requests', 5_000, 4_999, '12ms'))).toEqual([])
      expect(
        read(custom, {
          'x-ratelimit-limit': '10',
          'x-ratelimit-remaining': '9',
          'x-ratelimit-reset': '30',
        }),
      ).toEqual([])
    })

    it.each([
      [
        'three fields',
        { 'ratelimit-limit': '100', 'ratelimit-remaining': '50', 'ratelimit-reset': '30' },
        '100;w=60',
      ],
      ['one field of members', { ratelimit: 'limit=100, remaining=50, reset=30' }, '100;w=60'],
      ['named policies', { ratelimit: '"burst";r=50;t=30' }, '"burst";q=100;w=60;qu="requests"'],
    ])('reads the draft of the IETF in the form of %s', (_form, fields, policy) => {
      expect(read(custom, { ...fields, 'RateLimit-Policy': policy })).toEqual([
        {
          unit: 'requests',
          per: 'minute',
          scope: 'account',
          limit: 100,
          remaining: 50,
          resetsAt: now + 30_000,
        },
      ])
    })

    it('keeps the policies of that draft apart, and passes over what no window of ours is', () => {
      expect(
        read(custom, {
          'ratelimit-policy':
            '"a";q=5;w=60, "b";q=100;w=86400, "c";q=9;w=1, "d";q=9;w=60;qu="content-bytes", "e";q=9;w=10',
          ratelimit: '"b";r=99;t=100, "a";r=4;t=10, "c";r=1;t=1, "e";r=1;t=1',
        }),
      ).toMatchObject([
        { per: 'minute', limit: 5, remaining: 4, resetsAt: now + 10_000 },
        { per: 'day', limit: 100, remaining: 99, resetsAt: now + 100_000 },
        { per: 'second', limit: 9, remaining: 1, resetsAt: now + 1_000 },
      ])
      expect(
        read(custom, {
          'ratelimit-policy': '10;w=60, 50;w=3600',
          'ratelimit-limit': '50',
          'ratelimit-remaining': '7',
        }),
      ).toEqual([
        { unit: 'requests', per: 'minute', scope: 'account', limit: 10 },
        { unit: 'requests', per: 'hour', scope: 'account', limit: 50, remaining: 7 },
      ])
      expect(read(custom, { ratelimit: 'limit=100, remaining=50, reset=30' })).toEqual([])
    })
  })

  it.each(['', ' ', '-1', 'NaN', 'Infinity', '1e9', '0x10', 'unlimited', '1000000000001', '0'])(
    'ignores a limit of "%s" and what stands beside it',
    (limit) => {
      const headers = { 'x-ratelimit-limit-tokens': limit, 'x-ratelimit-remaining-tokens': '0' }
      expect(read(catalog.groq, headers)).toEqual([])
    },
  )

  it.each(['', '-1', 'NaN', 'many', '6001'])('ignores "%s" left of 6,000', (remaining) => {
    const headers = { 'x-ratelimit-limit-tokens': '6000', 'x-ratelimit-remaining-tokens': remaining }
    expect(read(catalog.groq, headers)).toEqual([
      { unit: 'tokens', per: 'minute', scope: 'model', limit: 6_000, resets: 'refill' },
    ])
  })

  it.each(['', '-5', 'soon', '2020-01-01T00:00:00Z', String(31 * 86_400 + 1), String(now - 1)])(
    'ignores a reset at "%s"',
    (reset) => {
      const limits = read(catalog.cerebras, openaiStyle('requests-day', 10, 5, reset))
      expect(limits).toMatchObject([{ limit: 10, remaining: 5 }])
      expect(limits[0]).not.toHaveProperty('resetsAt')
    },
  )

  it('puts a reset that lies beyond its period at the end of the period', () => {
    expect(read(catalog.cerebras, openaiStyle('requests-day', 10, 5, String(30 * 86_400)))).toMatchObject([
      { resetsAt: now + day + 5_000 },
    ])
    expect(read(custom, openaiStyle('requests-minute', 10, 5, '3600'))).toMatchObject([
      { resetsAt: now + 65_000 },
    ])
  })

  it('is not slowed down by what an error says', () => {
    const hostile = `${'rate limit for '.repeat(20_000)}${'on tokens per min (TPM): Limit '.repeat(20_000)}`
    expect(read(custom, {}, says(hostile))).toEqual([])
  })
})
