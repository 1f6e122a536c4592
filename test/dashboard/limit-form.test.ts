/** Limits as they are entered, and as they are said. */
import { periods, usualResets } from '../../src/domain/limits.ts'
import { describe, expect, it } from 'vitest'
import { limitEntriesOf, resetChoices, toLimits, withPeriod } from '../../dashboard/state/limit-form.ts'
import { words } from '../../dashboard/text/limits.ts'

describe('limits', () => {
  it('come back as they were entered', () => {
    const limits = [
      { unit: 'requests', per: 'day', limit: 100, model: 'fast-*', resets: 'pacific', scope: 'key' },
      { unit: 'tokens', per: 'minute', limit: 6_000 },
    ] as const
    expect(toLimits(limitEntriesOf(limits))).toEqual(limits)
    expect(limitEntriesOf(null)).toEqual([])
  })

  it('count for nothing without an amount, and do not say what holds anyway', () => {
    expect(
      toLimits([
        { unit: 'requests', per: 'day', limit: ' ' },
        { unit: 'requests', per: 'hour', limit: '5', scope: 'account' },
      ]),
    ).toEqual([{ unit: 'requests', per: 'hour', limit: 5 }])
  })

  it('refill in the way of their period again when that is changed', () => {
    const entry = { unit: 'requests', per: 'day', limit: '5', resets: 'pacific', scope: 'key' } as const
    expect(withPeriod(entry, 'hour')).toEqual({ unit: 'requests', per: 'hour', limit: '5', scope: 'key' })
  })

  it('offer each way to refill once, under the name that is stored', () => {
    expect(resetChoices({ per: 'day' })).toEqual(['sliding', 'refill', 'utc', 'pacific'])
    expect(resetChoices({ per: 'day', resets: 'rolling' })).toEqual(['rolling', 'refill', 'utc', 'pacific'])
    expect(resetChoices({ per: 'hour' })).toEqual(['sliding', 'refill', 'utc'])
    expect(resetChoices({ per: 'minute', resets: 'pacific' })).toEqual(['sliding', 'refill', 'pacific'])
    expect(resetChoices({ per: '5h' })).toEqual(['sliding', 'refill', 'first-use'])
    expect(resetChoices({ per: '7d' })).toEqual(['sliding', 'refill', 'first-use', 'utc', 'pacific'])
    expect(resetChoices({ per: 'day', resets: 'first-use' })).toContain('first-use')
  })

  it.each(periods)('name each way to refill differently, per %s', (per) => {
    const named = resetChoices({ per }).map((reset) => words.reset(reset, per))
    expect(new Set(named).size).toBe(named.length)
    expect(named).toContain(words.reset(usualResets[per], per))
  })
})
