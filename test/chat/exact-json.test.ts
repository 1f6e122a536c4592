import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isExactNumber, parseExactly } from '../../src/chat/exact-json.ts'
import { isJsonObject } from '../../src/chat/json.ts'

describe('JSON with numbers that JavaScript would round', () => {
  it.each([
    '{"id":2512292042121000001}',
    '[-9223372036854775808,18446744073709551615]',
    '{"deep":[{"deeper":{"n":123456789012345678901234567890}}]}',
    '{"huge":1e400}',
    '9007199254740993',
  ])('%s is written as it came', (text) => {
    expect(JSON.stringify(parseExactly(text))).toBe(text)
  })

  it('keeps numbers that are exact as numbers, however long their neighbours are', () => {
    const text = '{"a":9007199254740991,"b":0.5,"c":2512292042121000001,"d":"2512292042121000001"}'
    expect(parseExactly(text)).toMatchObject({ a: 9007199254740991, b: 0.5, d: '2512292042121000001' })
  })

  it('holds such a number as a value that is no object', () => {
    const value = parseExactly('9223372036854775807')
    expect(isExactNumber(value)).toBe(true)
    expect(isJsonObject(value)).toBe(false)
    expect(isExactNumber({ rawJSON: '1' })).toBe(false)
  })

  it('parses everything else as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(JSON.stringify(parseExactly(text))).toBe(JSON.stringify(JSON.parse(text)))
      }),
    )
    expect(() => parseExactly('{"id":2512292042121000001')).toThrow(SyntaxError)
  })
})
