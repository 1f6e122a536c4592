import { describe, expect, it } from 'vitest'
import type { TrailEntry } from '../../src/errors.ts'
import type { Candidate } from '../../src/gateway/plan.ts'
import { builtInRow } from '../../src/gateway/provider-row.ts'
import { explainFailure, type Failure } from '../../src/gateway/explain-failure.ts'
import { catalog } from '../../src/providers/catalog.ts'
import type { KeyRefusal } from '../../src/quota/rpc.ts'

const candidate: Candidate = {
  providerId: 'groq',
  provider: catalog.groq,
  row: builtInRow,
  dialect: 'openai-chat',
  poolOwners: ['usr_1'],
}
const tried = (verdict: string, more: Partial<TrailEntry> = {}): TrailEntry => ({
  provider: 'groq',
  model: 'm',
  keyId: 'k1',
  status: 500,
  verdict,
  blame: 'provider',
  startedAt: 0,
  durationMs: 1,
  ...more,
})
const refused = (
  reason: KeyRefusal['reason'],
  more: Partial<KeyRefusal> = {},
): Failure['refusals'][number] => ({
  candidate,
  poolOwner: 'usr_1',
  unlisted: 0,
  refusals: [{ keyId: 'k1', reason, ...more }],
  retryAt: more.retryAt,
})
const failure = (change: Partial<Failure> = {}): Failure => ({
  asked: 'smart',
  trail: [],
  leftOut: [],
  refusals: [],
  requestFault: undefined,
  timedOut: false,
  now: 0,
  ...change,
})

describe('why nobody could serve', () => {
  it('is exhausted quota if anybody rests for it, also beside failures, with the soonest true reset', () => {
    const error = explainFailure(
      failure({
        trail: [tried('server-error')],
        refusals: [
          refused('account-rests', { retryAt: 9_000 }),
          refused('requests-used-up', { retryAt: 4_000 }),
        ],
      }),
    )
    expect(error).toMatchObject({ code: 'QUOTA_EXHAUSTED', status: 429, retryAt: 4_000 })
    expect(error.message).toContain('Retry in 4 s (1970-01-01T00:00:04Z).')
  })

  it.each([
    [-5, 'in 1 s'],
    [8_400, 'in 9 s'],
    [252_000, 'in 4 min 12 s'],
    [3_900_000, 'in 1 h 5 min'],
    [93_600_000, 'in 1 day 2 h'],
    [183_600_000, 'in 2 days 3 h'],
  ])('says in words how long it takes until a key is free: %s ms is %s', (retryAt, words) => {
    const now = Date.parse('2026-11-29T22:31:10.500Z')
    const refusals = [refused('requests-used-up', { retryAt: now + retryAt })]
    expect(explainFailure(failure({ refusals, now })).message).toContain(`Retry ${words} (20`)
  })

  it('is exhausted quota after an attempt that was answered 429', () => {
    const trail = [
      tried('rate-limited', { status: 429, blame: 'account', retryAt: 7_000 }),
      tried('server-error'),
    ]
    expect(explainFailure(failure({ trail }))).toMatchObject({
      code: 'QUOTA_EXHAUSTED',
      retryAt: 7_000,
      trail,
    })
  })

  it.each([
    ['server-error', 'PROVIDER_ERROR', 502],
    ['bad-key', 'PROVIDER_ERROR', 502],
    ['timeout', 'PROVIDER_TIMEOUT', 504],
  ])('is a failed attempt that ended with %s: %s', (verdict, code, status) => {
    expect(explainFailure(failure({ trail: [tried('server-error'), tried(verdict)] }))).toMatchObject({
      code,
      status,
    })
  })

  it('is the time of the request, where that was over', () => {
    expect(explainFailure(failure({ timedOut: true, trail: [tried('deadline')] }))).toMatchObject({
      code: 'REQUEST_TIMEOUT',
      status: 408,
    })
  })

  it('is a provider that recovers, where only that is waited for', () => {
    expect(
      explainFailure(failure({ refusals: [refused('provider-rests', { retryAt: 5_000 })] })),
    ).toMatchObject({
      code: 'PROVIDER_ERROR',
      retryAt: 5_000,
    })
  })

  it('is the lack of a key, said for each candidate', () => {
    const error = explainFailure(
      failure({
        leftOut: [
          { provider: 'openai', model: null, reason: 'no key' },
          { provider: 'mistral', model: null, reason: 'no key' },
        ],
        refusals: [refused('quarantined', { verdict: 'bad-key' })],
      }),
    )
    expect(error).toMatchObject({ code: 'NO_ELIGIBLE_KEY', status: 400, param: 'model' })
    expect(error.message).toContain('(openai, mistral: no key; groq: ')
    expect(error.message).toContain('groq: 1 key quarantined')
  })

  it('is a model that does not exist, where everyone who was asked says so, the first time and while it is remembered', () => {
    const unknown = { verdict: 'no-such-model', blame: 'model', status: 404 } as const
    expect(explainFailure(failure({ trail: [tried('no-such-model', unknown)] }))).toMatchObject({
      code: 'NOT_FOUND',
    })
    const remembered = refused('model-rests', { verdict: 'no-such-model', retryAt: 9_000 })
    expect(explainFailure(failure({ refusals: [remembered] }))).toMatchObject({
      code: 'NOT_FOUND',
      param: 'model',
    })
  })

  it("is the provider's verdict on the request, as it is", () => {
    const fault = {
      blame: 'request',
      verdict: 'invalid-request',
      message: 'Bad image',
      status: 422,
      code: 'bad_image',
      param: 'image',
    } as const
    const error = explainFailure(
      failure({ requestFault: fault, trail: [tried('rate-limited', { status: 429 })] }),
    )
    expect(error).toMatchObject({
      status: 422,
      message: 'Bad image',
      param: 'image',
      upstream: { code: 'bad_image' },
    })
  })
})
