/** A limit that comes with an answer is a claim: it binds for minutes, then one call finds out. */
import { describe, expect, it } from 'vitest'
import { resets as resetKinds } from '../../src/domain/limits.ts'
import { learn, type Statements } from '../../src/quota/learn-limits.ts'
import { charge, freeAt, roomAt, unlearned, usedAt, type Window } from '../../src/quota/windows.ts'

const now = Date.UTC(2026, 10, 21, 9, 40)
const minute = 60_000
const day = 1_440 * minute

const learned = (window: Window, said: Partial<Statements['limits'][number]>, refused?: true): Window => {
  const limits = [{ unit: window.unit, per: window.per, scope: 'account' as const, ...said }]
  const [after] = learn([window], { limits, model: 'm', at: now, ...(refused && { refused }) }, now)
  if (!after) throw new Error('A window was lost.')
  return after
}

const kinds = resetKinds.map((resets) => ({ resets }))
const perDay = (resets: Window['resets'], limit?: number): Window => ({
  unit: 'requests',
  per: 'day',
  resets,
  buckets: [],
  ...(limit !== undefined && { limit }),
})

describe.each(kinds)('a day’s window that resets $resets', ({ resets }) => {
  it.each([
    ['nothing left of very many', { limit: 1_000_000_000_000, remaining: 0, resetsAt: now + day }],
    ['nothing left of few', { limit: 1, remaining: 0, resetsAt: now + day }],
    ['nothing left, without a reset', { limit: 50, remaining: 0 }],
  ])('is tried again after five minutes where an answer claims %s', (_title, said) => {
    const window = learned(charge(perDay(resets), 1, now), said)
    const free = freeAt(window, 1, now + 1) ?? Infinity
    expect(free).toBeLessThanOrEqual(now + 5 * minute)
  })

  it('lets one call go then, and no second one', () => {
    const window = learned(charge(perDay(resets), 1, now), { limit: 1, remaining: 0 })
    const at = now + 5 * minute
    expect(freeAt(window, 1, at)).toBe(at)
    const probed = charge(window, 1, at)
    expect(freeAt(probed, 1, at + 1) ?? Infinity).toBeGreaterThan(at + 4 * minute)
  })

  it('never passes the limit that a person entered', () => {
    let window = perDay(resets, 2)
    window = charge(charge(window, 1, now), 1, now)
    window = learned(window, { limit: 100, remaining: 0 })
    expect(freeAt(window, 1, now + 6 * minute) ?? Infinity).toBeGreaterThan(now + 60 * minute)
  })

  it('holds what a refusal says until its reset', () => {
    const window = learned(
      charge(perDay(resets), 1, now),
      { limit: 50, remaining: 0, resetsAt: now + 180 * minute },
      true,
    )
    if (resets === 'refill') return expect(freeAt(window, 1, now)).toBeGreaterThan(now + 20 * minute)
    expect(freeAt(window, 1, now + 60 * minute)).toBeGreaterThanOrEqual(now + 180 * minute)
  })

  it('is as if nothing had been stated when that is forgotten', () => {
    const own = charge(perDay(resets, 100), 7, now)
    const window = charge(learned(own, { limit: 90, remaining: 3 }, true), 1, now + 1)
    expect(roomAt(window, now + 1)).toBeLessThan(4)
    const forgotten = unlearned(window, now + 1)
    expect(usedAt(forgotten, now + 1)).toBeCloseTo(8, 1)
    expect(forgotten.stated).toBeUndefined()
    expect(freeAt(forgotten, 1, now + 1)).toBe(now + 1)
  })
})
