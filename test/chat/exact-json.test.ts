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

  it('takes a text for a number only outside of strings, and all of the number', () => {
    const text = String.raw`{"__proto__":12345678901234567890,"a":[1e400,{"b":-1E+400}],"s":"x\\\"12345678901234567890,","12345678901234567890":1.0e30,"k":["12345678901234567",1e2]}`
    expect(JSON.stringify(parseExactly(text))).toBe(text.replace('1e2]', '100]'))
    expect(parseExactly('[0.12345678901234567,-1.5e3,1e22]')).toMatchObject([
      Number('0.12345678901234567'),
      -1500,
      {},
    ])
  })

  it.each([
    ['values', `{"a":12345678901234567890,"list":[${'1,'.repeat(400_000)}1]}`],
    ['fractions', `{"a":12345678901234567890,"list":[${'0.1234567890123456789,'.repeat(100_000)}1]}`],
    [
      'strings of digits',
      `{"a":12345678901234567890,"list":[${'"12345678901234567890",'.repeat(100_000)}1]}`,
    ],
    ['escapes', `{"a":12345678901234567890,"text":"${String.raw`\\\"`.repeat(500_000)}"}`],
    ['digits of one number', `[${'1'.repeat(2_000_000)}]`],
  ])('costs a few times a plain parse, however many %s there are', (_what, text) => {
    const plain = fastest(() => JSON.parse(text))
    expect(fastest(() => parseExactly(text))).toBeLessThan(12 * plain + 30)
  })

  it('costs in proportion to the long numbers', () => {
    const text = `[${'12345678901234567890,'.repeat(19_999)}1]`
    expect(fastest(() => parseExactly(text))).toBeLessThan(1_500)
    expect(JSON.stringify(parseExactly(text))).toBe(text)
  })

  it('rounds them all where there are more than any list of ids has', () => {
    const text = `[${'12345678901234567890,'.repeat(400_000)}1]`
    expect(parseExactly(text)).toEqual(JSON.parse(text))
    const plain = fastest(() => JSON.parse(text))
    expect(fastest(() => parseExactly(text))).toBeLessThan(12 * plain + 30)
  })
})

/** The least of three durations, in milliseconds. */
function fastest(run: () => unknown): number {
  const durations = [1, 2, 3].map(() => {
    const start = performance.now()
    run()
    return performance.now() - start
  })
  return Math.min(...durations)
}
