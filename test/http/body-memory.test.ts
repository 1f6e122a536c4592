/** The bytes of bodies that an isolate works on at a time. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type BodyHold, BodiesInWork, maxBytesOfCaller, maxMemoryInWork } from '../../src/http/body-memory.ts'

const megabyte = 1024 * 1024

/** A body whose text is gone: its call lasts. */
function openCall(bodies: BodiesInWork, caller: string, megabytes: number): BodyHold {
  const hold = bodies.open(caller, 'chat')
  hold.grow(megabytes * megabyte)
  hold.letGoOfText()
  return hold
}

describe('bodies in work', () => {
  it('are taken up to the bound of all together, and again once some are released', () => {
    const bodies = new BodiesInWork()
    const holds = ['a', 'b'].map((caller) => openCall(bodies, caller, 16))
    const late = bodies.open('d', 'chat')
    expect(() => late.expect(12 * megabyte)).toThrow(
      expect.objectContaining({ code: 'OVERLOADED', status: 503 }),
    )
    expect(() => late.grow(12 * megabyte)).toThrow(expect.objectContaining({ retryAt: expect.any(Number) }))
    expect(bodies.bytes).toBe(32 * megabyte)
    holds[0]?.release()
    holds[0]?.release()
    late.grow(12 * megabyte)
    expect(bodies.bytes).toBe(28 * megabyte)
  })

  it('count thrice while they are read, and twice while their calls last', () => {
    const bodies = new BodiesInWork()
    const hold = bodies.open('a', 'chat')
    hold.grow(10 * megabyte)
    expect(bodies.memory).toBe(30 * megabyte)
    hold.letGoOfText()
    hold.letGoOfText()
    expect(bodies.memory).toBe(20 * megabyte)
    hold.release()
    expect(bodies.memory).toBe(0)
  })

  it('may shrink, also where there is no room for more', () => {
    const bodies = new BodiesInWork()
    const hold = bodies.open('a', 'chat')
    hold.grow(32 * megabyte)
    for (let caller = 0; caller < 4; caller++) bodies.open(`small ${caller}`, 'people').grow(megabyte)
    expect(() => bodies.open('b', 'people').grow(megabyte)).toThrow('request bodies')
    hold.grow(-1)
    expect(bodies.bytes).toBe(36 * megabyte - 1)
  })

  it('of the largest size fit one at a time, and leave an isolate of 128 MB the rest', () => {
    const bodies = new BodiesInWork()
    const first = bodies.open('a', 'chat')
    first.grow(32 * megabyte)
    expect(bodies.memory).toBeLessThanOrEqual(100 * megabyte)
    first.letGoOfText()
    expect(() => bodies.open('b', 'chat').grow(32 * megabyte)).toThrow('request bodies')
    bodies.open('b', 'chat').grow(10 * megabyte)
  })

  it('of one caller are a large one at most, and leave that caller some small ones', () => {
    const bodies = new BodiesInWork()
    openCall(bodies, 'greedy', 20)
    expect(() => bodies.open('greedy', 'chat').grow(20 * megabyte)).toThrow('Your request bodies')
    openCall(bodies, 'greedy', 12)
    expect(() => bodies.open('greedy', 'chat').grow(2 * megabyte)).toThrow('Your request bodies')
    bodies.open('greedy', 'people').grow(megabyte)
    bodies.open('other', 'chat').grow(8 * megabyte)
  })

  it('that are large leave room for small ones, and those of calls room for people', () => {
    const bodies = new BodiesInWork()
    bodies.open('a', 'chat').grow(32 * megabyte)
    expect(() => bodies.open('c', 'chat').grow(megabyte + 1)).toThrow('request bodies')
    // One that grows past a megabyte is large from there on.
    const growing = bodies.open('c', 'chat')
    growing.grow(megabyte)
    expect(() => growing.grow(1)).toThrow('request bodies')
    for (let n = 0; n < 2; n++) bodies.open(`d${n}`, 'chat').grow(megabyte)
    expect(() => bodies.open('e', 'chat').grow(1)).toThrow('request bodies')
    bodies.open('e', 'people').grow(megabyte)
    expect(() => bodies.open('g', 'people').grow(1)).toThrow('request bodies')
  })

  it('of two callers with many small ones leave the last room to others', () => {
    const bodies = new BodiesInWork()
    /** Takes bodies of a megabyte until one is refused, and says how many megabytes it took. */
    const fill = (caller: string): number => {
      for (let taken = 0; ; taken++) {
        try {
          openCall(bodies, caller, 1)
        } catch {
          return taken
        }
      }
    }
    expect([fill('a'), fill('b')]).toEqual([36, 11])
    expect(() => bodies.open('a', 'people').grow(megabyte)).toThrow('request bodies')
    expect(() => bodies.open('b', 'people').grow(megabyte)).toThrow('request bodies')
    const others = Array.from({ length: 5 }, (_, n) => openCall(bodies, `c${n}`, 1))
    for (const hold of others) hold.release()
    // A caller without large ones has two megabytes of the last room, and not a byte more.
    expect(fill('c')).toBe(2)
    expect(() => bodies.open('c', 'people').grow(1)).toThrow('request bodies')
    bodies.open('d', 'chat').grow(megabyte)
  })

  it('of a caller with a large one use what is left before the last room', () => {
    const bodies = new BodiesInWork()
    openCall(bodies, 'b', 32)
    const large = openCall(bodies, 'a', 5)
    bodies.open('c', 'chat').grow(Math.floor((19 * megabyte) / 3))
    bodies.open('a', 'people').grow(megabyte)
    expect(() => bodies.open('a', 'people').grow(1)).toThrow('request bodies')
    large.release()
    bodies.open('a', 'people').grow(megabyte)
  })

  it('of strangers are two megabytes at most, from however many addresses', () => {
    const bodies = new BodiesInWork()
    const holds = Array.from({ length: 128 }, (_, n) => bodies.open(`198.51.100.${n}`, 'stranger'))
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
      parsed: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const bodies = new BodiesInWork()
        const held = new Map<string, number>()
        const open = steps.map(({ caller, use, bytes, releases, parsed }) => {
          const hold = bodies.open(caller, use)
          let counted = 0
          try {
            hold.grow(bytes)
            counted = bytes
          } catch {
            // Refused, and nothing is counted.
          }
          expect(bodies.memory).toBeLessThanOrEqual(maxMemoryInWork)
          if (parsed) hold.letGoOfText()
          if (releases) hold.release()
          else held.set(caller, (held.get(caller) ?? 0) + counted)
          expect(held.get(caller) ?? 0).toBeLessThanOrEqual(maxBytesOfCaller + 4 * megabyte)
          return hold
        })
        for (const hold of open) hold.release()
        expect([bodies.bytes, bodies.memory]).toEqual([0, 0])
      }),
      { numRuns: 200 },
    )
  })
})
