import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CsvError, parseCsv } from '../../src/providers/csv.ts'

const fieldsOf = (text: string): string[][] => parseCsv(text).map(({ fields }) => fields)

describe('parseCsv', () => {
  it('reads fields, quoted ones with commas, quotes and line breaks in them', () => {
    expect(fieldsOf('a,b\n1,"x, ""y""\nz"\n')).toEqual([
      ['a', 'b'],
      ['1', 'x, "y"\nz'],
    ])
  })

  it('takes line breaks of any kind, a missing last one, and empty fields', () => {
    expect(fieldsOf('a,b\r\nc,\r,d\n,')).toEqual([
      ['a', 'b'],
      ['c', ''],
      ['', 'd'],
      ['', ''],
    ])
    expect(fieldsOf('a')).toEqual([['a']])
    expect(fieldsOf('')).toEqual([])
  })

  it('leaves out empty lines, and counts them', () => {
    expect(parseCsv('\na\n\n"b\nb"\nc')).toEqual([
      { line: 2, fields: ['a'] },
      { line: 4, fields: ['b\nb'] },
      { line: 6, fields: ['c'] },
    ])
  })

  it.each(['a\n"never ends', '"a"b', '"a" ,b', 'a\n"'])('refuses %j, and says where', (text) => {
    expect(() => parseCsv(text)).toThrow(CsvError)
    expect(() => parseCsv(text)).toThrow(/^Line \d has/)
  })

  it('keeps a quote that stands inside a bare field', () => {
    expect(fieldsOf('a "b" c,d')).toEqual([['a "b" c', 'd']])
  })

  it('reads back whatever was written by the rules', () => {
    const quote = (value: string): string => `"${value.replaceAll('"', '""')}"`
    const value = fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'a', 'é', ' '), maxLength: 8 })
    const rows = fc.array(fc.array(value, { minLength: 2, maxLength: 4 }), { maxLength: 5 })
    fc.assert(
      fc.property(rows, (written) => {
        expect(fieldsOf(written.map((row) => row.map(quote).join(',')).join('\r\n'))).toEqual(written)
      }),
    )
  })

  it('ends on any text at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'a', ' ') }), (text) => {
        try {
          parseCsv(text)
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(CsvError)
        }
      }),
    )
  })
})
