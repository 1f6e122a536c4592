/**
 * The text of a custom tool's call, out of the arguments of the function that the tool was made
 * into: `{"input": "…"}`. It is read while it comes, so that a client of a custom tool can show it.
 */
import { objectIn, parseJson, textIn } from './json-read.ts'

/** The schema of the function. */
export const customParameters = {
  type: 'object',
  properties: { input: { type: 'string', description: 'The whole input of the tool, as plain text.' } },
  required: ['input'],
  additionalProperties: false,
}

/** The arguments that say this input. */
export function writeCustomInput(input: string): string {
  return JSON.stringify({ input })
}

/** The input in whole arguments. Arguments of another shape are the input themselves. */
export function readCustomInput(args: string): string {
  const reader = new CustomInput()
  return reader.push(args) + reader.close()
}

const opening = '{"input":"'
/** The longest opening that is waited for, with its white space. In characters. */
const longestOpening = 64
const openingWords = /^\s*\{\s*"input"\s*:\s*"/
const escapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

export class CustomInput {
  /** Arguments that came, as far as they are not understood yet. */
  #waiting = ''
  #state: 'before' | 'inside' | 'after' | 'other' = 'before'
  /** The first half of a character: clients refuse a text that ends in one. */
  #half = ''

  /** Whether the text was closed. */
  get isWhole(): boolean {
    return this.#state === 'after' || parseJson(this.#waiting) !== undefined
  }

  /** @returns the text that these arguments add. */
  push(text: string): string {
    this.#waiting += text
    if (this.#state === 'before') this.#open()
    return this.#state === 'inside' ? this.#read() : ''
  }

  /** @returns the rest of the text. */
  close(): string {
    if (this.#state === 'inside' || this.#state === 'after') return this.#half.toWellFormed()
    const value = parseJson(this.#waiting)
    return textIn(objectIn(value)?.input) ?? textIn(value) ?? (isEmpty(value) ? '' : this.#waiting)
  }

  #open(): void {
    const [match] = openingWords.exec(this.#waiting) ?? []
    if (match !== undefined) {
      this.#waiting = this.#waiting.slice(match.length)
      this.#state = 'inside'
      return
    }
    const isOpening =
      this.#waiting.length <= longestOpening && opening.startsWith(this.#waiting.replaceAll(/\s/g, ''))
    if (!isOpening) this.#state = 'other'
  }

  #read(): string {
    let text = this.#half
    let at = 0
    while (at < this.#waiting.length && this.#state === 'inside') {
      const char = this.#waiting[at] ?? ''
      if (char === '"') {
        this.#state = 'after'
        break
      }
      const length = char === '\\' ? (this.#waiting[at + 1] === 'u' ? 6 : 2) : 1
      if (at + length > this.#waiting.length) break
      text += char === '\\' ? unescape(this.#waiting.slice(at + 1, at + length)) : char
      at += length
    }
    this.#waiting = this.#waiting.slice(at)
    this.#half = /[\uD800-\uDBFF]$/.exec(text)?.[0] ?? ''
    return this.#half === '' ? text : text.slice(0, -1)
  }
}

function unescape(escaped: string): string {
  const [letter = ''] = escaped
  if (letter === 'u') {
    const unit = /^[\da-f]{4}$/i.test(escaped.slice(1)) ? Number.parseInt(escaped.slice(1), 16) : 0xfffd
    return String.fromCharCode(unit)
  }
  return escapes[letter] ?? letter
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).every((name) => name === 'input')
}
