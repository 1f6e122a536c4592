/**
 * JSON whose numbers survive. A number that JavaScript would round (an identifier of 19 digits,
 * 1e400) is carried as its own text and written again as that text.
 * https://github.com/tc39/proposal-json-parse-with-source
 *
 * A reviver that sees each number's text costs twenty times a plain parse, for every value of a
 * document. So such numbers are found in the text, and only they are set aside for the parse.
 */
import type { Json, JsonObject } from './json.ts'

interface RawJson {
  rawJSON(text: string): Json
  isRawJSON(value: unknown): boolean
}

// The compiler's library does not know these members yet; workerd and Node 22 have them.
const json = JSON as unknown as RawJson

const backslash = 0x5c
/** Documents with more such numbers are parsed as usual: each exact number takes memory. */
const mostNumbers = 20_000

/** Of numbers that may be rounded: sixteen digits that are no fraction, or an exponent. */
const longNumber = /(?<![\d.])\d{16}|\d[eE]\+?\d/g

/**
 * Parses JSON. A number that would be rounded becomes an opaque value, which `JSON.stringify`
 * writes as it was, and which `isJsonObject` takes for no object. Beyond 20,000 of them all are
 * rounded.
 * @throws {SyntaxError} where the text is not JSON.
 */
export function parseExactly(text: string): Json {
  let parsed = JSON.parse(text) as Json
  const numbers = roundedNumbers(text)
  if (numbers.length === 0) return parsed
  const [first] = numbers
  // A text that is one number holds nothing to put it into.
  if (typeof parsed === 'number' && first) return json.rawJSON(first.source)
  // A large document is not held twice.
  parsed = null
  // No document holds it by chance.
  const mark = crypto.randomUUID().slice(0, 18)
  const marked = JSON.parse(withMarks(text, numbers, mark)) as Json
  restoreNumbers(marked, mark, numbers)
  return marked
}

/** Whether a value is a number that is carried as its text. */
export function isExactNumber(value: unknown): boolean {
  return typeof value === 'object' && value !== null && json.isRawJSON(value)
}

/** A number as a text has it, and where it begins. */
interface FoundNumber {
  source: string
  at: number
}

/**
 * The numbers of a valid JSON text that would be rounded; none where there are too many. Digits
 * inside of strings are passed over.
 */
function roundedNumbers(text: string): FoundNumber[] {
  const found: FoundNumber[] = []
  const strings = new Strings(text)
  longNumber.lastIndex = 0
  for (let match = longNumber.exec(text); match; match = longNumber.exec(text)) {
    const end = strings.endAround(match.index)
    if (end !== undefined) {
      longNumber.lastIndex = end
      continue
    }
    const number = numberAround(text, match.index)
    if (isRounded(Number(number.source))) found.push(number)
    if (found.length > mostNumbers) return []
    longNumber.lastIndex = number.at + number.source.length
  }
  return found
}

/** The whole number of which a character is found. */
function numberAround(text: string, place: number): FoundNumber {
  let at = place
  let end = place + 1
  while (isOfNumber(text.charCodeAt(at - 1))) at--
  while (isOfNumber(text.charCodeAt(end))) end++
  return { source: text.slice(at, end), at }
}

/** Digits, the point, the signs and "e"; not what is before or behind a text. */
function isOfNumber(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x2d && code <= 0x2e) ||
    code === 0x2b ||
    (code | 0x20) === 0x65
  )
}

/** The strings of a JSON text, for places that are asked about in their order. */
class Strings {
  readonly #text: string
  #opening: number
  #end = 0

  constructor(text: string) {
    this.#text = text
    this.#opening = text.indexOf('"')
  }

  /** Where the string ends that holds this place; undefined where none does. */
  endAround(place: number): number | undefined {
    while (this.#opening !== -1 && this.#opening < place) {
      this.#end = endOfString(this.#text, this.#opening + 1)
      this.#opening = this.#text.indexOf('"', this.#end)
    }
    return this.#end > place ? this.#end : undefined
  }
}

/** The index behind the quotation mark that ends a string. */
function endOfString(text: string, start: number): number {
  for (let from = start; ;) {
    const end = text.indexOf('"', from)
    if (end === -1) return text.length
    let first = end
    while (first > start && text.charCodeAt(first - 1) === backslash) first--
    if ((end - first) % 2 === 0) return end + 1
    from = end + 1
  }
}

/** The text with a string in the place of each number: the mark, and which number it is. */
function withMarks(text: string, numbers: readonly FoundNumber[], mark: string): string {
  const pieces: string[] = []
  let end = 0
  for (const [index, { source, at }] of numbers.entries()) {
    pieces.push(text.slice(end, at), `"${mark}${index}"`)
    end = at + source.length
  }
  return pieces.join('') + text.slice(end)
}

function restoreNumbers(document: Json, mark: string, numbers: readonly FoundNumber[]): void {
  const restored = (value: Json | undefined): Json | undefined =>
    typeof value === 'string' && value.startsWith(mark)
      ? json.rawJSON(numbers[Number(value.slice(mark.length))]?.source ?? '0')
      : undefined
  const left: Json[] = [document]
  for (let holder = left.pop(); holder !== undefined; holder = left.pop()) {
    if (Array.isArray(holder)) {
      for (let index = 0; index < holder.length; index++) {
        const value = holder[index]
        if (typeof value === 'object' && value !== null) left.push(value)
        else holder[index] = restored(value) ?? value ?? null
      }
    } else if (isObject(holder)) {
      for (const [name, value] of Object.entries(holder)) {
        if (typeof value === 'object' && value !== null) left.push(value)
        const number = restored(value)
        // Every name is the holder's own by now, `__proto__` included.
        if (number !== undefined) holder[name] = number
      }
    }
  }
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isRounded(value: number): boolean {
  return Number.isInteger(value) ? !Number.isSafeInteger(value) : !Number.isFinite(value)
}
