/**
 * Takes secrets out of a provider's words: some quote the key they refuse, the header that held it, or
 * the address that it stood in. Pure. The order is redact, then cut: half a secret has no shape.
 */
import { readingsOf } from './unescape.ts'

/** How long a text is that leaves here, in characters. */
const longestMessage = 500
/**
 * How much of a text is looked at, in characters. More than twice as much is shown only where secrets
 * were longer than everything else, so that no cut of a shape at the end of this window is seen.
 */
const window = 8_192
const mark = '[redacted]'

/** Fewer characters of a secret in a row are no part of it: words share as many. */
const shortestRun = 8
/** A secret shorter than this is a word, and taking it out would leave nothing readable. */
const shortestSecret = 4

/** Keys by the prefixes that providers give them, whole or already masked by their owner (`sk-inval****-key`). */
const keyShapes: readonly RegExp[] = [
  // OpenAI, Anthropic, DeepSeek, OpenRouter (sk-); Cerebras (csk-); Perplexity; NVIDIA; xAI; Stripe-like variants of these.
  /\b(?:c?sk|pplx|nvapi|xai|rk)-[\w*-]{4,}/gi,
  // Groq, Hugging Face, Fireworks, Together, Replicate, GitHub, and the tokens of this hub.
  /\b(?:gsk|hf|fw|tgp|r8|gh[pousr]|github_pat|llm)_[\w*-]{6,}/gi,
  // Google: API keys, and the access tokens that some use instead.
  /\bAIza[\w*-]{10,}/g,
  /\bya29\.[\w.*-]{6,}/g,
  // JSON web tokens. Their dots are not asked for, so that no text is read to its end twice.
  /\beyJ[\w.-]{16,}/g,
]

/** Where a secret stands whatever its shape: after a scheme, in a query, after the words that announce it. */
const keyPlaces: readonly RegExp[] = [
  /(\bbearer\s{1,20})(?!\[)[\w.~+/*=-]{6,}/gi,
  /([?&](?:key|api[-_]?key|access_token|token)=)[^&\s"'<>]+/gi,
  /(\bapi[ _-]?key(?: provided)?["']?\s{0,20}[:=]\s{0,20}["']?)(?=[^\s"']{0,64}[\d*_-])[^\s"',;]{4,}/gi,
]

/**
 * The text without secrets, at most 500 characters long.
 * @param secrets - the key that the call was made with, and every other value that only its owner
 *   knows. Each run of 8 of its characters is taken out, in any case and under any usual escape.
 */
export function redact(text: string, secrets: string | readonly string[] = []): string {
  let result = text.length > window ? text.slice(0, window) : text
  for (const [start, end] of secretSpans(result, [secrets].flat()).toReversed()) {
    result = `${result.slice(0, start)}${mark}${result.slice(end)}`
  }
  for (const shape of keyShapes) result = result.replace(shape, mark)
  for (const place of keyPlaces) result = result.replace(place, `$1${mark}`)
  return result.length > longestMessage ? `${result.slice(0, longestMessage - 1)}…` : result
}

/** Where parts of secrets are in a text, in order and apart from each other. */
function secretSpans(text: string, secrets: readonly string[]): [start: number, end: number][] {
  const { runs, words } = patternsOf(secrets)
  if (runs.size === 0 && words.length === 0) return []
  const spans: [number, number][] = []
  for (const { text: plain, starts, ends } of readingsOf(text)) {
    const note = (from: number, length: number): void => {
      spans.push([starts[from] ?? 0, ends[from + length - 1] ?? 0])
    }
    for (let at = 0; at + shortestRun <= plain.length; at++) {
      if (runs.has(plain.slice(at, at + shortestRun))) note(at, shortestRun)
    }
    for (const word of words) {
      for (let at = plain.indexOf(word); at >= 0; at = plain.indexOf(word, at + 1)) note(at, word.length)
    }
  }
  return merge(spans)
}

function merge(spans: [number, number][]): [number, number][] {
  const merged: [number, number][] = []
  for (const [start, end] of spans.toSorted(([a], [b]) => a - b)) {
    const last = merged.at(-1)
    if (last && start <= last[1]) last[1] = Math.max(last[1], end)
    else merged.push([start, end])
  }
  return merged
}

/** What is looked for: each run of characters of a secret, and secrets that are no longer than a run. */
function patternsOf(secrets: readonly string[]): { runs: Set<string>; words: string[] } {
  const runs = new Set<string>()
  const words: string[] = []
  for (const secret of secrets) {
    // A secret may hold what looks like an escape, and is then read in more than one way.
    const forms = [...readingsOf(secret), ...encodingsOf(secret).flatMap(readingsOf)].map(({ text }) => text)
    for (const form of forms) {
      for (let at = 0; at + shortestRun <= form.length; at++) runs.add(form.slice(at, at + shortestRun))
    }
    const [plain = ''] = forms
    if (plain.length >= shortestSecret && plain.length < shortestRun) words.push(plain)
  }
  return { runs, words }
}

/** A secret in UTF-8 byte by byte, in hexadecimal, and in base64 wherever it begins in the encoded text. */
function encodingsOf(secret: string): string[] {
  if (secret.length < shortestRun) return []
  const bytes = new TextEncoder().encode(secret)
  const binary = String.fromCharCode(...bytes)
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  const base64 = [0, 1, 2].map((before) => {
    const whole = btoa('\0'.repeat(before) + binary)
    // The first and last characters depend on the bytes around the secret too.
    const length = Math.floor(((before + bytes.length) * 8) / 6)
    return whole.slice(Math.ceil((before * 8) / 6), length)
  })
  return [...(binary === secret ? [] : [binary]), hex, ...base64]
}
