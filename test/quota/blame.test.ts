/**
 * Whatever fails, exactly the right thing rests, for exactly the right time: own errors, and every
 * recorded one.
 */
import { describe, expect, it } from 'vitest'
import { outbound } from '../../src/dialects/index.ts'
import type { Fault } from '../../src/errors.ts'
import { classify } from '../../src/providers/classify.ts'
import { findProvider } from '../../src/providers/registry.ts'
import { readRecordings } from '../recordings.ts'
import { makeFault } from './fixtures.ts'
import { PlainPool } from './plain-pool.ts'

const now = Date.UTC(2026, 7, 5, 12)
const model = 'm'

/** Who may be asked at a time: each of two keys, for the model that failed and for another. */
function freeAt(pool: PlainPool, at: number): string[] {
  return ['k1', 'k2'].flatMap((key, index, keys) =>
    [model, 'other'].flatMap((asked) => {
      const decision = pool.decide({ model: asked, excludedKeys: keys.toSpliced(index, 1) }, at)
      return decision.type === 'lease' ? [`${key} ${asked}`] : []
    }),
  )
}

const everybody = ['k1 m', 'k1 other', 'k2 m', 'k2 other']
const resting: Record<Fault['blame'], string[]> = {
  key: ['k1 m', 'k1 other'],
  account: ['k1 m', 'k1 other'],
  model: ['k1 m'],
  // One failure opens no circuit.
  provider: [],
  region: [],
  request: [],
  unknown: [],
}

/** Fails one call of the first key with this fault, and looks at who rests, and until when. */
function check(fault: Fault, provider = 'custom', lastsMs?: number): void {
  const pool = new PlainPool([], 2, provider)
  const lease = pool.admit({ model }, now)
  if (!lease) throw new Error('A new pool has keys that serve.')
  pool.settle(lease, { type: 'failure', fault }, now)
  const tooLarge = fault.verdict === 'larger-than-window'
  const blamed = tooLarge ? [] : resting[fault.blame]
  const others = everybody.filter((name) => !blamed.includes(name))
  expect(freeAt(pool, now + 1)).toEqual(others)
  if (blamed.length === 0) return
  if (fault.blame === 'key') {
    // No time brings a bad key back.
    expect(freeAt(pool, now + 400 * 24 * 3_600_000)).toEqual(others)
    return
  }
  const until = fault.retryAt ?? now + (lastsMs ?? Number.NaN)
  expect(freeAt(pool, until - 1)).toEqual(others)
  expect(freeAt(pool, until)).toEqual(everybody)
}

/**
 * How long rests what states no time: minutes for what takes days or a person, seconds for the
 * rest.
 */
function unstatedMs({ verdict, period }: Fault): number {
  const lasting = ['no-credit', 'spend-limit', 'suspended', 'no-such-model', 'not-in-tier'].includes(verdict)
  return lasting || period === 'day' || period === 'month' ? 300_000 : 2_000
}

describe('what rests', () => {
  it.each([
    ['for a bad key: that key', makeFault({ blame: 'key', verdict: 'bad-key', status: 401 })],
    ['for an empty account: the account', makeFault({ blame: 'account', verdict: 'no-credit', status: 402 })],
    ['for a stated time: until then', makeFault({ blame: 'account', retryAt: now + 61_234 })],
    ['for a model’s limit: that model on that account', makeFault({ blame: 'model', retryAt: now + 5_000 })],
    ['for a day’s quota without a reset: five minutes', makeFault({ blame: 'model', period: 'day' })],
    ['for a request that is wrong: nothing', makeFault({ blame: 'request', status: 400 })],
    ['for what nobody understands: nothing', makeFault({ blame: 'unknown', status: 418 })],
    ['for a country that is not served: nothing', makeFault({ blame: 'region', status: 403 })],
    [
      'for a request larger than a window: nothing',
      makeFault({ blame: 'model', verdict: 'larger-than-window' }),
    ],
    ['for one failure of the provider: nothing', makeFault({ blame: 'provider', status: 503 })],
  ])('%s', (_title, fault) => check(fault, 'custom', unstatedMs(fault)))

  it('for the third failure of the provider in a row: that model, whoever is asked, and no key', () => {
    const pool = new PlainPool([], 2)
    for (let i = 0; i < 3; i++) {
      const lease = pool.admit({ model, requestId: `req_${i}` }, now)
      if (!lease) throw new Error('Nobody rests yet.')
      const fault = makeFault({ blame: 'provider', verdict: 'overloaded', status: 529 })
      pool.settle(lease, { type: 'failure', fault }, now)
    }
    expect(freeAt(pool, now + 4_999)).toEqual(['k1 other', 'k2 other'])
    expect(freeAt(pool, now + 5_000)).toEqual(everybody)
  })

  it.each([
    [403, { error: { message: 'Your IP address has sent too many requests.', type: 'forbidden' } }],
    [429, { error: { message: 'Too many requests from this IP, please try again later.' } }],
    [429, 'error code: 1015'],
    [403, 'error code: 1020'],
  ])(
    'for an address that is throttled on its way out: no key, however many run into it (%i %j)',
    (status, body) => {
      const complaint = outbound['openai-chat']?.parseError(body)
      const provider = findProvider('openai')?.provider
      if (!complaint || !provider) throw new Error('OpenAI and its dialect are missing.')
      const fault = classify({ provider, status, headers: {}, complaint, now })
      expect(fault).toMatchObject({ verdict: 'blocked', blame: 'region' })
      const pool = new PlainPool([], 2)
      for (const excluded of ['k1', 'k2']) {
        const lease = pool.admit({ model, excludedKeys: [excluded] }, now)
        if (lease) pool.settle(lease, { type: 'failure', fault }, now)
      }
      expect(freeAt(pool, now + 1)).toEqual(everybody)
    },
  )
})

describe('the day of a provider that counts it by Californian time', () => {
  it.each([
    // Midnight is at 08:00 UTC in winter, at 07:00 in summer.
    ['an ordinary day', Date.UTC(2026, 0, 15, 8), 24],
    ['the day on which summer time begins', Date.UTC(2026, 2, 8, 8), 23],
    ['the day on which it ends', Date.UTC(2026, 10, 1, 7), 25],
  ])('ends at midnight there: %s', (_day, midnight, hours) => {
    const end = midnight + hours * 3_600_000
    const limits = [{ unit: 'requests', per: 'day', limit: 2 } as const]
    const pool = new PlainPool(limits, 1, 'gemini')
    for (const at of [midnight, end - 1]) {
      const used = new PlainPool(limits, 1, 'gemini')
      used.admit({ model }, at)
      used.admit({ model }, at)
      expect(used.decide({ model }, at)).toMatchObject({ type: 'refusal', retryAt: end })
      expect(used.decide({ model }, end - 1).type).toBe('refusal')
      expect(used.decide({ model }, end).type).toBe('lease')
    }
    // The error that says "per day" states no time: the calendar knows it.
    const lease = pool.admit({ model }, midnight + 1)
    if (!lease) throw new Error('A new pool has keys that serve.')
    const fault = makeFault({ blame: 'model', verdict: 'daily-quota', period: 'day' })
    pool.settle(lease, { type: 'failure', fault }, midnight + 2)
    expect(pool.decide({ model }, end - 1).type).toBe('refusal')
    expect(pool.decide({ model }, end).type).toBe('lease')
  })
})

const recorded = readRecordings().flatMap(({ name, provider, exchanges }) =>
  exchanges
    .filter(({ response }) => response.status >= 400)
    .map(({ response }, index) => ({ title: `${name} #${index + 1}`, provider, response })),
)

describe.runIf(recorded.length > 0)('what rests for a recorded error', () => {
  it.each(recorded)('$title', ({ provider, response }) => {
    const id = provider.replace(/^openai-.*/, 'openai')
    const known = findProvider(id)?.provider ?? { name: id, dialects: {}, defaultModel: '', models: {} }
    const complaint = outbound['openai-chat']?.parseError(response.sse ?? JSON.stringify(response.body ?? ''))
    if (!complaint) throw new Error('The dialect openai-chat is missing.')
    const { status, headers } = response
    const fault = classify({ provider: known, status, headers, complaint, now })
    check(fault, id, unstatedMs(fault))
  })
})
