/** A secret does not pass in pieces that are each too short to be found. */
import { array, assert, constantFrom, integer, property, stringMatching, tuple } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redact, redactAll } from '../../src/providers/redact.ts'

/** A random key of letters of both cases and digits. */
const keys = stringMatching(/^[A-Z][a-z][0-9][A-Za-z0-9]{17,45}$/)
const piecesOf = (text: string, length: number): string[] =>
  Array.from({ length: Math.ceil(text.length / length) }, (_, at) =>
    text.slice(at * length, (at + 1) * length),
  )
const reversed = (text: string): string => text.split('').toReversed().join('')
const encode = (text: string, encoding: BufferEncoding): string => Buffer.from(text).toString(encoding)

/** The characters of a key that a reader still finds in a text, in pieces of three or more. */
function readable(key: string, text: string): number {
  const folded = text.replaceAll('[redacted]', '§').toLowerCase()
  const lower = key.toLowerCase()
  let count = 0
  for (let at = 0; at + 4 <= lower.length; at++) if (folded.includes(lower.slice(at, at + 4))) count++
  return count
}

const separators = constantFrom(' ', '-', '.', ', ', ' | ', '\n', '"+"', '","', ':', '/', '_', '*', '\t')

describe('a key in pieces', () => {
  it('of one to seven characters does not pass, whatever separates them', () => {
    assert(
      property(keys, integer({ min: 1, max: 7 }), separators, (key, length, separator) => {
        const result = redact(`The key was ${piecesOf(key, length).join(separator)} today`, [key])
        expect(result).toContain('[redacted]')
        expect(readable(key, result)).toBe(0)
        // Pieces of fewer characters than a gram are gone as well.
        expect(result.length).toBeLessThan('The key was [redacted] today'.length + 8)
      }),
      { numRuns: 300 },
    )
  })

  it('does not pass where each separator is another one', () => {
    const parts = tuple(
      keys,
      integer({ min: 1, max: 7 }),
      array(separators, { minLength: 50, maxLength: 50 }),
    )
    assert(
      property(parts, ([key, length, between]) => {
        const text = piecesOf(key, length)
          .map((piece, index) => `${piece}${between[index] ?? ' '}`)
          .join('')
        expect(readable(key, redact(`<${text}>`, [key]))).toBe(0)
      }),
      { numRuns: 200 },
    )
  })

  it.each([
    ['members of JSON', (pieces: string[]) => JSON.stringify(Object.assign({}, pieces))],
    [
      'named members of JSON',
      (pieces: string[]) => JSON.stringify(Object.fromEntries(pieces.map((p, n) => [`part_${n}`, p]))),
    ],
    ['a list', (pieces: string[]) => JSON.stringify(pieces)],
    [
      'JSON in JSON',
      (pieces: string[]) => JSON.stringify({ detail: JSON.stringify(Object.fromEntries(pieces.entries())) }),
    ],
    ['assignments', (pieces: string[]) => pieces.map((p, n) => `k${n}=${p}`).join('&')],
  ])('does not pass in %s', (_name, write) => {
    assert(
      property(keys, integer({ min: 2, max: 7 }), (key, length) => {
        expect(readable(key, redact(write(piecesOf(key, length)), [key]))).toBe(0)
      }),
      { numRuns: 100 },
    )
  })

  it('does not pass with words between them, or in another order, in pieces of four or more', () => {
    assert(
      property(keys, integer({ min: 4, max: 7 }), (key, length) => {
        const pieces = piecesOf(key, length).map((piece, index) => `piece ${index} is ${piece};`)
        for (const list of [pieces, pieces.toReversed()])
          expect(readable(key, redact(list.join(' '), [key]))).toBe(0)
      }),
      { numRuns: 100 },
    )
  })

  it('does not pass when it is spread over several texts of one answer', () => {
    assert(
      property(keys, (key) => {
        const texts = piecesOf(key, Math.min(7, Math.ceil(key.length / 4))).map((piece) => `x ${piece} y`)
        for (const result of redactAll(texts, [key])) expect(readable(key, result)).toBe(0)
      }),
      { numRuns: 100 },
    )
  })

  it.each([
    ['reversed', reversed],
    ['reversed, in pieces', (key: string) => piecesOf(reversed(key), 5).join(' ')],
    ['in hexadecimal', (key: string) => encode(key, 'hex')],
    ['in hexadecimal bytes', (key: string) => piecesOf(encode(key, 'hex'), 2).join(' ')],
    ['in hexadecimal bytes of C', (key: string) => `0x${piecesOf(encode(key, 'hex'), 2).join(', 0x')}`],
    ['in decimal codes', (key: string) => [...Buffer.from(key)].join(',')],
    ['in base64, in pieces', (key: string) => piecesOf(encode(key, 'base64'), 6).join('\n')],
    ['in base64, reversed', (key: string) => reversed(encode(key, 'base64'))],
    ['in base64 of it reversed', (key: string) => encode(reversed(key), 'base64')],
  ])('does not pass %s', (_name, write) => {
    assert(
      property(keys, (key) => {
        const written = write(key)
        const left = redact(`<${written}>`, [key]).replaceAll('[redacted]', '')
        expect(left.length).toBeLessThanOrEqual(8)
      }),
      { numRuns: 100 },
    )
  })

  it('is found where it is short', () => {
    expect(redact('got Qx7-vT2-hZ9', ['Qx7vT2hZ9'])).toBe('got [redacted]')
  })
})

describe('words', () => {
  it.each([
    ['The model does not exist: it was retired.', 'does-not-exist'],
    ['The model does not exist: it was retired.', 'retired-model-key-1'],
    [
      'Rate limit reached for gpt-5.2 in organization org-123 on tokens per min (TPM): Limit 30000, Used 29000.',
      'Zq7Wm2Xv9Bk4Tn6Rp1Ls8Dj3Fh5Gc0Ya',
    ],
    ['Unsupported media type; send application/json.', 'gzip'],
  ])('%j stay as they are', (text, secret) => expect(redact(text, [secret])).toBe(text))
})

it.each(['a', 'ab1', 'AAAA', '"a":', 'a=', 'a-', '0x00 ', '\\\\u0041', '%41 '])(
  'takes no longer than a moment for texts and secrets of %j',
  (prefix) => {
    const text = prefix.repeat(100_000 / prefix.length)
    const secrets = Array.from({ length: 5 }, (_, n) => `${n}${prefix.repeat(1_000 / prefix.length)}`)
    const startedAt = performance.now()
    redactAll([text, text, text, text], secrets)
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  },
)
