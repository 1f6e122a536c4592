import { describe, expect, it } from 'vitest'
import { TextOffsets } from '../../src/dialects/text-offsets.ts'

const text = 'aü東🗼b'

describe('offsets in a text', () => {
  it.each([
    ['code-points', [0, 1, 2, 3, 3, 4, 5]],
    ['bytes', [0, 1, 3, 6, 6, 10, 11]],
  ] as const)('count %s, and the middle of a character as its start', (unit, units) => {
    const offsets = new TextOffsets(unit)
    offsets.add(text)
    expect(units.map((_, index) => offsets.unitsAt(index))).toEqual(units)
    for (const index of [0, 1, 2, 3, 5, 6]) expect(offsets.indexOf(units[index] ?? 0)).toBe(index)
  })

  it('are right in a text that grows, from anywhere in it', () => {
    const offsets = new TextOffsets('bytes')
    offsets.add('🗼')
    expect(offsets.units).toBe(4)
    offsets.add('東b')
    expect(offsets.units).toBe(8)
    expect(offsets.indexOf(3, 2)).toBe(3)
  })

  it.each(['code-points', 'bytes'] as const)('count %s in a long text as in a short one', (unit) => {
    const offsets = new TextOffsets(unit)
    for (let count = 0; count < 1_000; count++) offsets.add(text)
    const each = new TextOffsets(unit)
    each.add(text)
    for (const copies of [0, 1, 170, 171, 340, 999]) {
      const at = copies * text.length + 2
      const units = copies * each.units + each.unitsAt(2)
      expect(offsets.unitsAt(at)).toBe(units)
      expect(offsets.indexOf(units)).toBe(at)
    }
  })

  it('end with the text', () => {
    const offsets = new TextOffsets('code-points')
    offsets.add(text)
    expect(offsets.indexOf(99)).toBe(text.length)
    expect(offsets.unitsAt(99)).toBe(5)
  })
})
