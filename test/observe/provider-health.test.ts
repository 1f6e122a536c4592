import { describe, expect, it } from 'vitest'
import { summariseHealth } from '../../src/observe/provider-health.ts'

const tried = (change: Partial<Parameters<typeof summariseHealth>[0][number]> = {}) => ({
  provider: 'groq',
  model: 'm',
  verdict: 'ok',
  blame: null,
  startedAt: 1_000,
  durationMs: 100,
  ...change,
})
const failed = (verdict: string, blame: string, startedAt = 1_000) =>
  tried({ verdict, blame, startedAt, durationMs: 9_999 })

describe('the health of providers', () => {
  it('is told for each provider and model that was tried', () => {
    const attempts = [tried(), tried({ model: 'n' }), tried({ provider: 'cohere' }), tried()]
    expect(
      summariseHealth(attempts).map(({ provider, model, attempts: count }) => [provider, model, count]),
    ).toEqual([
      ['cohere', 'm', 1],
      ['groq', 'm', 2],
      ['groq', 'n', 1],
    ])
    expect(summariseHealth([])).toEqual([])
  })

  it('counts what the provider failed at, and not what was wrong with the request or the client', () => {
    const attempts = [
      failed('overloaded', 'provider', 3_000),
      failed('rate-limited', 'account', 2_000),
      failed('malformed', 'request'),
      tried({ verdict: 'client-left' }),
      tried(),
    ]
    expect(summariseHealth(attempts)).toMatchObject([
      { attempts: 5, errors: 2, lastError: { verdict: 'overloaded', at: 3_000 } },
    ])
  })

  it.each([
    [[], null],
    [[50], 50],
    [[50, 10, 30], 30],
    [[50, 10, 30, 20], 25],
  ])('has as its latency the median of %j, of what went well', (durations, median) => {
    const attempts = [failed('cut', 'provider'), ...durations.map((durationMs) => tried({ durationMs }))]
    expect(summariseHealth(attempts)).toMatchObject([{ medianMs: median }])
  })
})
