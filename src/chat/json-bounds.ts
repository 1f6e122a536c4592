/**
 * Bounds of JSON (RFC 8259) that others wrote, checked before it is parsed: how deep it nests and
 * how many values it holds. A parser pays some 50 bytes for a value of two characters, and what
 * recurses over the result overflows the stack at a few thousand levels. The scan is one pass
 * without recursion.
 */

/** How much one document may hold. */
export interface JsonBounds {
  /** Levels of objects and arrays, one inside the other. */
  depth: number
  /** Values of every kind. The names of members are not values. */
  values: number
  /** Numbers that may come on top of `values`: an answer with embeddings is made of them. */
  moreNumbers?: number
}

/** The bound that a document passes. */
export type JsonExcess = 'depth' | 'values'

/**
 * Request bodies: embeddings of lists of tokens need many values, and nothing needs many levels.
 */
export const requestBounds: JsonBounds = { depth: 200, values: 500_000 }
/** Answers of providers, and JSON inside texts. */
export const answerBounds: JsonBounds = { depth: 200, values: 1_000_000, moreNumbers: 4_000_000 }

const quote = 0x22
const comma = 0x2c
const colon = 0x3a
const backslash = 0x5c
const openBracket = 0x5b
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d
const lastSpace = 0x20

/**
 * Scans one document, in pieces as they come. What is not JSON at all is for the parser to find.
 */
export class JsonScanner {
  readonly #bounds: JsonBounds
  #depth = 0
  #values = 0
  #numbers = 0
  #inString = false
  #inScalar = false
  /** The last character of the piece before was a backslash that escapes the next one. */
  #escapes = false
  /** A string has ended, and a colon would make it the name of a member. */
  #maybeName = false

  constructor(bounds: JsonBounds) {
    this.#bounds = bounds
  }

  /** Whether every object, array and string that began has ended. */
  get isClosed(): boolean {
    return this.#depth === 0 && !this.#inString
  }

  /** Reads the next piece. @returns the bound that the document passes, as soon as it does. */
  push(text: string): JsonExcess | undefined {
    const { depth: mostDepth, values: mostValues, moreNumbers = 0 } = this.#bounds
    for (let at = 0; at < text.length; at++) {
      if (this.#inString) {
        at = this.#passString(text, at)
        continue
      }
      const code = text.charCodeAt(at)
      if (code <= lastSpace) {
        this.#inScalar = false
        continue
      }
      switch (code) {
        case quote:
          this.#inString = true
          this.#maybeName = true
          this.#inScalar = false
          this.#values++
          break
        case openBrace:
        case openBracket:
          this.#maybeName = false
          this.#inScalar = false
          this.#values++
          if (++this.#depth > mostDepth) return 'depth'
          break
        case closeBrace:
        case closeBracket:
          this.#maybeName = false
          this.#inScalar = false
          this.#depth--
          break
        case colon:
          if (this.#maybeName) this.#values--
          this.#maybeName = false
          this.#inScalar = false
          break
        case comma:
          this.#maybeName = false
          this.#inScalar = false
          break
        default:
          this.#maybeName = false
          if (!this.#inScalar) this.#countScalar(code)
          this.#inScalar = true
      }
      if (this.#values + Math.max(0, this.#numbers - moreNumbers) > mostValues) return 'values'
    }
    return undefined
  }

  #countScalar(first: number): void {
    // "t", "f" and "n" begin the three words; all else can only be a number.
    if (first === 0x74 || first === 0x66 || first === 0x6e) this.#values++
    else this.#numbers++
  }

  /** Passes over a string, as far as it is here. @returns the index of its last character. */
  #passString(text: string, start: number): number {
    let from = start
    if (this.#escapes) {
      this.#escapes = false
      from++
    }
    for (;;) {
      const end = text.indexOf('"', from)
      const until = end < 0 ? text.length : end
      let first = until
      while (first > from && text.charCodeAt(first - 1) === backslash) first--
      const isEscaped = (until - first) % 2 === 1
      if (end < 0) {
        this.#escapes = isEscaped
        return text.length - 1
      }
      if (!isEscaped) {
        this.#inString = false
        return end
      }
      from = end + 1
    }
  }
}

/** The bound that a whole text passes; undefined where it keeps all. */
export function excessOf(text: string, bounds: JsonBounds): JsonExcess | undefined {
  // So short a text cannot pass either bound: each level and each value takes a character.
  if (text.length <= Math.min(bounds.depth, bounds.values)) return undefined
  return new JsonScanner(bounds).push(text)
}
