/** Takes secrets out of a provider's words: some quote the key they refuse, or the address that it stood in. Pure. */

const longestMessage = 500
const mark = '[redacted]'

/** Keys by the prefixes that providers give them, whole or already masked by their owner (`sk-inval****-key`). */
const keyShapes: readonly RegExp[] = [
  // OpenAI, Anthropic, DeepSeek, OpenRouter (sk-); Cerebras (csk-); Perplexity; NVIDIA; xAI; Stripe-like variants of these.
  /\b(?:c?sk|pplx|nvapi|xai|rk)-[\w*-]{4,}/gi,
  // Groq, Hugging Face, Fireworks, Together, Replicate, GitHub, and the tokens of this hub.
  /\b(?:gsk|hf|fw|tgp|r8|gh[pousr]|github_pat|llm)_[\w*-]{6,}/gi,
  // Google: API keys, and the access tokens that some use instead.
  /\bAIza[\w*-]{10,}/g,
  /\bya29\.[\w.*-]{6,}/g,
  // JSON web tokens.
  /\beyJ[\w-]{8,}\.[\w.-]{8,}/g,
]

/** Where a secret stands whatever its shape: after a scheme, in a query, after the words that announce it. */
const keyPlaces: readonly RegExp[] = [
  /(\bbearer\s+)(?!\[)[\w.~+/*=-]{6,}/gi,
  /([?&](?:key|api[-_]?key|access_token|token)=)[^&\s"'<>]+/gi,
  /(\bapi[ _-]?key(?: provided)?["']?\s*[:=]\s*["']?)(?=[^\s"']*[\d*_-])[^\s"',;]{4,}/gi,
]

/**
 * The text without secrets, at most 500 characters long.
 * @param secret - the key that the call was made with; it is taken out even where it has no known shape.
 */
export function redact(text: string, secret?: string): string {
  let result = text
  for (const part of partsOf(secret)) result = result.replaceAll(part, mark)
  for (const shape of keyShapes) result = result.replace(shape, mark)
  for (const place of keyPlaces) result = result.replace(place, `$1${mark}`)
  // Cut last: half a secret would not be recognised.
  return result.length > longestMessage ? `${result.slice(0, longestMessage - 1)}…` : result
}

/** The secret as it may be quoted: whole, in a URL, and each half of `<account id>:<token>`. Longest first. */
function partsOf(secret: string | undefined): string[] {
  if (!secret) return []
  const parts = [secret, encodeURIComponent(secret), ...secret.split(':').filter((half) => half.length >= 8)]
  // A text of two letters is no secret, and taking it out everywhere would leave nothing readable.
  return [...new Set(parts)].filter((part) => part.length >= 4).toSorted((a, b) => b.length - a.length)
}
