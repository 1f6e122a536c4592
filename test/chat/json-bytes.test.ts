import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseExactly } from '../../src/chat/exact-json.ts'
import type { Json } from '../../src/chat/json.ts'
import { encodeJson, utf8Length } from '../../src/chat/json-bytes.ts'

const textOf = (value: Json): string => new TextDecoder().decode(encodeJson(value))

describe('the bytes of JSON', () => {
  it('are those of what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ depthSize: 'medium' }), (value) => {
        // fast-check's type allows what its values never hold.
        expect(textOf(value as Json)).toBe(JSON.stringify(value))
      }),
    )
  })

  it('leave out what JSON leaves out, and keep every name', () => {
    const value = { a: undefined, b: [null, 1], ['__proto__']: 'x', c: {}, d: [] } as unknown as Json
    expect(textOf(value)).toBe(JSON.stringify(value))
  })

  it('keep numbers that JavaScript would round', () => {
    const text = '{"id":12345678901234567890,"list":[1e400,-0.5]}'
    expect(textOf(parseExactly(text))).toBe(text)
  })

  it.each([
    ['characters of several units', '😀'],
    ['characters of several units, shifted', 'x😀'],
    ['characters that are escaped', '"\\\u0000\n'],
    ['halves of characters', '\ud83d'],
    ['halves of characters, the other way round', '\ude00\ud83d'],
    ['words', 'word '],
  ])('of long strings are written in parts: %s', (_what, unit) => {
    for (const length of [65_536, 65_537, 131_073]) {
      const value = { head: 1, text: unit.repeat(length).slice(0, length), tail: [unit] }
      expect(textOf(value)).toBe(JSON.stringify(value))
    }
  })
})

it('the length of a text in bytes is that of its encoding', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(utf8Length(text)).toBe(new TextEncoder().encode(text).byteLength)
    }),
  )
})
