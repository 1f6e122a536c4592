/** Log probabilities in OpenAI's form, the canonical one. */
import type { Json, JsonObject } from '../../chat/json.ts'
import { listIn, numberIn, objectIn } from '../json-read.ts'

/**
 * Cohere gives a piece of text with the probabilities of the tokens in it. A piece is as good as a
 * token: that of the piece is the product of theirs, which for logarithms is the sum.
 *
 * @param pieces a list of them, or one, as in a stream.
 */
export function readLogprobs(pieces: Json | undefined): JsonObject[] {
  const all = Array.isArray(pieces) ? pieces : [pieces ?? null]
  return all.flatMap((piece) => {
    const { text, logprobs } = objectIn(piece) ?? {}
    const values = listIn(logprobs).flatMap((value) => numberIn(value) ?? [])
    if (typeof text !== 'string' || values.length === 0) return []
    const logprob = values.reduce((sum, value) => sum + value, 0)
    return [{ token: text, logprob, bytes: [...new TextEncoder().encode(text)], top_logprobs: [] }]
  })
}
