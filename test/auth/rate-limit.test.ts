import { describe, expect, it } from 'vitest'
import { decidePass, withoutPast } from '../../src/auth/rate-limit.ts'

const rate = { limit: 3, perMs: 1_000 }

describe('a rate', () => {
  it('lets pass up to its limit', () => {
    expect(decidePass([], rate, 5_000)).toEqual({ type: 'passed', at: 5_000 })
    expect(decidePass([4_500, 4_600], rate, 5_000)).toEqual({ type: 'passed', at: 5_000 })
  })

  it('says when there is room again: as soon as the oldest is past', () => {
    expect(decidePass([4_500, 4_600, 4_700], rate, 5_000)).toEqual({ type: 'refused', retryAt: 5_500 })
  })

  it('waits for as many as are too many where the limit was lowered', () => {
    expect(decidePass([4_500, 4_600, 4_700, 4_800], rate, 5_000)).toEqual({ type: 'refused', retryAt: 5_600 })
  })

  it('counts a span that ends now and does not hold its beginning', () => {
    expect(withoutPast([3_999, 4_000, 4_001], rate, 5_000)).toEqual([4_001])
  })
})
