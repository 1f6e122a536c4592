/**
 * Takes secrets out of a provider's words: some quote the key they refuse, the header that held it,
 * or the address that it stood in. Pure. The order is redact, then cut: half a secret has no shape.
 */
import { encodingsOf, reversed, scatteredSpans } from './scattered-secrets.ts'
import { type Reading, readingOf, readingsOf } from './unescape.ts'

/** How long a text is that leaves here, in characters. */
const longestMessage = 500
/**
 * How much of a text is looked at, in characters. More than twice as much is shown only where
 * secrets were longer than everything else, so that no cut of a shape at the end of this window is
 * seen.
 */
const window = 8_192
const mark = '[redacted]'

/** Fewer characters of a secret in a row are no part of it: words share as many. */
const shortestRun = 8
/** A secret shorter than this is a word, and taking it out would leave nothing readable. */
const shortestSecret = 4

/**
 * Keys by the prefixes that providers give them, whole or already masked by their owner
 * (`sk-inval****-key`).
 */
const keyShapes: readonly RegExp[] = [
  // OpenAI, Anthropic, DeepSeek, OpenRouter (sk-); Cerebras (csk-); Perplexity; NVIDIA; xAI;
  // Stripe-like variants of these.
  /\b(?:c?sk|pplx|nvapi|xai|rk)-[\w*-]{4,}/gi,
  // Groq, Hugging Face, Fireworks, Together, Replicate, GitHub, and the tokens of this hub.
  /\b(?:gsk|hf|fw|tgp|r8|gh[pousr]|github_pat|llm)_[\w*-]{6,}/gi,
  // Google: API keys, and the access tokens that some use instead.
  /\bAIza[\w*-]{10,}/g,
  /\bya29\.[\w.*-]{6,}/g,
  // JSON web tokens. Their dots are not asked for, so that no text is read to its end twice.
  /\beyJ[\w.-]{16,}/g,
]

/**
 * Where a secret stands whatever its shape: after a scheme, in a query, after the words that
 * announce it.
 */
const keyPlaces: readonly RegExp[] = [
  /(\bbearer\s{1,20})(?!\[)[\w.~+/*=-]{6,}/gi,
  /([?&](?:key|api[-_]?key|access_token|token)=)[^&\s"'<>]+/gi,
  /(\bapi[ _-]?key(?: provided)?["']?\s{0,20}[:=]\s{0,20}["']?)(?=[^\s"']{0,64}[\d*_-])[^\s"',;]{4,}/gi,
]

/**
 * The text without secrets, at most 500 characters long.
 * @param secrets - the key that the call was made with, and every other value that only its owner
 *   knows. Each run of 8 of its characters is taken out, in any case and under any usual escape,
 *   and shorter pieces where they are most of it.
 */
export function redact(text: string, secrets: string | readonly string[] = []): string {
  return redactAll([text], secrets)[0] ?? ''
}

/**
 * The same for texts of one answer, which may hold a secret together that none of them holds alone.
 */
export function redactAll(texts: readonly string[], secrets: string | readonly string[] = []): string[] {
  const list = [secrets].flat()
  const seen = texts.map((text) => (text.length > window ? text.slice(0, window) : text))
  if (list.length === 0) return seen.map(withoutShapes)
  const readings = seen.map(readingsOf)
  const scattered = scatteredSpans(readings, list)
  const patterns = patternsOf(list)
  return seen.map((text, index) =>
    withoutShapes(
      cutOut(text, merge([...secretSpans(readings[index] ?? [], patterns), ...(scattered[index] ?? [])])),
    ),
  )
}

function cutOut(text: string, spans: readonly [start: number, end: number][]): string {
  const kept: string[] = []
  let at = 0
  for (const [start, end] of spans) {
    kept.push(text.slice(at, start), mark)
    at = end
  }
  return kept.join('') + text.slice(at)
}

function withoutShapes(text: string): string {
  let result = text
  for (const shape of keyShapes) result = result.replace(shape, mark)
  for (const place of keyPlaces) result = result.replace(place, `$1${mark}`)
  return result.length > longestMessage ? `${result.slice(0, longestMessage - 1)}…` : result
}

/** Where parts of secrets are in a text, by its readings. */
function secretSpans(
  readings: readonly Reading[],
  { runs, words }: Patterns,
): [start: number, end: number][] {
  if (runs.size === 0 && words.length === 0) return []
  const spans: [number, number][] = []
  for (const { text: plain, starts, ends } of readings) {
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
  return spans
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

/** Each run of characters of a secret, and secrets that are no longer than a run. */
interface Patterns {
  runs: Set<string>
  words: string[]
}

function patternsOf(secrets: readonly string[]): Patterns {
  const runs = new Set<string>()
  const words: string[] = []
  for (const secret of secrets) {
    // A secret may hold what looks like an escape, and is then read in more than one way.
    const forms = [...readingsOf(secret), ...encodedForms(secret)].map(({ text }) => text)
    for (const form of [...forms, reversed(forms[0] ?? '')]) {
      for (let at = 0; at + shortestRun <= form.length; at++) runs.add(form.slice(at, at + shortestRun))
    }
    const [plain = ''] = forms
    if (plain.length >= shortestSecret && plain.length < shortestRun) words.push(plain)
  }
  return { runs, words }
}

function encodedForms(secret: string): Reading[] {
  return secret.length < shortestRun ? [] : encodingsOf(secret).map(readingOf)
}
