import { describe, expect, it } from 'vitest'
import { leftOf } from '../../src/quota/quota-left.ts'
import type { Window } from '../../src/quota/windows.ts'

const now = Date.UTC(2100, 0, 1, 10)
const window: Window = {
  unit: 'requests',
  per: 'day',
  resets: 'utc',
  limit: 50,
  buckets: [{ from: now - 1000, to: now - 1000, amount: 20 }],
}
const rest = { since: now - 1000, until: now + 60_000, failures: 1, verdict: 'daily-quota', message: '' }
const free = { modelRests: {} }

describe('what is left of a window', () => {
  it('is the limit less what was used', () => {
    expect(leftOf(window, free, true, now)).toBe(30)
    const { limit: _limit, ...unlimited } = window
    expect(leftOf(unlimited, free, true, now)).toBeUndefined()
    const full = { ...window, buckets: [{ from: now, to: now, amount: 70 }] }
    expect(leftOf(full, free, true, now)).toBe(0)
  })

  it('is nothing while the provider says that this quota is used up', () => {
    expect(leftOf(window, { ...free, rest }, true, now)).toBe(0)
    expect(leftOf(window, { ...free, rest: { ...rest, until: now } }, true, now)).toBe(30)
    const hour: Window = { ...window, per: 'hour', resets: 'sliding' }
    expect(leftOf(hour, { ...free, rest }, true, now)).toBe(30)
    expect(leftOf(window, { ...free, rest: { ...rest, verdict: 'overloaded' } }, true, now)).toBe(30)
  })

  it('is nothing of the one model that the provider says is used up', () => {
    const account = { modelRests: { m: rest } }
    expect(leftOf({ ...window, model: 'm' }, account, true, now)).toBe(0)
    expect(leftOf({ ...window, model: 'n' }, account, true, now)).toBe(30)
  })

  it('is nothing of a key that does not serve', () => {
    expect(leftOf(window, free, false, now)).toBe(0)
  })
})
