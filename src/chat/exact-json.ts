/**
 * JSON whose numbers survive. A number that JavaScript would round (an identifier of 19 digits,
 * 1e400) is carried as its own text and written again as that text.
 * https://github.com/tc39/proposal-json-parse-with-source
 */
import type { Json } from './json.ts'

interface SourceTextAccess {
  parse(text: string, reviver: (name: string, value: Json, context: { source?: string }) => Json): Json
  rawJSON(text: string): Json
  isRawJSON(value: unknown): boolean
}

// The compiler's library does not know these members yet; workerd and Node 22 have them.
const json = JSON as unknown as SourceTextAccess

/**
 * What a text with a number that may be rounded holds. Most texts hold none, and are parsed at
 * once.
 */
const longNumber = /\d{16}|\d[eE]\+?\d{2}/

/**
 * Parses JSON. A number that would be rounded becomes an opaque value, which `JSON.stringify`
 * writes as it was, and which `isJsonObject` takes for no object.
 * @throws {SyntaxError} where the text is not JSON.
 */
export function parseExactly(text: string): Json {
  if (!longNumber.test(text)) return JSON.parse(text)
  return json.parse(text, (_name, value, { source }) =>
    typeof value === 'number' && source !== undefined && isRounded(value) ? json.rawJSON(source) : value,
  )
}

/** Whether a value is a number that is carried as its text. */
export function isExactNumber(value: unknown): boolean {
  return typeof value === 'object' && value !== null && json.isRawJSON(value)
}

function isRounded(value: number): boolean {
  return Number.isInteger(value) ? !Number.isSafeInteger(value) : !Number.isFinite(value)
}
