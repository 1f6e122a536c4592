/** The bytes of bodies that an isolate works on at a time. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BodiesInWork, maxBytesInWork } from '../../src/http/bodies-in-work.ts'

const megabyte = 1024 * 1024

describe('bodies in work', () => {
  it('are taken up to the bound of all together, and again once some are released', () => {
    const bodies = new BodiesInWork()
    const holds = ['a', 'b', 'c'].map((caller) => {
      const hold = bodies.open(caller)
      hold.grow(20 * megabyte)
      return hold
    })
    const late = bodies.open('d')
    expect(() => late.expect(20 * megabyte)).toThrow(
      expect.objectContaining({ code: 'OVERLOADED', status: 503 }),
    )
    expect(() => late.grow(20 * megabyte)).toThrow(expect.objectContaining({ retryAt: expect.any(Number) }))
    expect(bodies.bytes).toBe(60 * megabyte)
    holds[0]?.release()
    holds[0]?.release()
    late.grow(20 * megabyte)
    expect(bodies.bytes).toBe(60 * megabyte)
  })

  it('of one caller leave room for the small ones of others', () => {
    const bodies = new BodiesInWork()
    const greedy = bodies.open('greedy')
    greedy.grow(32 * megabyte)
    expect(() => bodies.open('greedy').grow(32 * megabyte)).toThrow('request bodies')
    bodies.open('greedy').grow(28 * megabyte)
    expect(() => bodies.open('greedy').grow(1)).toThrow('request bodies')
    bodies.open('other').grow(3 * megabyte)
  })

  it('never pass the bound, and come to nothing when all are released', () => {
    const step = fc.record({
      caller: fc.constantFrom('a', 'b', 'c'),
      bytes: fc.integer({ min: 0, max: 40 * megabyte }),
      releases: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const bodies = new BodiesInWork()
        const open = steps.map(({ caller, bytes, releases }) => {
          const hold = bodies.open(caller)
          try {
            hold.grow(bytes)
          } catch {
            // Refused, and nothing is counted.
          }
          expect(bodies.bytes).toBeLessThanOrEqual(maxBytesInWork)
          if (releases) hold.release()
          return hold
        })
        for (const hold of open) hold.release()
        expect(bodies.bytes).toBe(0)
      }),
      { numRuns: 200 },
    )
  })
})
