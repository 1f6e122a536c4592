/**
 * How many tokens a text is, without a tokenizer: each provider has its own, and even one of them
 * would weigh more than the rest of the hub. A text is read as kinds of characters, and each step
 * from one to the next costs what it costs tokenizers on average. Pure.
 */

/**
 * The kinds. Of an ASCII character it matters what came before it: a letter after a letter goes on
 * with a word, one after a digit begins another. Characters beyond ASCII cost what those of their
 * script do.
 */
const lower = 0
const upper = 1
const digit = 2
const space = 3
const newline = 4
const mark = 5
const foreign = 6

/**
 * What a step costs, in tokens: the kind before in rows, the kind after in columns. Fitted to the
 * geometric mean of what `o200k_base` and `cl100k_base` make of prose in fourteen languages, code,
 * JSON, markup, tables, logs and random bytes.
 */
const stepCosts = Float64Array.from(
  [
    // lower, upper, digit, space, line break, mark
    [0.065, 0.45, 0.95, 0.2, 1, 0.3], // after a lower-case letter
    [0.35, 0.35, 1.2, 0.05, 0.5, 0.1], // after an upper-case letter
    [1.2, 1.2, 0.35, 0.6, 0.45, 1.2], // after a digit
    [0.65, 0.45, 1.2, 0.5, 0.55, 0.8], // after a space
    [0.4, 0.95, 0.45, 0.85, 0.5, 1.2], // after a line break
    [0.9, 1.05, 0.8, 0.35, 0.4, 0.3], // after a mark
    [1.05, 0.5, 0.55, 0.1, 0.55, 0.55], // after a character beyond ASCII
  ].flat(),
)
const asciiKinds = 6

/** The same space, line break or mark once more: runs of them are single tokens. */
const repeatCosts = Float64Array.of(0, 0, 0, 0.01, 0.05, 0.02)

const lineFeed = 10
const kindsOfAscii = Uint8Array.from({ length: 128 }, (_, code) => kindOfAscii(code))

/**
 * How long a sample of a text is, in characters: this where it is one of several, and at least so
 * much of a short text.
 */
const sampleLength = 256
const shortestSample = 32

/**
 * How much of a text is looked at where nothing else is said, in characters: a share of a longer
 * one stands for all of it.
 */
const fullAttention = 8_192

/**
 * The tokens of a text, at least one for any text at all. Off by less than a tenth for most texts;
 * see README.md.
 *
 * @param share how much of it is looked at, above 0 and at most 1, in samples that are spread
 *   evenly.
 */
export function tokensOf(text: string, share = Math.min(1, fullAttention / text.length)): number {
  const { length } = text
  const samples = Math.max(1, Math.round((length * share) / sampleLength))
  const sample = Math.max(shortestSample, Math.ceil((length * share) / samples))
  if (samples * sample >= length) return Math.ceil(costOf(text, 0, length))
  // From the first character to the last; a single sample stands in the middle.
  const stride = (length - sample) / Math.max(1, samples - 1)
  let cost = 0
  for (let index = 0; index < samples; index++) {
    const from = Math.floor(samples === 1 ? stride / 2 : index * stride)
    cost += costOf(text, from, from + sample)
  }
  return Math.ceil((cost * length) / (samples * sample))
}

function costOf(text: string, from: number, to: number): number {
  let cost = 0
  let last = from === 0 ? lineFeed : text.charCodeAt(from - 1)
  let before = last < 128 ? (kindsOfAscii[last] ?? mark) : foreign
  for (let index = from; index < to; index++) {
    const code = text.charCodeAt(index)
    if (code < 128) {
      const kind = kindsOfAscii[code] ?? mark
      cost +=
        (code === last && kind >= space ? repeatCosts[kind] : stepCosts[before * asciiKinds + kind]) ?? 0
      before = kind
    } else {
      cost += costOfForeign(code)
      before = foreign
    }
    last = code
  }
  return cost
}

function kindOfAscii(code: number): number {
  if (code >= 97 && code <= 122) return lower
  if (code >= 65 && code <= 90) return upper
  if (code >= 48 && code <= 57) return digit
  if (code === 32 || code === 9) return space
  return code === 10 || code === 13 ? newline : mark
}

/** A UTF-16 unit beyond ASCII, by its block. https://www.unicode.org/Public/UNIDATA/Blocks.txt */
function costOfForeign(code: number): number {
  // Letters of Latin with accents, which break words.
  if (code >= 0xc0 && code < 0x250) return 1.1
  // Cyrillic is in every vocabulary.
  if (code >= 0x400 && code < 0x530) return 0.3
  // Greek, Hebrew, Arabic, the scripts of India, Thai and their neighbours.
  if (code >= 0x370 && code < 0x1100) return 0.6
  // Chinese, Japanese, Korean, and their full-width forms.
  if (isEastAsian(code)) return 0.9
  // Half of an emoji or of a rare character.
  if (code >= 0xd800 && code < 0xe000) return 1.2
  return 1
}

function isEastAsian(code: number): boolean {
  return (
    (code >= 0x3000 && code < 0xd800) ||
    (code >= 0x1100 && code < 0x1200) ||
    (code >= 0xf900 && code < 0xfb00) ||
    (code >= 0xff00 && code < 0xfff0)
  )
}
