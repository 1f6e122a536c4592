/**
 * Finds a secret that a text holds in pieces too short to be found one by one: regrouped by
 * separators, spread over members of JSON or over several texts, reversed, or encoded. Pure, and
 * linear in the texts and secrets: it looks for grams of four characters, and for a secret most of
 * whose grams are there.
 */
import { type Reading, readingOf } from './unescape.ts'

/**
 * The characters of a gram. Shorter pieces are found where nothing but separators is between them.
 */
const gramLength = 4
/** No text holds this many characters of a secret by chance. */
const mostByChance = 16
/** A shorter secret is left to `redact.ts`, which finds it whole. Letters and digits count. */
const shortestNeedle = 8
/** Only so much of a secret is searched for: the rest opens nothing without its beginning. */
const longestNeedle = 256

/** One way in which a secret may be written, without separators. */
interface Needle {
  text: string
  /** How many of its characters a text must hold. */
  least: number
}

/**
 * The spans of scattered secrets, for each of the texts by its readings. A secret counts as found
 * by what all of them hold together.
 */
export function scatteredSpans(
  texts: readonly (readonly Reading[])[],
  secrets: readonly string[],
): [start: number, end: number][][] {
  const needles = secrets.flatMap(needlesOf)
  const known = new Set(needles.flatMap(({ text }) => gramsOf(text)))
  if (known.size === 0) return texts.map(() => [])
  const compact = texts.map((readings) => readings.flatMap(compactReadings))
  const present = new Set<string>()
  for (const reading of compact.flat()) eachGram(reading.text, (gram) => known.has(gram) && present.add(gram))
  const found = needles.filter(({ text, least }) => coveredCharacters(text, present) >= least)
  const wanted = new Set(found.flatMap(({ text }) => gramsOf(text)))
  if (wanted.size === 0) return texts.map(() => [])
  return compact.map((readings) => readings.flatMap((reading) => spansOf(reading, wanted)))
}

function spansOf({ text, starts, ends }: Reading, wanted: ReadonlySet<string>): [number, number][] {
  const spans: [number, number][] = []
  eachGram(text, (gram, at) => {
    if (wanted.has(gram)) spans.push([starts[at] ?? 0, ends[at + gramLength - 1] ?? 0])
  })
  return spans
}

/** How many characters of a needle are in grams that are present. */
function coveredCharacters(needle: string, present: ReadonlySet<string>): number {
  let covered = 0
  let until = 0
  eachGram(needle, (gram, at) => {
    if (!present.has(gram)) return
    covered += at + gramLength - Math.max(until, at)
    until = at + gramLength
  })
  return covered
}

/** The forms of a secret: as it is, and encoded, each forwards and backwards. */
function needlesOf(secret: string): Needle[] {
  const plain = withoutSeparators(readingOf(secret)).text
  if (plain.length < shortestNeedle) return []
  const isWords = !/\d/.test(plain) || !/[a-z]/.test(plain)
  if (plain.length < mostByChance && isWords) return []
  const beginning = secret.slice(0, longestNeedle)
  const directions = [beginning, reversed(beginning)]
  return [...directions, ...directions.flatMap(encodingsOf)].flatMap((form) => {
    const { text } = withoutSeparators(readingOf(form))
    const least =
      text.length < mostByChance
        ? text.length - gramLength + 1
        : Math.max(mostByChance, Math.ceil(text.length / 2))
    return [text, reversed(text)].map((needle) => ({ text: needle, least }))
  })
}

/** A text backwards, by UTF-16 units. */
export function reversed(text: string): string {
  return text.split('').toReversed().join('')
}

/**
 * A secret in UTF-8 byte by byte, in hexadecimal, in decimal codes, and in base64 wherever it
 * begins in the encoded text.
 */
export function encodingsOf(secret: string): string[] {
  const bytes = new TextEncoder().encode(secret)
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  const base64 = [0, 1, 2].map((before) => {
    const whole = btoa('\0'.repeat(before) + binary)
    // The first and last characters depend on the bytes around the secret too.
    const length = Math.floor(((before + bytes.length) * 8) / 6)
    return whole.slice(Math.ceil((before * 8) / 6), length)
  })
  return [...(binary === secret ? [] : [binary]), hex, bytes.join(''), ...base64]
}

/**
 * A reading without separators; and the same without names of members, and without the `0x` of
 * bytes.
 */
function compactReadings(reading: Reading): Reading[] {
  const unnamed = without(reading, /"[^"\\]{0,64}"\s{0,8}:|[\w-]{1,64}\s{0,8}[:=]/g)
  const bytes = without(reading, /\b0x(?=[\da-f]{2}\b)/g)
  return [reading, unnamed, bytes].filter((one) => one !== undefined).map(withoutSeparators)
}

/** Only the letters and digits of ASCII. Letters are small here. */
function withoutSeparators(reading: Reading): Reading {
  return without(reading, /[^\da-z]{1,64}/g) ?? reading
}

/** A reading without what an expression matches; undefined where it matches nothing. */
function without({ text, starts, ends }: Reading, expression: RegExp): Reading | undefined {
  const rest: Reading = { text: '', starts: [], ends: [] }
  let at = 0
  const keepUntil = (end: number): void => {
    rest.text += text.slice(at, end)
    for (; at < end; at++) {
      rest.starts.push(starts[at] ?? 0)
      rest.ends.push(ends[at] ?? 0)
    }
  }
  let isChanged = false
  for (const match of text.matchAll(expression)) {
    isChanged = true
    keepUntil(match.index)
    at = match.index + match[0].length
  }
  keepUntil(text.length)
  return isChanged ? rest : undefined
}

function gramsOf(text: string): string[] {
  const grams: string[] = []
  eachGram(text, (gram) => grams.push(gram))
  return grams
}

function eachGram(text: string, visit: (gram: string, at: number) => unknown): void {
  for (let at = 0; at + gramLength <= text.length; at++) visit(text.slice(at, at + gramLength), at)
}
