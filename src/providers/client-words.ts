/**
 * Takes the client's words out of a provider's message, so that only the provider's own words are
 * matched. Vendors quote field names, models, roles and values, and clients choose all of those.
 *
 * Two things are removed: every quoted span, and every run of words that the request contains,
 * however the provider escaped, folded, re-cased or shortened it. Pure, and bounded: the message is
 * read up to `longestRead` characters, the request up to `mostSent`. A larger request leaves no
 * word of the message: status and code decide alone.
 *
 * Accepted risk: a client whose prompt contains the vendor's own sentence makes that sentence
 * unreadable for this one call. A failure told only in words then counts as the request's.
 */
import { isJsonObject, type Json } from '../chat/json.ts'
import { lettersOf, unescaped } from './comparable-text.ts'
import { isProtocolWord } from './protocol-words.ts'

/** What the call consisted of, beside the credential. */
export interface Sent {
  /** The body as the provider received it. */
  body: Json
  /** The model that the provider was asked for; absent where the body says it. */
  model?: string
  /** Texts outside of the body: the model in the address, headers that the client chose. */
  texts: readonly string[]
}

/** Stands in a cleaned message for everything that was taken out of it. */
export const removed = '\uFFFC'

/** How much of a message is read for words, in characters. */
export const longestRead = 2_000
/** How much text of a request is compared, in characters, and in how many strings. */
const mostSent = 2_000_000
const mostStrings = 100_000
/** How many words are compared: a text that repeats itself in message and request needs many. */
const mostComparisons = 1_000_000
/** How many characters are compared once they are folded: one letter may unfold into eighteen. */
const mostFolded = 2 * mostSent
const foldedAtOnce = 65_536
/** A string up to this long may be echoed in part, at any of its separators. */
const longestName = 300
/** Two common words in a row of a longer text prove no echo. */
const longestShort = 2_000
const wordsOfLong = 4
const gram = 8

/**
 * The message without what the client sent: each removed span is one `removed` character.
 * @param sent absent where nothing is known of the request: then only quoted spans are removed.
 */
export function ownWords(message: string, sent?: Sent): string {
  const text = unescaped(message.slice(0, longestRead)).replaceAll(/\p{Cf}/gu, '')
  if (!sent) return withoutQuotes(text)
  const strings = stringsOf(sent)
  if (!strings) return ''
  const echo = new Echo(text)
  for (const [string, isValue] of strings) {
    echo.compare(string, isValue)
    if (echo.isTooMuch) return ''
  }
  return withoutQuotes(echo.rest())
}

/** The message without its quoted spans. A quotation that is never closed reaches to the end. */
export function withoutQuotes(text: string): string {
  return text
    .replaceAll(/`[^`]*(?:`|$)|"[^"]*(?:"|$)|«[^»]*(?:»|$)|“[^”]*(?:”|$)|‘[^’]*(?:’|$)/g, removed)
    .replaceAll(/(^|[\s([{:=,>])'(?:[^']|'(?=\w))*(?:'|$)/g, `$1${removed}`)
}

// oxlint-disable-next-line no-control-regex -- ASCII has no symbol that unfolds.
const symbols = /[^\u0000-\u007F\p{L}\p{N}\p{M}\p{P}\p{Z}]+/gu

/** The words of a message, and which of them the client sent. */
class Echo {
  readonly #text: string
  readonly #words: { start: number; end: number }[] = []
  /** The letters and digits of all words, without anything between them. */
  readonly #stream: string = ''
  /** Where each word begins in the stream, and at last where the stream ends. */
  readonly #starts: number[] = []
  readonly #wordAt = new Map<number, number>()
  readonly #byGram = new Map<string, number[]>()
  readonly #byFirst = new Map<string, number[]>()
  /**
   * Which pairs of characters begin a word's gram: most places of a request are passed over by it.
   */
  readonly #begins = new Uint8Array(4_096)
  readonly #sent: boolean[] = []
  #comparisons = 0
  #folded = 0

  constructor(text: string) {
    this.#text = text
    for (const { 0: word, index } of text.matchAll(/[\p{L}\p{N}\p{M}]+/gu)) {
      const folded = lettersOf(word)
      if (folded === '') continue
      this.#wordAt.set(this.#stream.length, this.#words.length)
      this.#starts.push(this.#stream.length)
      this.#words.push({ start: index, end: index + word.length })
      this.#stream += folded
    }
    this.#starts.push(this.#stream.length)
    this.#words.forEach((_, word) => {
      const start = this.#starts[word] ?? 0
      append(this.#byFirst, this.#stream.slice(start, start + 3), word)
      const begin = this.#stream.slice(start, start + gram)
      if (begin.length < gram) return
      append(this.#byGram, begin, word)
      this.#begins[pairAt(begin, 0)] = 1
    })
  }

  /** Whether more is to be compared than can be. */
  get isTooMuch(): boolean {
    return this.#comparisons > mostComparisons || this.#folded > mostFolded
  }

  /** Marks the words that are an echo of one string of the request. */
  compare(sent: string, isValue: boolean): void {
    this.#compare(sent, isValue)
    // A symbol is no part of a word, and yet may unfold into letters: ㈀ into three characters.
    const plain = sent.replaceAll(symbols, ' ')
    if (plain !== sent) this.#compare(plain, isValue)
  }

  #compare(sent: string, isValue: boolean): void {
    const folded = this.#foldInParts(unescaped(sent))
    if (folded === '' || this.isTooMuch) return
    this.#markWhole(folded, isValue)
    if (sent.length <= longestName) {
      for (const part of sent.split(/[/.:,;|()[\]{}=<>@#?&"'`*\n]+/)) {
        if (part.length < sent.length) this.#markWhole(lettersOf(unescaped(part)), isValue)
      }
    }
    this.#markBeginning(folded)
    for (let at = 0; at + gram <= folded.length; at++) {
      if (this.#begins[pairAt(folded, at)] === 0) continue
      for (const word of this.#byGram.get(folded.slice(at, at + gram)) ?? []) this.#markRun(folded, at, word)
      if (this.isTooMuch) return
    }
  }

  /** A text folded part by part, so that one that unfolds beyond the bound is given up early. */
  #foldInParts(text: string): string {
    let folded = ''
    for (let at = 0; at < text.length && this.#folded <= mostFolded; at += foldedAtOnce) {
      const part = lettersOf(text.slice(at, at + foldedAtOnce))
      this.#folded += part.length
      folded += part
    }
    return folded
  }

  /** The text without the words that are marked, and without the quotes around them. */
  rest(): string {
    let rest = ''
    let from = 0
    for (let word = 0; word < this.#words.length; word++) {
      if (!this.#sent[word]) continue
      const start = this.#words[word]?.start ?? 0
      while (this.#sent[word + 1]) word++
      const end = this.#words[word]?.end ?? 0
      rest += `${this.#text.slice(from, start)}${removed}`
      from = end
    }
    return rest + this.#text.slice(from)
  }

  /** The whole string, wherever it stands between the ends of words. */
  #markWhole(folded: string, isValue: boolean): void {
    if (folded === '') return
    for (let at = this.#stream.indexOf(folded); at >= 0; at = this.#stream.indexOf(folded, at + 1)) {
      this.#comparisons++
      const first = this.#wordAt.get(at)
      const next = this.#wordAt.get(at + folded.length) ?? this.#endAt(at + folded.length)
      if (first === undefined || next === undefined) continue
      if (next === first + 1 && isTooCommon(folded, isValue)) continue
      this.#mark(first, next)
    }
  }

  /** The beginning of a string that the provider cut off. */
  #markBeginning(folded: string): void {
    for (const word of this.#byFirst.get(folded.slice(0, 3)) ?? []) {
      const { next, length } = this.#run(folded, 0, word)
      const isCut = /^\s*(?:\u2026|\.\.)/u.test(this.#text.slice(this.#words[next - 1]?.end ?? 0))
      if ((next > word + 1 && length >= 6) || (next > word && length >= 4 && isCut)) this.#mark(word, next)
    }
  }

  /** Some of a string: a few words in a row, or one of its ends. */
  #markRun(folded: string, at: number, word: number): void {
    const { next, length } = this.#run(folded, at, word)
    const words = next - word
    const isEnd = at + length === folded.length
    const isCut = isEnd && /(?:\u2026|\.\.)\s*$/u.test(this.#text.slice(0, this.#words[word]?.start))
    const isLong = folded.length > longestShort && at > 0 && !isEnd
    if ((words >= (isLong ? wordsOfLong : 2) && length >= gram) || (words === 1 && isCut)) {
      this.#mark(word, next)
    }
  }

  /** How many whole words, from one on, the string has at a place. */
  #run(folded: string, at: number, word: number): { next: number; length: number } {
    const start = this.#starts[word] ?? 0
    let next = word
    for (;;) {
      const end = this.#starts[next + 1]
      this.#comparisons++
      if (end === undefined) break
      const from = this.#starts[next] ?? 0
      if (!folded.startsWith(this.#stream.slice(from, end), at + from - start)) break
      next++
    }
    return { next, length: (this.#starts[next] ?? start) - start }
  }

  #endAt(at: number): number | undefined {
    return at === this.#stream.length ? this.#words.length : undefined
  }

  #mark(first: number, next: number): void {
    for (let word = first; word < next; word++) this.#sent[word] = true
  }
}

/** Numbers, single letters and the words of the protocols are in every request. */
function isTooCommon(word: string, isValue: boolean): boolean {
  return word.length < 3 || /^\d+$/.test(word) || isProtocolWord(word, isValue)
}

/**
 * Every member name and string of a call, each once, and whether it is a value somewhere; undefined
 * where that is more than can be compared.
 */
function stringsOf({ body, texts }: Sent): Map<string, boolean> | undefined {
  const strings = new Map<string, boolean>()
  let left = mostSent
  const add = (text: string, isValue: boolean): void => {
    const known = strings.get(text)
    if (known === undefined) left -= text.length + 1
    strings.set(text, known || isValue)
  }
  for (const text of texts) add(text, true)
  const open: Json[] = [body]
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value === 'string') add(value, true)
    else if (Array.isArray(value)) for (const item of value) open.push(item)
    else if (isJsonObject(value)) {
      for (const [name, member] of Object.entries(value)) {
        add(name, false)
        open.push(member)
      }
    }
    if (left < 0 || strings.size > mostStrings) return undefined
  }
  return strings
}

function append(map: Map<string, number[]>, name: string, word: number): void {
  const known = map.get(name)
  if (known) known.push(word)
  else map.set(name, [word])
}

function pairAt(text: string, at: number): number {
  return (text.charCodeAt(at) * 31 + text.charCodeAt(at + 1) * 7 + text.charCodeAt(at + 2)) & 0xf_ff
}
