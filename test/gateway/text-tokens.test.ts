import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tokensOf } from '../../src/gateway/text-tokens.ts'
import { countedTexts, documentedTexts } from '../fixtures/counted-texts.ts'

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** A character of every kind. */
const anyKind = fc.constantFrom('a', 'Z', '7', ' ', '\n', '-', 'é', 'я', 'ω', '中', '→', '\ud83d')

describe('tokensOf', () => {
  it.each(countedTexts)('is near what tokenizers make of $name', ({ text, o200k, cl100k }) => {
    const tokens = tokensOf(text)
    expect(tokens).toBeGreaterThanOrEqual(Math.min(o200k, cl100k) * 0.7)
    expect(tokens).toBeLessThanOrEqual(Math.max(o200k, cl100k) * 1.3)
  })

  it('is off by less than a tenth for half of them, and far less than a quarter of the length', () => {
    const errorOf = (estimate: (text: string) => number) =>
      median(
        countedTexts.map(({ text, o200k, cl100k }) =>
          Math.abs(estimate(text) / Math.sqrt(o200k * cl100k) - 1),
        ),
      )
    expect(errorOf(tokensOf)).toBeLessThan(0.1)
    expect(errorOf(tokensOf)).toBeLessThan(errorOf((text) => text.length / 4) / 2)
  })

  it.each(documentedTexts)(
    'is within three tokens of the documented count of "$text"',
    ({ text, tokens }) => {
      expect(Math.abs(tokensOf(text) - tokens)).toBeLessThanOrEqual(3)
    },
  )

  it('counts nothing for no text, and at least one token for any', () => {
    expect(tokensOf('')).toBe(0)
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: anyKind }), (text) => {
        expect(tokensOf(text)).toBeGreaterThanOrEqual(1)
      }),
    )
  })

  it('never takes a text for more tokens than it has bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyKind, maxLength: 2_000 }), (text) => {
        expect(tokensOf(text)).toBeLessThanOrEqual(Buffer.byteLength(text) * 1.2 + 2)
      }),
    )
  })

  it('takes a long run of the same space or mark for the few tokens that it is', () => {
    for (const run of [' ', '\n', '-', '=']) expect(tokensOf(run.repeat(1_000))).toBeLessThan(60)
  })

  it('judges a long text by samples as it would judge all of it', () => {
    for (const { text } of countedTexts) {
      const long = `${text} `.repeat(Math.ceil(300_000 / text.length))
      const whole = tokensOf(long, 1)
      expect(Math.abs(tokensOf(long) / whole - 1)).toBeLessThan(0.1)
      expect(Math.abs(tokensOf(long, 0.02) / whole - 1)).toBeLessThan(0.1)
    }
  })

  it('sees every part of a text that changes on the way', () => {
    const [english = '', base64 = ''] = ['English prose', 'base64'].map(
      (name) => countedTexts.find((counted) => counted.name === name)?.text,
    )
    const mixed = `${english.repeat(200)}${base64.repeat(200)}`
    expect(Math.abs(tokensOf(mixed) / tokensOf(mixed, 1) - 1)).toBeLessThan(0.1)
  })
})
