/**
 * Reads a text under the escapes that an error may wrap it in, with the place of each character, so
 * that a match in the plain text is cut out of the escaped one. Pure, and linear in the text: every
 * alternative of the expression below is bounded.
 */

/**
 * A text as it reads: one folded character for each `starts` and `ends`, the span that it came
 * from.
 */
export interface Reading {
  text: string
  starts: number[]
  ends: number[]
}

/** `%2541` needs two rounds, a URL inside JSON inside HTML three. */
const maxRounds = 6

/**
 * Percent-encoding (RFC 3986) and `%u0041`, character references of HTML, and the escapes of JSON
 * and JavaScript strings: `\u0041`, `\u{41}`, `\x41`, `\101`, `\/`.
 */
const escapes =
  /%u([0-9a-f]{4})|%([0-9a-f]{2})|&#x([0-9a-f]{1,8});|&#(\d{1,8});|&([a-z]{2,24});|\\u([0-9a-f]{4})|\\u\{([0-9a-f]{1,8})\}|\\x([0-9a-f]{2})|\\([0-7]{3})|\\([nrtbfv])|\\([^\w\s])/gi

/**
 * https://html.spec.whatwg.org/multipage/named-characters.html, for the visible characters of
 * ASCII.
 */
const named: Readonly<Record<string, string>> = {
  amp: '&',
  apos: "'",
  ast: '*',
  bsol: '\\',
  colon: ':',
  comma: ',',
  commat: '@',
  diacriticalgrave: '`',
  dash: '-',
  dollar: '$',
  equals: '=',
  excl: '!',
  grave: '`',
  gt: '>',
  hat: '^',
  hyphen: '-',
  lbrace: '{',
  lbrack: '[',
  lcub: '{',
  lowbar: '_',
  lpar: '(',
  lsqb: '[',
  lt: '<',
  midast: '*',
  nbsp: ' ',
  newline: ' ',
  num: '#',
  percnt: '%',
  period: '.',
  plus: '+',
  quest: '?',
  quot: '"',
  rbrace: '}',
  rbrack: ']',
  rcub: '}',
  rpar: ')',
  rsqb: ']',
  semi: ';',
  shy: '',
  sol: '/',
  tab: ' ',
  tilde: '~',
  underbar: '_',
  verbar: '|',
  vert: '|',
  verticalline: '|',
  zwj: '',
  zwnj: '',
}

/** Space, soft hyphens and what has no width: they break a secret for a reader only. */
const invisible = /[\s\p{Cf}]/u

/**
 * The text as it is, then with one round of escapes undone after the other. Characters are folded
 * (`fold`), and invisible ones are left out.
 */
export function readingsOf(text: string): Reading[] {
  let raw = plainReading(text)
  const readings = [visible(raw)]
  for (let round = 0; round < maxRounds; round++) {
    const next = undo(raw)
    if (!next) break
    raw = next
    readings.push(visible(raw))
  }
  return readings
}

/** A text as it is, folded and without invisible characters: no escape is undone. */
export function readingOf(text: string): Reading {
  return visible(plainReading(text))
}

function plainReading(text: string): Reading {
  // Places are those of UTF-16 units.
  const starts: number[] = []
  const ends: number[] = []
  for (let at = 0; at < text.length; at++) {
    starts.push(at)
    ends.push(at + 1)
  }
  return { text, starts, ends }
}

/**
 * A character as it is compared: without regard to case or full width, and with the two alphabets
 * of base64 (RFC 4648) taken for one.
 */
function fold(character: string): string {
  const code = character.charCodeAt(0)
  const narrow = code >= 0xff01 && code <= 0xff5e ? String.fromCharCode(code - 0xfee0) : character
  if (narrow === '-') return '+'
  if (narrow === '_') return '/'
  const lower = narrow.toLowerCase()
  return lower.length === 1 ? lower : narrow
}

/** One round of escapes undone; undefined where there are none. */
function undo({ text, starts, ends }: Reading): Reading | undefined {
  const plain: string[] = []
  const next: Reading = { text: '', starts: [], ends: [] }
  const push = (character: string, from: number, to: number): void => {
    plain.push(character)
    next.starts.push(starts[from] ?? 0)
    next.ends.push(ends[to] ?? 0)
  }
  let at = 0
  let changed = false
  for (const match of text.matchAll(escapes)) {
    const meant = meaningOf(match)
    if (meant === undefined) continue
    changed = true
    for (; at < match.index; at++) push(text[at] ?? '', at, at)
    at = match.index + match[0].length
    for (const unit of meant.split('')) push(unit, match.index, at - 1)
  }
  if (!changed) return undefined
  for (; at < text.length; at++) push(text[at] ?? '', at, at)
  return { ...next, text: plain.join('') }
}

/** The character that an escape is for; undefined where it is none. */
function meaningOf(match: RegExpExecArray): string | undefined {
  const [, u, percent, hex, decimal, name, json, braced, x, octal, space, literal] = match
  if (name !== undefined)
    return Object.hasOwn(named, name.toLowerCase()) ? named[name.toLowerCase()] : undefined
  if (space !== undefined) return ' '
  if (literal !== undefined) return literal
  const sixteen = u ?? percent ?? hex ?? json ?? braced ?? x
  const code =
    sixteen === undefined
      ? Number.parseInt(decimal ?? octal ?? '', decimal === undefined ? 8 : 10)
      : Number.parseInt(sixteen, 16)
  return code <= 0x10ffff ? String.fromCodePoint(code) : undefined
}

function visible({ text, starts, ends }: Reading): Reading {
  const seen: Reading = { text: '', starts: [], ends: [] }
  const characters: string[] = []
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? ''
    if (invisible.test(character)) continue
    characters.push(fold(character))
    seen.starts.push(starts[index] ?? 0)
    seen.ends.push(ends[index] ?? 0)
  }
  return { ...seen, text: characters.join('') }
}
