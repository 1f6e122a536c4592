/** The bytes of bodies that an isolate works on at a time. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BodiesInWork, maxBytesInWork, maxBytesOfCaller } from '../../src/http/bodies-in-work.ts'

const megabyte = 1024 * 1024

describe('bodies in work', () => {
  it('are taken up to the bound of all together, and again once some are released', () => {
    const bodies = new BodiesInWork()
    const holds = ['a', 'b', 'c'].map((caller) => {
      const hold = bodies.open(caller, 'chat')
      hold.grow(18 * megabyte)
      return hold
    })
    const late = bodies.open('d', 'chat')
    expect(() => late.expect(20 * megabyte)).toThrow(
      expect.objectContaining({ code: 'OVERLOADED', status: 503 }),
    )
    expect(() => late.grow(20 * megabyte)).toThrow(expect.objectContaining({ retryAt: expect.any(Number) }))
    expect(bodies.bytes).toBe(54 * megabyte)
    holds[0]?.release()
    holds[0]?.release()
    late.grow(20 * megabyte)
    expect(bodies.bytes).toBe(56 * megabyte)
  })

  it('of one caller are half of all at most, and leave that caller some small ones', () => {
    const bodies = new BodiesInWork()
    bodies.open('greedy', 'chat').grow(20 * megabyte)
    expect(() => bodies.open('greedy', 'chat').grow(20 * megabyte)).toThrow('request bodies')
    bodies.open('greedy', 'chat').grow(12 * megabyte)
    expect(() => bodies.open('greedy', 'chat').grow(2 * megabyte)).toThrow('request bodies')
    bodies.open('greedy', 'people').grow(megabyte)
    bodies.open('other', 'chat').grow(20 * megabyte)
  })

  it('that are large leave room for small ones, and those of calls room for people', () => {
    const bodies = new BodiesInWork()
    bodies.open('a', 'chat').grow(32 * megabyte)
    bodies.open('b', 'chat').grow(24 * megabyte)
    expect(() => bodies.open('c', 'chat').grow(megabyte + 1)).toThrow('request bodies')
    // One that grows past a megabyte is large from there on.
    const growing = bodies.open('c', 'chat')
    growing.grow(megabyte)
    expect(() => growing.grow(1)).toThrow('request bodies')
    for (let n = 0; n < 5; n++) bodies.open(`d${n}`, 'chat').grow(megabyte)
    expect(() => bodies.open('e', 'chat').grow(1)).toThrow('request bodies')
    bodies.open('e', 'people').grow(megabyte)
    bodies.open('f', 'people').grow(megabyte)
    expect(() => bodies.open('g', 'people').grow(1)).toThrow('request bodies')
  })

  it('never pass a bound, and come to nothing when all are released', () => {
    const step = fc.record({
      caller: fc.constantFrom('a', 'b', 'c'),
      use: fc.constantFrom('chat' as const, 'people' as const),
      bytes: fc.oneof(fc.integer({ min: 0, max: 40 * megabyte }), fc.integer({ min: 0, max: megabyte })),
      releases: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const bodies = new BodiesInWork()
        const held = new Map<string, number>()
        const open = steps.map(({ caller, use, bytes, releases }) => {
          const hold = bodies.open(caller, use)
          let counted = 0
          try {
            hold.grow(bytes)
            counted = bytes
          } catch {
            // Refused, and nothing is counted.
          }
          expect(bodies.bytes).toBeLessThanOrEqual(maxBytesInWork)
          if (releases) hold.release()
          else held.set(caller, (held.get(caller) ?? 0) + counted)
          expect(held.get(caller) ?? 0).toBeLessThanOrEqual(maxBytesOfCaller + 4 * megabyte)
          return hold
        })
        for (const hold of open) hold.release()
        expect(bodies.bytes).toBe(0)
      }),
      { numRuns: 200 },
    )
  })
})
