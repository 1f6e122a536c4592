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
    expect(offsets.reaches(4)).toBe(true)
    expect(offsets.reaches(5)).toBe(false)
    offsets.add('東b')
    expect(offsets.reaches(8)).toBe(true)
    expect(offsets.indexOf(3, 2)).toBe(3)
  })

  it('end with the text', () => {
    const offsets = new TextOffsets('code-points')
    offsets.add(text)
    expect(offsets.indexOf(99)).toBe(text.length)
    expect(offsets.unitsAt(99)).toBe(5)
  })
})
