/** What the scan of a JSON text counts, before anything is parsed. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { excessOf, JsonScanner, requestBounds } from '../../src/chat/json-bounds.ts'

const bounds = { depth: 5, values: 10 }

/** How deep a value nests and how many values it holds, counted the slow way. */
function measure(value: unknown): { depth: number; values: number } {
  if (typeof value !== 'object' || value === null) return { depth: 0, values: 1 }
  const parts = Object.values(value).map(measure)
  return {
    depth: 1 + Math.max(0, ...parts.map(({ depth }) => depth)),
    values: 1 + parts.reduce((sum, { values }) => sum + values, 0),
  }
}

describe('the scan of a JSON text', () => {
  it.each([
    ['[1,2,3]', undefined],
    ['{"a":[{"b":[1]}]}', undefined],
    ['[[[[[[1]]]]]]', 'depth'],
    ['{"1":{"1":{"1":{"1":{"1":{"1":0}}}}}}', 'depth'],
    [`[${Array(10).fill('{}').join()}]`, 'values'],
    [`{${Array(10).fill('"x":1').join()}}`, 'values'],
    ['"[[[[[[[[[[[[[["', undefined],
    [String.raw`["\"[[[[[[[[", "\\"]`, undefined],
    [String.raw`["\\\\", "[[[[[[[[[\\"]`, undefined],
    ['\t\r\n [ null , true , -1.5e+10 ] ', undefined],
  ])('of %s finds %s', (text, expected) => {
    expect(excessOf(text, bounds)).toBe(expected)
  })

  it('counts what a parser would make, wherever the text is cut', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 7 }), fc.integer({ min: 1, max: 9 }), (value, size) => {
        const text = JSON.stringify(value)
        const { depth, values } = measure(JSON.parse(text))
        const scan = (limits: { depth: number; values: number }): string | undefined => {
          const scanner = new JsonScanner(limits)
          for (let at = 0; at < text.length; at += size) {
            const excess = scanner.push(text.slice(at, at + size))
            if (excess) return excess
          }
          return undefined
        }
        expect(scan({ depth, values })).toBeUndefined()
        if (depth > 0) expect(scan({ depth: depth - 1, values })).toBe('depth')
        expect(scan({ depth, values: values - 1 })).toBe('values')
      }),
      { numRuns: 300 },
    )
  })

  it('never counts less than a parser made before it found a fault', () => {
    for (const text of [
      '["a":"b":"c":[],[],[],[],[],[],[],[],[],[]]',
      '[,,,,{},{},{},{},{},{},{},{},{},{},{}',
    ]) {
      expect(excessOf(text, bounds)).toBe('values')
    }
  })

  it('lets numbers of an embedding be many, and nothing else', () => {
    const loose = { ...bounds, moreNumbers: 100 }
    expect(excessOf(JSON.stringify([Array(90).fill(0.5)]), loose)).toBeUndefined()
    expect(excessOf(JSON.stringify([Array(200).fill(0.5)]), loose)).toBe('values')
    expect(excessOf(JSON.stringify(Array(20).fill('x')), loose)).toBe('values')
  })

  it('does not recurse, however deep the text is', () => {
    expect(excessOf('['.repeat(5_000_000), requestBounds)).toBe('depth')
    expect(excessOf('[]'.repeat(600_000), requestBounds)).toBe('values')
  })
})
