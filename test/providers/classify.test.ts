import { describe, expect, it } from 'vitest'
import type { Complaint } from '../../src/chat/events.ts'
import type { Json } from '../../src/chat/json.ts'
import { outbound } from '../../src/dialects/index.ts'
import type { Fault } from '../../src/errors.ts'
import { catalog, type ProviderId } from '../../src/providers/catalog.ts'
import { classify, faultOfException } from '../../src/providers/classify.ts'
import type { Provider } from '../../src/providers/provider.ts'

const now = Date.UTC(2026, 10, 21, 9, 40)
const second = 1_000

function fault(
  provider: ProviderId | Provider,
  status: number,
  body: Json,
  headers: Record<string, string> = {},
): Fault {
  const row: Provider = typeof provider === 'string' ? catalog[provider] : provider
  return classify({ provider: row, status, headers, complaint: complaintIn(body), now })
}

function complaintIn(body: Json): Complaint {
  const speaker = outbound['openai-chat']
  if (!speaker) throw new Error('The dialect openai-chat is missing.')
  return speaker.parseError(body)
}

const openaiError = (message: string, code: string | null = null, type = 'invalid_request_error'): Json => ({
  error: { message, type, param: null, code },
})

describe('blame', () => {
  it.each<[ProviderId, number, Json, Partial<Fault>]>([
    // Dead keys, whatever their status.
    [
      'openai',
      401,
      openaiError('Incorrect API key provided: sk-x.', 'invalid_api_key'),
      { blame: 'key', verdict: 'bad-key' },
    ],
    [
      'xai',
      400,
      { code: 'invalid-argument', error: 'Incorrect API key provided.' },
      { blame: 'key', verdict: 'bad-key' },
    ],
    [
      'gemini',
      400,
      [
        {
          error: {
            code: 400,
            message: 'API key expired. Please renew the API key.',
            status: 'INVALID_ARGUMENT',
          },
        },
      ],
      { blame: 'key' },
    ],
    [
      'gemini',
      403,
      { error: { code: 403, message: 'Permission denied', status: 'PERMISSION_DENIED' } },
      { blame: 'model', verdict: 'forbidden', doubtful: true },
    ],
    [
      'nvidia',
      403,
      { status: 403, title: 'Forbidden', detail: 'Authorization failed' },
      { blame: 'model', verdict: 'forbidden', doubtful: true },
    ],
    [
      'workers-ai',
      401,
      { success: false, errors: [{ code: 10000, message: 'Authentication error' }] },
      { blame: 'key' },
    ],
    [
      'workers-ai',
      404,
      { success: false, errors: [{ code: 7003, message: 'Could not route to /accounts/x' }] },
      { blame: 'key' },
    ],

    // Empty accounts, whatever their status.
    [
      'openai',
      429,
      openaiError('You exceeded your current quota.', 'insufficient_quota', 'insufficient_quota'),
      { blame: 'account', verdict: 'no-credit' },
    ],
    [
      'openai',
      429,
      openaiError('Spend limit.', 'organization_spend_limit_exceeded', 'insufficient_quota'),
      { blame: 'account', verdict: 'spend-limit' },
    ],
    [
      'openai',
      429,
      openaiError('No credit.', 'credit_balance_exhausted', 'insufficient_quota'),
      { blame: 'account', verdict: 'no-credit' },
    ],
    [
      'anthropic',
      400,
      {
        type: 'error',
        error: {
          type: 'invalid_request_error',
          message: 'Your credit balance is too low to access the Anthropic API.',
        },
      },
      { blame: 'account', verdict: 'no-credit' },
    ],
    [
      'anthropic',
      402,
      { type: 'error', error: { type: 'billing_error', message: 'There is an issue with billing.' } },
      { blame: 'account', verdict: 'no-credit' },
    ],
    [
      'anthropic',
      403,
      { type: 'error', error: { type: 'permission_error', message: 'This organization has been disabled.' } },
      { blame: 'account', verdict: 'suspended' },
    ],
    ['deepseek', 402, openaiError('Insufficient Balance'), { blame: 'account', verdict: 'no-credit' }],
    [
      'openrouter',
      402,
      { error: { code: 402, message: 'Insufficient credits' } },
      { blame: 'account', verdict: 'no-credit' },
    ],
    ['cerebras', 402, { message: 'Payment required' }, { blame: 'account', verdict: 'no-credit' }],
    [
      'gemini',
      429,
      {
        error: { code: 429, message: 'Your prepayment credits are depleted.', status: 'RESOURCE_EXHAUSTED' },
      },
      { blame: 'account', verdict: 'no-credit' },
    ],

    // The model, on this account.
    [
      'gemini',
      429,
      {
        error: {
          code: 429,
          message: 'Quota exceeded for metric: x, limit: 0, model: gemini-2.5-pro',
          status: 'RESOURCE_EXHAUSTED',
        },
      },
      { blame: 'model', verdict: 'not-in-tier' },
    ],
    [
      'groq',
      413,
      openaiError(
        'Request too large for model `x` in organization `o` service tier `on_demand` on tokens per minute (TPM): Limit 6000, Requested 7000',
        'rate_limit_exceeded',
        'tokens',
      ),
      { blame: 'model', verdict: 'larger-than-window' },
    ],
    [
      'openai',
      429,
      openaiError(
        'Request too large for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Requested 50000.',
        'rate_limit_exceeded',
        'tokens',
      ),
      { blame: 'model', verdict: 'larger-than-window' },
    ],
    ['nvidia', 404, { detail: "Function 'abc': Not found for account 'xyz'" }, { blame: 'model' }],
    ['openrouter', 404, { error: { code: 404, message: 'No endpoints found for x/y.' } }, { blame: 'model' }],
    [
      'groq',
      400,
      openaiError(
        'The model `x` has been decommissioned and is no longer supported.',
        'model_decommissioned',
      ),
      { blame: 'model' },
    ],
    [
      'openai',
      403,
      openaiError('Project `p` does not have access to model `gpt-5.5`', 'model_not_found'),
      { blame: 'model' },
    ],
    [
      'workers-ai',
      400,
      { errors: [{ code: 5007, message: 'No such model @cf/x/y or task' }] },
      { blame: 'model' },
    ],

    // The provider.
    [
      'anthropic',
      529,
      { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
      { blame: 'provider', verdict: 'overloaded' },
    ],
    [
      'gemini',
      503,
      { error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } },
      { blame: 'provider' },
    ],
    [
      'mistral',
      429,
      {
        object: 'error',
        message: 'Service tier capacity exceeded for this model.',
        type: 'service_tier_capacity_exceeded',
        code: '3505',
      },
      { blame: 'provider', verdict: 'overloaded' },
    ],
    [
      'workers-ai',
      429,
      { errors: [{ code: 3040, message: 'Out of capacity' }] },
      { blame: 'provider', verdict: 'overloaded' },
    ],
    [
      'workers-ai',
      408,
      { errors: [{ code: 3007, message: 'Timeout' }] },
      { blame: 'provider', verdict: 'timeout' },
    ],
    ['groq', 498, openaiError('Flex capacity', 'capacity_exceeded'), { blame: 'provider' }],
    ['cohere', 499, { message: 'request cancelled' }, { blame: 'provider' }],
    ['together', 524, '<html>a timeout occurred</html>', { blame: 'provider', verdict: 'timeout' }],
    ['openai', 500, 'upstream connect error', { blame: 'provider' }],

    // The place that the call came from.
    [
      'openai',
      403,
      openaiError('Country, region, or territory not supported', 'unsupported_country_region_territory'),
      { blame: 'region' },
    ],
    [
      'gemini',
      400,
      {
        error: {
          code: 400,
          message: 'User location is not supported for the API use.',
          status: 'FAILED_PRECONDITION',
        },
      },
      { blame: 'region' },
    ],
    ['anthropic', 403, { error: { type: 'forbidden', message: 'Request not allowed' } }, { blame: 'region' }],
    [
      'groq',
      403,
      '<!DOCTYPE html><title>Attention Required! | Cloudflare</title>',
      { blame: 'region', verdict: 'blocked' },
    ],

    // The request.
    [
      'openrouter',
      403,
      { error: { code: 403, message: 'Refused', metadata: { reasons: ['violence'], flagged_input: 'x' } } },
      { blame: 'request', verdict: 'content-policy' },
    ],
    [
      'openai',
      400,
      openaiError('Your request was flagged.', 'content_policy_violation'),
      { blame: 'request', verdict: 'content-policy' },
    ],
    [
      'openai',
      400,
      openaiError('Too long.', 'context_length_exceeded'),
      { blame: 'request', verdict: 'context-too-long' },
    ],
    [
      'deepseek',
      400,
      openaiError("This model's maximum context length is 131072 tokens."),
      { blame: 'request', verdict: 'context-too-long' },
    ],
    [
      'gemini',
      400,
      {
        error: {
          code: 400,
          message: 'The input token count (2000000) exceeds the maximum number of tokens allowed',
          status: 'INVALID_ARGUMENT',
        },
      },
      { blame: 'request', verdict: 'context-too-long' },
    ],
    [
      'together',
      403,
      openaiError('Input token count + max_tokens must be less than the context length'),
      { blame: 'request', verdict: 'context-too-long' },
    ],
    [
      'github',
      413,
      {
        error: {
          code: 'tokens_limit_reached',
          message: 'Request body too large for gpt-4o model. Max size: 8000 tokens.',
        },
      },
      { blame: 'request', verdict: 'context-too-long' },
    ],
    [
      'anthropic',
      413,
      { error: { type: 'request_too_large', message: 'Request exceeds the maximum size' } },
      { blame: 'request', verdict: 'too-large' },
    ],
    [
      'mistral',
      422,
      { detail: [{ loc: ['body', 'x'], msg: 'Extra inputs are not permitted', type: 'extra_forbidden' }] },
      { blame: 'request' },
    ],
    [
      'openrouter',
      404,
      { error: { code: 404, message: 'No endpoints found that support tool use.' } },
      { blame: 'request' },
    ],

    // Nobody.
    ['openai', 418, 'I am a teapot', { blame: 'unknown' }],
    ['openai', 404, '<html>not found</html>', { blame: 'unknown' }],
    ['openai', 302, '', { blame: 'unknown' }],
    [
      'openrouter',
      401,
      {
        error: {
          code: 401,
          message: 'Provider returned error',
          metadata: { provider_name: 'X', raw: 'bad key' },
        },
      },
      { blame: 'unknown' },
    ],
  ])('%s %i %j', (provider, status, body, expected) => {
    expect(fault(provider, status, body)).toMatchObject({ status, ...expected })
  })

  it('counts a rate limit for what the provider counts it for', () => {
    const body = openaiError('Slow.', 'rate_limit_exceeded')
    expect(fault('groq', 429, body).blame).toBe('model')
    expect(fault('mistral', 429, body).blame).toBe('account')
    const byAccount = {
      error: {
        code: 'RateLimitReached',
        message: 'Rate limit of 5 per 0s exceeded for UserConcurrentRequests.',
      },
    }
    expect(fault('github', 429, byAccount).blame).toBe('account')
    const ofAnthropic = { type: 'error', error: { type: 'rate_limit_error', message: 'Too much.' } }
    expect(fault('anthropic', 429, ofAnthropic).blame).toBe('model')
  })

  it.each([
    'Rate limit reached for model `m` in organization `org_1` on tokens per minute (TPM): Limit 6000.',
    "Rate limit reached for 'm' in organization org_1 on requests per day (RPD): Limit 200.",
    'You have reached the rate limit specific to this model m. The maximum rate is 0.6 queries per second.',
  ])('lays a rate limit at the door of the model that it names: %s', (message) => {
    const custom: Provider = { name: 'C', dialects: {}, defaultModel: 'm', models: {} }
    expect(fault(custom, 429, openaiError(message)).blame).toBe('model')
    expect(fault(custom, 429, openaiError('Rate limit reached for your account.')).blame).toBe('account')
  })

  it('reads an error that came in a stream as the status that it amounts to', () => {
    expect(
      fault('anthropic', 200, { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }),
    ).toMatchObject({ blame: 'provider', verdict: 'overloaded', status: 529 })
    expect(fault('openrouter', 200, { error: { code: 502, message: 'Bad gateway' } })).toMatchObject({
      blame: 'provider',
      status: 502,
    })
    expect(fault('openrouter', 200, { error: { code: 400, message: 'Token limit reached' } })).toMatchObject({
      blame: 'request',
      status: 400,
    })
    expect(
      fault('groq', 200, { error: { code: 'tool_use_failed', message: 'x', status_code: 400 } }),
    ).toMatchObject({ blame: 'unknown', status: 400 })
    expect(fault('openai', 200, openaiError('Failed.', 'server_error', 'server_error'))).toMatchObject({
      blame: 'provider',
      status: 500,
    })
    expect(fault('openai', 200, openaiError('Slow.', 'rate_limit_exceeded', 'tokens'))).toMatchObject({
      blame: 'model',
      status: 429,
    })
    expect(fault('openai', 200, { error: { message: 'constructor', code: 'constructor' } })).toMatchObject({
      blame: 'unknown',
    })
  })

  it('lays what nobody understands at nobody’s door, and lets nothing rest', () => {
    for (const status of [300, 304, 405, 406, 409, 418, 425, 431, 600, 999]) {
      const result = fault('openai', status, { what: 'is this' }, { 'retry-after': '60' })
      expect(result).toMatchObject({ blame: 'unknown', verdict: 'unknown-error' })
      expect(result.retryAt).toBeUndefined()
    }
  })

  it('passes on code, type and parameter', () => {
    const body = {
      error: {
        message: 'Bad.',
        type: 'invalid_request_error',
        param: 'messages[0].role',
        code: 'unsupported_value',
      },
    }
    expect(fault('openai', 400, body)).toMatchObject({
      code: 'unsupported_value',
      type: 'invalid_request_error',
      param: 'messages[0].role',
    })
  })
})

describe('the time stated', () => {
  const limited = openaiError('Slow down.', 'rate_limit_exceeded')

  it('is read from retry-after, in milliseconds before seconds', () => {
    expect(fault('openai', 429, limited, { 'retry-after': '7' }).retryAt).toBe(now + 7 * second)
    expect(fault('openai', 429, limited, { 'Retry-After-Ms': '2500', 'Retry-After': '3' }).retryAt).toBe(
      now + 2_500,
    )
    expect(fault('openai', 429, limited, { 'retry-after-ms': '0', 'retry-after': '1' }).retryAt).toBe(
      now + second,
    )
    expect(fault('openai', 503, 'x', { 'retry-after': 'Sat, 21 Nov 2026 10:00:00 GMT' }).retryAt).toBe(
      now + 1_200 * second,
    )
  })

  it('is read from Headers and from a Map as well', () => {
    const complaint = complaintIn(limited)
    const given = { provider: catalog.openai, status: 429, complaint, now }
    expect(classify({ ...given, headers: new Headers({ 'Retry-After': '7' }) }).retryAt).toBe(
      now + 7 * second,
    )
    expect(classify({ ...given, headers: new Map([['retry-after', '7']]) }).retryAt).toBe(now + 7 * second)
  })

  it.each([
    ['an hour ahead', 3_600_000],
    ['an hour behind', -3_600_000],
    ['years behind', -20 * 365 * 86_400_000],
  ])('is read by the provider’s clock, also where that is %s', (_skew, skewMs) => {
    const theirs = (inMs: number) => new Date(now + skewMs + inMs)
    const date = theirs(0).toUTCString()
    const dates = { date, 'retry-after': theirs(90_000).toUTCString() }
    expect(fault('openai', 429, openaiError('Slow down.'), dates).retryAt).toBe(now + 90_000)
    const seconds = { date, 'retry-after': '90' }
    expect(fault('openai', 429, openaiError('Slow down.'), seconds).retryAt).toBe(now + 90_000)
    const reset = {
      date,
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': theirs(30_000).toISOString(),
    }
    expect(fault('anthropic', 429, openaiError('Slow down.'), reset).retryAt).toBe(now + 30_000)
  })

  it('is not read from retry-after on a good answer, where it means nothing', () => {
    const overloaded = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }
    expect(fault('anthropic', 200, overloaded, { 'retry-after': '61' }).retryAt).toBeUndefined()
    expect(fault('openai', 401, openaiError('Bad key.'), { 'retry-after': '61' }).retryAt).toBeUndefined()
  })

  it('is that of the limit with nothing left, and of no other', () => {
    const headers = {
      'x-ratelimit-remaining-requests': '14399',
      'x-ratelimit-reset-requests': '6h0m0s',
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-reset-tokens': '17.379s',
    }
    expect(fault('groq', 429, limited, headers).retryAt).toBe(now + 17_379)
    expect(
      fault('groq', 429, limited, { ...headers, 'x-ratelimit-remaining-tokens': '5' }).retryAt,
    ).toBeUndefined()
    expect(fault('groq', 429, limited, { ...headers, 'x-ratelimit-remaining-requests': '0' }).retryAt).toBe(
      now + 6 * 3_600 * second,
    )
  })

  it('is read in Anthropic’s form', () => {
    const headers = {
      'anthropic-ratelimit-requests-remaining': '49',
      'anthropic-ratelimit-requests-reset': '2026-11-21T09:41:00Z',
      'anthropic-ratelimit-tokens-remaining': '0',
      'anthropic-ratelimit-tokens-reset': '2026-11-21T09:40:30Z',
    }
    const body = { type: 'error', error: { type: 'rate_limit_error', message: 'Too much.' } }
    expect(fault('anthropic', 429, body, headers).retryAt).toBe(now + 30 * second)
  })

  it('is read from OpenRouter’s body, in Unix milliseconds', () => {
    const reset = Date.UTC(2026, 10, 22)
    const body = {
      error: {
        code: 429,
        message: 'x',
        metadata: { headers: { 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': String(reset) } },
      },
    }
    expect(fault('openrouter', 429, body).retryAt).toBe(reset)
  })

  it('is not believed when it is past or too far away', () => {
    expect(fault('openai', 429, limited, { 'retry-after': '-1' }).retryAt).toBeUndefined()
    expect(
      fault('openai', 429, limited, { 'retry-after': 'Sat, 21 Nov 2020 10:00:00 GMT' }).retryAt,
    ).toBeUndefined()
    expect(fault('openai', 429, limited, { 'retry-after': String(41 * 86_400) }).retryAt).toBeUndefined()
    expect(fault('openai', 429, limited, { 'retry-after': String(31 * 86_400) }).retryAt).toBe(
      now + 31 * 86_400 * second,
    )
  })

  it('is the end of Anthropic’s own cap', () => {
    const body = {
      error: {
        type: 'invalid_request_error',
        message:
          'You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.',
      },
    }
    expect(fault('anthropic', 400, body)).toMatchObject({ blame: 'account', retryAt: Date.UTC(2026, 11, 1) })
  })

  it('gives way to the calendar where Google states half a minute for a quota of the day', () => {
    const message = 'You exceeded your current quota. Please retry in 34.4s.'
    const violations = [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier' }]
    const body = {
      error: {
        code: 429,
        message,
        status: 'RESOURCE_EXHAUSTED',
        details: [{ violations }, { retryDelay: '34s' }],
      },
    }
    expect(fault('gemini', 429, body)).toMatchObject({
      verdict: 'daily-quota',
      period: 'day',
      retryAt: Date.UTC(2026, 10, 22, 8),
    })
  })

  it('is not set where nothing rests', () => {
    expect(fault('openai', 400, openaiError('Please try again in 5s.')).retryAt).toBeUndefined()
  })
})

describe('the calendar', () => {
  const perDay = {
    error: {
      code: 429,
      message: 'Quota exceeded',
      status: 'RESOURCE_EXHAUSTED',
      details: [{ violations: [{ quotaId: 'RequestsPerDayPerProjectPerModel' }] }],
    },
  }
  const complaint = complaintIn(perDay)
  const geminiReset = (at: number) =>
    classify({ provider: catalog.gemini, status: 429, headers: {}, complaint, now: at }).retryAt

  it.each([
    ['in winter', '2026-01-10T20:00:00Z', '2026-01-11T08:00:00Z'],
    ['in summer', '2026-07-10T20:00:00Z', '2026-07-11T07:00:00Z'],
    ['on the evening before the clocks go forward', '2026-03-08T07:00:00Z', '2026-03-08T08:00:00Z'],
    ['on the day of 23 hours', '2026-03-08T08:00:00Z', '2026-03-09T07:00:00Z'],
    ['on the day of 25 hours', '2026-11-01T07:00:00Z', '2026-11-02T08:00:00Z'],
    ['just before midnight', '2026-07-11T06:59:59Z', '2026-07-11T07:00:00Z'],
  ])('knows midnight in California %s', (_, at, reset) => {
    expect(geminiReset(Date.parse(at))).toBe(Date.parse(reset))
  })

  it('knows midnight and the first of the month in UTC', () => {
    expect(
      fault('openrouter', 429, { error: { code: 429, message: 'Rate limit exceeded: free-models-per-day' } })
        .retryAt,
    ).toBe(Date.UTC(2026, 10, 22))
    expect(
      fault('huggingface', 402, { error: 'You have exceeded your monthly included credits' }).retryAt,
    ).toBe(Date.UTC(2026, 11, 1))
    const spent = {
      error: {
        type: 'rate_limit_error',
        message: 'Limit.',
        details: { error_code: 'enforced_spend_limit_reached' },
      },
    }
    expect(fault('anthropic', 429, spent)).toMatchObject({
      verdict: 'spend-limit',
      retryAt: Date.UTC(2026, 11, 1),
    })
    expect(
      fault('cohere', 429, {
        message: 'You are using a Trial key, which is limited to 1000 API calls / month.',
      }),
    ).toMatchObject({ verdict: 'monthly-quota', retryAt: Date.UTC(2026, 11, 1) })
    expect(
      fault(
        'mistral',
        429,
        { message: 'Requests rate limit exceeded' },
        { 'x-ratelimit-remaining-tokens-month': '0' },
      ),
    ).toMatchObject({ period: 'month', retryAt: Date.UTC(2026, 11, 1) })
  })

  it.each([
    ['you have reached your weekly usage limit', { period: '7d', verdict: 'weekly-quota' }],
    ['This request would exceed your 7-day limit', { period: '7d', verdict: 'weekly-quota' }],
    ['5-hour limit reached', { period: '5h', verdict: 'session-quota' }],
    ['You have hit your session usage limit', { period: '5h', verdict: 'session-quota' }],
    ['Rate limit reached on seconds of audio per hour', { period: 'hour', verdict: 'rate-limited' }],
  ])('lasts as long as "%s" says', (message, expected) => {
    expect(fault('groq', 429, openaiError(message, 'rate_limit_exceeded'))).toMatchObject(expected)
  })

  it('says nothing of quota that refills', () => {
    const body = openaiError(
      'Rate limit reached on requests per day (RPD): Limit 1000.',
      'rate_limit_exceeded',
    )
    expect(fault('groq', 429, body)).toMatchObject({ period: 'day', verdict: 'daily-quota' })
    expect(fault('groq', 429, body).retryAt).toBeUndefined()
  })
})

describe('secrets', () => {
  it('are taken out of everything that is kept', () => {
    const secret = 'a-key-of-no-known-shape'
    const complaint = { message: `Key ${secret} is bad.`, code: secret, type: `x ${secret}`, param: secret }
    const result = classify({ provider: catalog.openai, status: 401, headers: {}, complaint, now, secret })
    expect(JSON.stringify(result)).not.toContain(secret)
  })
})

describe('faultOfException', () => {
  it('tells a timeout from a connection that was not made', () => {
    expect(faultOfException(new DOMException('The operation timed out.', 'TimeoutError'))).toMatchObject({
      blame: 'provider',
      verdict: 'timeout',
    })
    expect(faultOfException(new TypeError('fetch failed'))).toMatchObject({
      blame: 'provider',
      verdict: 'unreachable',
    })
    expect(faultOfException('broken')).toMatchObject({ blame: 'provider', verdict: 'unreachable' })
  })

  it('keeps no key that stood in an address', () => {
    const { message } = faultOfException(
      new Error('failed: https://x.example/v1?key=AIzaSyD-1234567890abcdefghij'),
    )
    expect(message).not.toContain('AIza')
  })
})
