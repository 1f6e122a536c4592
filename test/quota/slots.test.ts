import { describe, expect, it } from 'vitest'
import { emptyState, freeSlots, type OpenLease, recallCalls } from '../../src/quota/pool-state.ts'
import { Slots } from '../../src/quota/slots.ts'

const secondMs = 1_000

describe('a slot', () => {
  it('lapses a minute after its holder was last heard of', () => {
    const slots = new Slots()
    slots.hear('a', 'key', 0)
    slots.hear('b', 'key', 10 * secondMs)
    slots.hear('a', 'key', 20 * secondMs)
    expect(slots.lapse(70 * secondMs - 1)).toEqual([])
    expect(slots.lapse(70 * secondMs)).toEqual(['b'])
    expect(slots.lapse(80 * secondMs)).toEqual(['a'])
    expect(slots.lapse(Infinity)).toEqual([])
  })

  it('is free at any moment while a holder lives, and else at a time that is known', () => {
    const slots = new Slots()
    slots.hear('a', 'key', 0)
    slots.hear('b', 'key', 5 * secondMs)
    slots.hear('c', 'other', 30 * secondMs)
    expect(slots.lapsesAt('key', 24 * secondMs)).toBeUndefined()
    expect(slots.lapsesAt('key', 30 * secondMs)).toBe(60 * secondMs)
    slots.leave('a')
    expect(slots.lapsesAt('key', 30 * secondMs)).toBe(65 * secondMs)
    slots.hear('b', 'key', 30 * secondMs)
    expect(slots.lapsesAt('key', 30 * secondMs)).toBeUndefined()
    expect(slots.lapsesAt('nothing', 0)).toBeUndefined()
  })
})

describe('leases out of storage', () => {
  function lease(id: string, admittedAt: number): OpenLease {
    const deadlineAt = admittedAt + 16 * 60 * secondMs
    const [keyId, account, model, mark] = ['k1', 'a1', 'm', '']
    const estimate = { inputTokens: 1, outputTokens: 1 }
    const charges = {}
    return { id, keyId, account, model, mark, admittedAt, deadlineAt, estimate, charges, slot: true }
  }

  it('hold no slot where the hub was started after them: their Workers are dead', () => {
    const state = emptyState()
    for (const one of [lease('before', 1_000), lease('after', 3_000)]) state.leases.set(one.id, one)
    recallCalls(state, 2_000)
    expect(state.running.get('k1')).toBe(1)
    expect(freeSlots(state, 63_000).map(({ id }) => id)).toEqual(['after'])
    expect(state.running.get('k1')).toBeUndefined()
  })
})
