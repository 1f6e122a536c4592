/**
 * Keys in a text of no fixed format, as people keep them in their notes: bare keys, assignments,
 * JSON and YAML in any mixture, several keys in a line. Each line is read for itself. Pure.
 */
import type { ListedKey } from './key-list.ts'

/** The most parts that a line is split into: more than the keys that one call takes. */
const mostParts = 4_000

interface Line {
  number: number
  text: string
}

/** The lines that say something, without comments. */
export function meaningfulLines(text: string): Line[] {
  return text
    .split(/\r\n|\n|\r/)
    .map((line, index) => ({ number: index + 1, text: line.trim() }))
    .filter((line) => line.text !== '' && !line.text.startsWith('#'))
}

/** What is said of a key besides the key: its provider, or the variable that holds it. */
type Label = Pick<ListedKey, 'provider' | 'variable'>

/**
 * Returns the keys of each line: `gsk_…`, `groq gsk_…`, `groq_api_key=gsk_…`, `{"groq": ["gsk_…",
 * "gsk_…"]}`. A label holds for all keys after it in its line. One that begins an object or an
 * array holds until its end.
 */
export function readMixedLines(text: string, isProvider: (word: string) => boolean): ListedKey[] {
  let opened: Label = {}
  return meaningfulLines(text).flatMap((line) => {
    const bare = withoutComment(line.text)
    const isJson = /^["'{}[\]]|[{[]$/.test(bare)
    let scope = isJson ? opened : {}
    const keys: ListedKey[] = []
    for (const piece of splitOutsideQuotes(bare, isJson ? /[,{}[\]]/ : /,/)) {
      if (isJson && /^[}\]]$/.test(piece)) {
        scope = {}
        continue
      }
      const read = readPiece(piece, isProvider)
      // The name of a field says less than the provider whose object it is in.
      const label = read.label && !(scope.provider && read.label.variable) ? read.label : scope
      if (read.value === '' || !isJson) scope = label
      for (const key of splitKeys(read.value)) {
        const isRemark = keys.length > 0 && !read.label && !isKeyLike(key)
        keys.push({ line: line.number, ...label, secret: isRemark ? '' : key })
      }
    }
    opened = isJson ? scope : {}
    const isOnlyProvider = keys.length === 0 && !isJson && scope.provider !== undefined
    return isOnlyProvider ? [{ line: line.number, secret: bare }] : keys
  })
}

/**
 * Returns the parts of a text between separators, and closing brackets as parts. Takes linear time.
 * The last part holds the rest beyond `mostParts`.
 */
function splitOutsideQuotes(text: string, separator: RegExp): string[] {
  const pieces: string[] = []
  let quote = ''
  let from = 0
  for (let at = 0; at < text.length && pieces.length < 2 * mostParts; at++) {
    const sign = text.charAt(at)
    if (quote !== '') {
      if (sign === quote) quote = ''
    } else if (sign === '"' || sign === "'") quote = sign
    else if (separator.test(sign)) {
      pieces.push(text.slice(from, at), /[}\]]/.test(sign) ? sign : '')
      from = at + 1
    }
  }
  pieces.push(text.slice(from))
  return pieces.map((piece) => piece.trim()).filter((piece) => piece !== '')
}

const named = /^(?:export\s+|set\s+)?(["']?)([A-Za-z_][\w.-]{0,99})\1\s*([=:])([^]*)$/

/** A part of a line: a label, a key, or a key with its label. An empty value is no key. */
function readPiece(piece: string, isProvider: (word: string) => boolean): { label?: Label; value: string } {
  const [, quote = '', name = '', separator, assigned = ''] = named.exec(piece) ?? []
  const value = unquote(assigned.trim())
  if (name !== '' && isProvider(name)) return { label: { provider: name }, value }
  if (name !== '' && (quote !== '' || isVariable(name, separator, value))) {
    return { label: { variable: toVariable(name) }, value }
  }
  const [word = ''] = /^[A-Za-z][\w-]{0,39}(?=\s|$)/.exec(piece) ?? []
  if (word !== '' && isProvider(word)) {
    return { label: { provider: word }, value: unquote(piece.slice(word.length).trim()) }
  }
  return { value: unquote(piece) }
}

/**
 * Whether a name and what follows are an assignment: a key may end in equals signs, or hold a
 * colon.
 */
function isVariable(name: string, separator: string | undefined, value: string): boolean {
  const saysKey = /key|token|secret/i.test(name)
  if (separator === ':') return saysKey
  const isWord = /^\w+$/.test(name)
  return isWord && (/^=*$/.test(value) ? saysKey || /^[A-Z][A-Z0-9]*_[A-Z0-9_]*$/.test(name) : true)
}

/** `groqApiKey`, `groq-api-key` and `groq_api_key` as `GROQ_API_KEY`. */
function toVariable(name: string): string {
  return name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1_$2')
    .replaceAll(/[.-]/g, '_')
    .toUpperCase()
}

/** The keys in a value: several with a comma between, or one. None in an empty value. */
export function splitKeys(value: string): string[] {
  const keys = value.split(',', mostParts).map((key) => unquote(key.trim()))
  if (keys.length > 1 && keys.every(isKeyLike)) return keys
  return value === '' ? [] : [value]
}

/** Whether a text may be a key of its own: notes between commas are shorter, or have spaces. */
function isKeyLike(text: string): boolean {
  return text.length >= 8 && !/\s/.test(text)
}

/** A comment begins with a space before it: a key may hold the sign itself. */
export function withoutComment(text: string): string {
  return text.startsWith('#') ? '' : (text.split(/\s#/, 1)[0]?.trimEnd() ?? '')
}

/** A quotation mark without its other half was copied along: no key has one at its ends. */
export function unquote(text: string): string {
  return text.replaceAll(/^["']|["']$/g, '').trim()
}
