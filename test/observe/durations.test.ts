import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { durationClass, percentile } from '../../src/observe/durations.ts'

function count(durations: number[]): Map<number, number> {
  const counts = new Map<number, number>()
  for (const ms of durations) counts.set(durationClass(ms), (counts.get(durationClass(ms)) ?? 0) + 1)
  return counts
}

describe('durations in classes', () => {
  it('know no percentile where there is nothing', () => {
    expect(percentile(new Map(), 0.5)).toBeNull()
  })

  it('tell the median from the slow ones', () => {
    const durations = [...Array.from({ length: 90 }, () => 400), ...Array.from({ length: 10 }, () => 9_000)]
    expect(percentile(count(durations), 0.5)).toBeCloseTo(400, -2)
    expect(percentile(count(durations), 0.95)).toBeCloseTo(9_000, -4)
  })

  it('tell each percentile within ten per cent of what it is', () => {
    const spans = fc.array(fc.integer({ min: 2, max: 900_000 }), { minLength: 1, maxLength: 200 })
    fc.assert(
      fc.property(spans, fc.constantFrom(0.5, 0.95), (durations, share) => {
        const sorted = durations.toSorted((a, b) => a - b)
        const exact = sorted[Math.ceil(sorted.length * share) - 1] ?? 0
        const told = percentile(count(durations), share) ?? 0
        // Whole milliseconds, besides.
        expect(Math.abs(told - exact)).toBeLessThanOrEqual(exact * 0.1 + 1)
      }),
    )
  })

  it('are few, however long requests take', () => {
    expect(durationClass(0)).toBe(0)
    expect(durationClass(15 * 60_000)).toBeLessThan(100)
  })
})
