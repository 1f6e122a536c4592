/** No run of eight characters of a secret passes, however a provider has written it. */
import { array, assert, constantFrom, integer, property, string, stringMatching, tuple } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redact } from '../../src/providers/redact.ts'

const hex = (character: string, length: number): string =>
  (character.codePointAt(0) ?? 0).toString(16).padStart(length, '0')
const named: Record<string, string> = {
  '&': 'amp',
  '-': 'hyphen',
  _: 'lowbar',
  '.': 'period',
  ':': 'colon',
  '/': 'sol',
  '+': 'plus',
  '=': 'equals',
  '"': 'quot',
  '<': 'lt',
}
/** Ways in which one character may be written. */
const escapes: Record<string, (character: string) => string> = {
  plain: (c) => c,
  upper: (c) => c.toUpperCase(),
  lower: (c) => c.toLowerCase(),
  percent: (c) => `%${hex(c, 2)}`,
  'upper percent': (c) => `%${hex(c, 2).toUpperCase()}`,
  'double percent': (c) => `%25${hex(c, 2)}`,
  'triple percent': (c) => `%2525${hex(c, 2)}`,
  '%u': (c) => `%u${hex(c, 4)}`,
  decimal: (c) => `&#${c.codePointAt(0) ?? 0};`,
  'padded decimal': (c) => `&#${String(c.codePointAt(0)).padStart(7, '0')};`,
  hexadecimal: (c) => `&#x${hex(c, 2)};`,
  'doubly escaped decimal': (c) => `&amp;#${c.codePointAt(0) ?? 0};`,
  name: (c) => (named[c] ? `&${named[c]};` : c),
  json: (c) => `\\u${hex(c, 4)}`,
  'upper json': (c) => `\\u${hex(c, 4).toUpperCase()}`,
  'json in json': (c) => `\\\\u${hex(c, 4)}`,
  braces: (c) => `\\u{${hex(c, 2)}}`,
  'hexadecimal of a string': (c) => `\\x${hex(c, 2)}`,
  octal: (c) => `\\${(c.codePointAt(0) ?? 0).toString(8).padStart(3, '0')}`,
  backslash: (c) => (/\w/.test(c) ? c : `\\${c}`),
  'soft hyphen': (c) => `${c}\u00AD`,
  'full width': (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0),
}
const names = Object.keys(escapes)
const write = (text: string, name: string): string =>
  text
    .split('')
    .map((c) => escapes[name]?.(c) ?? c)
    .join('')

const secretCharacters = stringMatching(/^[A-Za-z0-9_.:/+=&-]{8,60}$/)
/** Text around a secret that shares nothing with it. */
const around = (most: number) =>
  array(constantFrom(' ', '!', ';', '{', '§', 'ж'), { maxLength: most }).map((parts) => parts.join(''))

describe.each(names)('a secret in the escape "%s"', (name) => {
  it('does not pass, whole or in part, wherever the text is cut', () => {
    assert(
      property(
        secretCharacters,
        around(600),
        around(600),
        integer({ min: 0, max: 60 }),
        (secret, before, after, from) => {
          const part = secret.slice(Math.min(from, secret.length - 8))
          const written = write(part, name)
          const result = redact(`${before}${written}${after}`, [secret])
          expect(result.length).toBeLessThanOrEqual(500)
          for (let at = 0; at + 8 <= part.length; at++) {
            const run = write(part.slice(at, at + 8), name)
            expect('[redacted]'.includes(run.toLowerCase()) || !result.includes(run)).toBe(true)
          }
          // What is left of it is the mark, where it was in sight.
          if (before.length < 400) expect(result).toContain('[redacted]')
        },
      ),
      { numRuns: 40 },
    )
  })
})

it('takes out a secret whose characters are each escaped in another way', () => {
  const characters = array(tuple(stringMatching(/^[A-Za-z0-9]$/), constantFrom(...names)), {
    minLength: 8,
    maxLength: 40,
  })
  assert(
    property(characters, (pairs) => {
      const secret = pairs.map(([character]) => character).join('')
      const written = pairs.map(([character, name]) => write(character, name)).join('')
      expect(redact(`key: ${written}!`, [secret]).replaceAll('\u00AD', '')).toBe('key: [redacted]!')
    }),
    { numRuns: 300 },
  )
})

it.each([
  ['base64', (text: string) => Buffer.from(text).toString('base64')],
  ['base64url', (text: string) => Buffer.from(text).toString('base64url')],
  ['hexadecimal', (text: string) => Buffer.from(text).toString('hex')],
])('takes out a secret in %s, wherever it begins in what was encoded', (_name, encode) => {
  assert(
    property(stringMatching(/^[A-Za-z0-9_-]{16,60}$/), string({ maxLength: 5 }), (secret, before) => {
      const encoded = encode(`${before}:${secret}`)
      const result = redact(`<${encoded}>`, [secret])
      expect(result).toContain('[redacted]')
      // Of the key itself no eight characters can be decoded from what is left.
      expect(encoded.length - result.replace('[redacted]', '').length).toBeGreaterThan(encoded.length / 2)
    }),
    { numRuns: 60 },
  )
})

describe('what is a secret', () => {
  const account = '0123456789abcdef0123456789abcdef'
  it.each([
    ['the account id of a compound key', `see accounts/${account}/ai`, [`${account}:cf-token-12345`]],
    [
      'the value of a header',
      'unexpected header x-secret=HDRCANARYVALUE002',
      ['key-of-the-call', 'HDRCANARYVALUE002'],
    ],
    ['a value with spaces', 'got "Basic dXNlcjpwYXNz d29yZA"', ['Basic dXNlcjpwYXNz d29yZA']],
    ['a value in Latin-1, encoded for a URL', 'x=caf%C3%A9caf%C3%A9%21', ['cafécafé!']],
    ['the first characters of a key', 'Incorrect key: Qxvt7hZr9LmP…', ['Qxvt7hZr9LmPw2Ks']],
    ['the last characters of a key', 'Incorrect key: …9LmPw2Ks', ['Qxvt7hZr9LmPw2Ks']],
    ['a key that is broken into lines', 'Qxvt7h\nZr9LmP\n w2Ks', ['Qxvt7hZr9LmPw2Ks']],
  ])('includes %s', (_what, text, secrets) => {
    const result = redact(text, secrets)
    expect(result).toContain('[redacted]')
    for (const secret of secrets) expect(result).not.toContain(secret.slice(-8))
  })

  it('is no word of a message that shares fewer than eight characters', () => {
    const text = 'The model does not exist: it was retired.'
    expect(redact(text, ['retired-model-key-1', 'does-not-exist'])).toBe(text)
  })
})

it.each([400, 440, 460, 467, 470, 475, 480, 490, 495, 499, 505])(
  'lets no part of a key through that begins at character %i of a text',
  (at) => {
    const key = 'Zq7Wm2Xv9Bk4Tn6Rp1Ls8Dj3Fh5Gc0Ya'
    const result = redact(`${'x'.repeat(at)} ${key} tail`, [key])
    for (let from = 0; from + 8 <= key.length; from++) expect(result).not.toContain(key.slice(from, from + 8))
  },
)

it.each([
  '-eyJaaaaaaaa',
  'eyJ',
  'sk-',
  'apikey:',
  'api key: x',
  'bearer ',
  'bearer\t\t\t\t',
  '?key=',
  '&amp;',
  '%25',
  '\\\\u00',
  '&#x',
  'AIza',
  'AAAAAAAA',
])('takes no longer than a moment for 100 kB of %j', (prefix) => {
  const text = prefix.repeat(Math.ceil(100_000 / prefix.length))
  const startedAt = performance.now()
  redact(text, ['AAAAAAAAAAAAAAAAAAAA', 'x'.repeat(1_000)])
  expect(performance.now() - startedAt).toBeLessThan(1_000)
})
