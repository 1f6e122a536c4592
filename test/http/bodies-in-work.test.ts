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

  it('of two callers with many small ones leave the last room to others', () => {
    const bodies = new BodiesInWork()
    /** Takes bodies of a megabyte until one is refused, and says how many megabytes it took. */
    const fill = (caller: string): number => {
      for (let taken = 0; ; taken++) {
        try {
          bodies.open(caller, 'chat').grow(megabyte)
        } catch {
          return taken
        }
      }
    }
    expect([fill('a'), fill('b')]).toEqual([36, 20])
    expect(() => bodies.open('a', 'people').grow(1)).toThrow('request bodies')
    expect(() => bodies.open('b', 'people').grow(1)).toThrow('request bodies')
    const others = Array.from({ length: 6 }, (_, n) => bodies.open(`c${n}`, 'chat'))
    for (const hold of others) hold.grow(megabyte)
    for (const hold of others) hold.release()
    // A caller without large ones has four of the eight megabytes, and not a byte more.
    expect(fill('c')).toBe(4)
    expect(() => bodies.open('c', 'people').grow(1)).toThrow('request bodies')
    bodies.open('d', 'chat').grow(megabyte)
  })

  it('of a caller with a large one use what is left before the last room', () => {
    const bodies = new BodiesInWork()
    const large = bodies.open('a', 'chat')
    large.grow(5 * megabyte)
    bodies.open('b', 'chat').grow(32 * megabyte)
    bodies.open('c', 'chat').grow(18 * megabyte)
    bodies.open('a', 'people').grow(megabyte)
    expect(() => bodies.open('a', 'people').grow(1)).toThrow('request bodies')
    large.release()
    bodies.open('a', 'people').grow(megabyte)
  })

  it('of strangers are four megabytes at most, from however many addresses', () => {
    const bodies = new BodiesInWork()
    const holds = Array.from({ length: 256 }, (_, n) => bodies.open(`198.51.100.${n}`, 'stranger'))
    for (const hold of holds) hold.grow(16 * 1024)
    expect(() => bodies.open('203.0.113.1', 'stranger').grow(1)).toThrow('public requests')
    bodies.open('a', 'people').grow(megabyte)
    holds[0]?.release()
    bodies.open('203.0.113.1', 'stranger').grow(16 * 1024)
  })

  it('never pass a bound, and come to nothing when all are released', () => {
    const step = fc.record({
      caller: fc.constantFrom('a', 'b', 'c'),
      use: fc.constantFrom('chat' as const, 'people' as const, 'stranger' as const),
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
