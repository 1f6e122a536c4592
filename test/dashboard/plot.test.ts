/** Bars over time: the axes are round, and what stands on one another adds up. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { highestOf, outlinesOf, scaleOf, writtenTimes } from '../../dashboard/state/plot.ts'

const hour = 3_600_000

describe('the axis of figures', () => {
  it('holds the highest, and marks a few round figures from zero on', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e12, noNaN: true }), fc.boolean(), (highest, whole) => {
        const { top, marks } = scaleOf(highest, whole)
        expect(top).toBeGreaterThan(highest)
        expect(marks[0]).toBe(0)
        expect(marks.length).toBeLessThanOrEqual(5)
        expect(marks.at(-1)).toBeLessThanOrEqual(top)
        if (whole) expect(marks.every(Number.isInteger)).toBe(true)
      }),
    )
  })

  it.each([
    [1, true, [0, 1]],
    [7, true, [0, 2, 4, 6]],
    [130, true, [0, 50, 100]],
    [0.031, false, [0, 0.01, 0.02, 0.03]],
    [0, true, [0, 1]],
  ])('of %d (whole: %s) marks %j', (highest, whole, marks) => {
    const rounded = scaleOf(highest, whole).marks.map((mark) => Number(mark.toPrecision(3)))
    expect(rounded).toEqual(marks)
  })
})

describe('the axis of time', () => {
  it('writes no more times than stand side by side, evenly', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 800 }), fc.integer({ min: 0, max: 10 ** 6 }), (steps, begin) => {
        const written = writtenTimes(Array.from({ length: steps }, (_, index) => (begin + index) * 60_000))
        expect(written.length).toBeLessThanOrEqual(8)
        const gaps = written.slice(1).map((place, index) => place - (written[index] ?? 0))
        expect(new Set(gaps).size).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('writes round hours of the reader’s day', () => {
    const midnight = new Date(2026, 10, 26).getTime()
    const times = Array.from({ length: 24 }, (_, index) => midnight + (index - 5) * hour)
    const hours = writtenTimes(times).map((index) => new Date(times[index] ?? 0).getHours())
    expect(hours).toEqual([20, 0, 4, 8, 12, 16])
  })
})

describe('bars', () => {
  it('stand on those that follow', () => {
    const stacks = [
      [3, 0],
      [2, 1],
    ]
    expect(highestOf(stacks)).toBe(5)
    const [upper, lower] = outlinesOf(stacks, 6)
    // From the foot of the upper bar, which is the head of the lower, upwards; nothing is drawn of
    // zero.
    expect(upper).toMatch(/^M0\.\d+ 4h0\.\d+v-3h-0\.\d+z$/)
    expect(lower).toMatch(/^M0\.\d+ 6h0\.\d+v-2h-0\.\d+zM1\.\d+ 6h0\.\d+v-1h-0\.\d+z$/)
  })

  it('are no broader where there are few', () => {
    const breadthOf = (steps: number): number =>
      Number(/h([\d.]+)/.exec(outlinesOf([Array.from({ length: steps }, () => 1)], 1)[0] ?? '')?.[1]) / steps
    for (const steps of [1, 2, 12]) expect(breadthOf(steps)).toBeCloseTo(1 / 24)
    expect(breadthOf(48)).toBeCloseTo(0.7 / 48)
  })
})
