/**
 * What the vendors of a dialect say of an error means the same at a custom provider of that
 * dialect.
 */
import type { DialectId } from '../../src/domain/dialects.ts'
import { describe, expect, it } from 'vitest'
import type { Json } from '../../src/chat/json.ts'
import type { Configuration, CustomProvider } from '../../src/db/configuration.ts'
import { defaultSettings, noCaps } from '../../src/db/settings.ts'
import { outbound } from '../../src/dialects/index.ts'
import type { Env } from '../../src/env.ts'
import type { Fault } from '../../src/errors.ts'
import { makeDirectory } from '../../src/gateway/provider-directory.ts'
import { catalog } from '../../src/providers/catalog.ts'
import { classify } from '../../src/providers/classify.ts'
import type { Provider } from '../../src/providers/provider.ts'
import { readRecordings } from '../recordings.ts'

const now = Date.UTC(2026, 7, 5, 12)
const dialects = ['openai-chat', 'openai-responses', 'anthropic', 'gemini'] as const
type Dialect = (typeof dialects)[number]

/** The provider that a person enters with this dialect. */
function customRow(dialect: Dialect): Provider {
  const row: CustomProvider = {
    owner: 'usr_1',
    id: 'mine',
    name: 'Mine',
    baseUrl: 'https://mine.example.org/v1',
    dialect,
    models: ['m'],
    headers: {},
    sealedHeaders: null,
    byAdmin: false,
    prices: {},
    dialects: {},
    modelFacts: {},
    listedModels: {},
    keyless: false,
  }
  const configuration: Configuration = {
    user: { id: 'usr_1', name: 'ada', role: 'user', keepTranscripts: false, maxShare: null, ...noCaps },
    team: null,
    epoch: 1,
    routes: [],
    providers: [row],
    reach: [],
    settings: defaultSettings,
  }
  const known = makeDirectory(configuration, {} as Env, false).rowOf('mine', 'usr_1')
  if (!known) throw new Error('The row is missing.')
  return known.provider
}

interface Failure {
  status: number
  headers: Readonly<Record<string, string>>
  body: Json | string
}

function faultAt(provider: Provider, dialect: DialectId, { status, headers, body }: Failure): Fault {
  const complaint = outbound[dialect]?.parseError(body)
  if (!complaint) throw new Error(`Nobody speaks ${dialect}.`)
  return classify({ provider, status, headers, complaint, now })
}

/** Vendors whose statuses, numbers and words mean something at their own address only. */
const apart = new Set(['fireworks', 'huggingface', 'together', 'workers-ai'])

const failures = readRecordings().flatMap(({ name, provider, exchanges }) => {
  const id = provider.replace(/^openai-.*/, 'openai')
  if (apart.has(id) || !Object.hasOwn(catalog, id)) return []
  const row: Provider = catalog[id as keyof typeof catalog]
  return exchanges
    .filter(({ response }) => response.status >= 400)
    .flatMap(({ response }, index) => {
      const spoken = dialects.filter((dialect) => row.dialects[dialect] !== undefined)
      const body = response.sse ?? JSON.stringify(response.body ?? '')
      const { status, headers } = response
      return spoken.map((dialect) => ({
        title: `${name} #${index + 1}`,
        row,
        dialect,
        status,
        headers,
        body,
      }))
    })
})

// Without recordings there is nothing to compare; a file without a test would fail.
if (failures.length === 0) it('needs RECORDINGS_DIR to be set', () => expect(failures).toEqual([]))
else
  describe('a recorded error', () => {
    it.each(failures)(
      '$title is the same at a custom provider of $dialect',
      ({ row, dialect, ...failure }) => {
        // A time that is not stated is of the vendor's calendar.
        const { resets: _calendar, ...stating } = row
        const own = faultAt(stating, dialect, failure)
        const custom = faultAt(customRow(dialect), dialect, failure)
        // Whether a limit is the model's or the account's is not in every error.
        const isLimit = failure.status === 429
        expect(custom).toMatchObject(
          isLimit ? { verdict: own.verdict } : { verdict: own.verdict, blame: own.blame },
        )
        if (own.retryAt !== undefined) expect(custom.retryAt).toBe(own.retryAt)
      },
    )
  })

/** What relays and subscriptions say, whatever dialect they speak. */
const relayed: [string, Failure, Partial<Fault>][] = [
  [
    'a Codex back end’s limit',
    {
      status: 429,
      headers: {},
      body: {
        error: {
          type: 'usage_limit_reached',
          message: 'The usage limit has been reached',
          resets_in_seconds: 9000,
        },
      },
    },
    { retryAt: now + 9_000_000 },
  ],
  [
    'the same with a date alone',
    {
      status: 429,
      headers: {},
      body: { error: { type: 'usage_limit_reached', message: 'Limit.', resets_at: now / 1000 + 7200 } },
    },
    { retryAt: now + 7_200_000 },
  ],
  [
    'a wait in Chinese',
    { status: 429, headers: {}, body: { error: { message: '请求过于频繁，请 5 分钟后再试' } } },
    { retryAt: now + 300_000 },
  ],
  [
    'a spent account of a relay',
    { status: 401, headers: {}, body: { error: { message: 'Insufficient balance. Please top up.' } } },
    { verdict: 'no-credit', blame: 'account' },
  ],
  [
    'a model without a channel',
    {
      status: 503,
      headers: {},
      body: {
        error: { code: 'model_not_found', message: 'No available channel for model x under group default' },
      },
    },
    { verdict: 'no-such-model', blame: 'model' },
  ],
  [
    'a reset in Chinese',
    {
      status: 429,
      headers: {},
      body: {
        error: { code: '1308', message: '已达到 5 小时的使用上限。您的限额将在 2026-08-05 21:30:00 重置。' },
      },
    },
    { retryAt: Date.UTC(2026, 7, 5, 13, 30) },
  ],
]

describe.each(dialects)('at a custom provider of %s', (dialect) => {
  it.each(relayed)('%s is read', (_what, failure, expected) => {
    expect(faultAt(customRow(dialect), dialect, failure)).toMatchObject(expected)
  })
})

describe('at a custom provider', () => {
  it('of Gemini, a bad key is the key’s and a day ends at midnight in California', () => {
    const row = customRow('gemini')
    const message = 'API key not valid. Please pass a valid API key.'
    const bad = { error: { code: 400, status: 'INVALID_ARGUMENT', message } }
    expect(faultAt(row, 'gemini', { status: 400, headers: {}, body: bad })).toMatchObject({
      verdict: 'bad-key',
      blame: 'key',
    })
    const quotaId = 'GenerateRequestsPerDayPerProjectPerModel-FreeTier'
    const details = [{ '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [{ quotaId }] }]
    const spent = { error: { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'Quota exceeded.', details } }
    expect(faultAt(row, 'gemini', { status: 429, headers: {}, body: spent })).toMatchObject({
      verdict: 'daily-quota',
      blame: 'model',
      retryAt: Date.UTC(2026, 7, 6, 7),
    })
  })

  it('of Anthropic, an empty account rests, and a limit is its model’s', () => {
    const row = customRow('anthropic')
    const message = 'Your credit balance is too low to access the Anthropic API.'
    const empty = { type: 'error', error: { type: 'invalid_request_error', message } }
    expect(faultAt(row, 'anthropic', { status: 400, headers: {}, body: empty })).toMatchObject({
      verdict: 'no-credit',
      blame: 'account',
    })
    const limited = { type: 'error', error: { type: 'rate_limit_error', message: 'Slow down.' } }
    expect(faultAt(row, 'anthropic', { status: 429, headers: {}, body: limited })).toMatchObject({
      blame: 'model',
      period: 'minute',
    })
  })
})
