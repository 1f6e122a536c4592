import { describe, expect, it } from 'vitest'
import { noKey } from '../../src/gateway/plan.ts'
import { listSkips, type PassedOver } from '../../src/gateway/skips.ts'
import type { Refusal } from '../../src/gateway/explain-failure.ts'
import type { KeyRefusal } from '../../src/quota/rpc.ts'

function refusal(refusals: KeyRefusal[], more: Partial<Refusal> = {}): Refusal {
  // Of a candidate only its provider and model are read.
  const candidate = { providerId: 'groq', model: 'llama' } as Refusal['candidate']
  return { candidate, poolOwner: 'u1', refusals, unlisted: 0, retryAt: undefined, ...more }
}

function list(change: Partial<PassedOver>) {
  return listSkips({ leftOut: [], refusals: [], omitsKeyless: false, ...change })
}

describe('the list of those who were passed over', () => {
  it('has one entry for all keys of a candidate that share a reason, with the soonest time', () => {
    const skips = list({
      refusals: [
        refusal([
          { keyId: 'k1', reason: 'account-rests', verdict: 'rate-limited', retryAt: 20 },
          { keyId: 'k2', reason: 'account-rests', verdict: 'rate-limited', retryAt: 10 },
          { keyId: 'k3', reason: 'disabled' },
        ]),
      ],
    })
    expect(skips).toEqual([
      {
        provider: 'groq',
        model: 'llama',
        reason: 'account-rests',
        keys: 2,
        verdict: 'rate-limited',
        retryAt: 10,
      },
      { provider: 'groq', model: 'llama', reason: 'disabled', keys: 1, keyId: 'k3' },
    ])
  })

  it('leaves out keys that were tried: those are in the trail', () => {
    expect(list({ refusals: [refusal([{ keyId: 'k1', reason: 'tried' }])] })).toEqual([])
  })

  it('says of an empty pool that it has no key, and of unlisted keys how many they are', () => {
    expect(list({ refusals: [refusal([])] })).toMatchObject([{ reason: 'no-enabled-key' }])
    const many = refusal([{ keyId: 'k1', reason: 'busy' }], { unlisted: 80 })
    expect(list({ refusals: [many] })).toMatchObject([{ keys: 1 }, { reason: 'unlisted', keys: 80 }])
  })

  it('goes by when each was passed over', () => {
    const skips = list({
      leftOut: [
        { provider: 'a', model: null, reason: 'it does not fit', after: 2 },
        { provider: 'b', model: null, reason: noKey },
      ],
      refusals: [refusal([{ keyId: 'k', reason: 'busy' }], { after: 1 })],
    })
    expect(skips.map(({ provider }) => provider)).toEqual(['b', 'groq', 'a'])
  })

  it('leaves out candidates without a key where that explains nothing', () => {
    const leftOut = [{ provider: 'b', model: null, reason: noKey }]
    expect(list({ leftOut, omitsKeyless: true })).toEqual([])
  })

  it('is bounded', () => {
    const leftOut = Array.from({ length: 40 }, (_, index) => ({
      provider: `p${index}`,
      model: null,
      reason: 'x',
    }))
    expect(list({ leftOut })).toHaveLength(16)
  })
})
