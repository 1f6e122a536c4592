/**
 * Token counts. What the model read and wrote (`tokens`) is what quotas count; `billed_units`
 * leaves Cohere's own prompt out.
 */
import type { Usage } from '../../chat/events.ts'
import type { Json } from '../../chat/json.ts'
import { numberIn, objectIn } from '../json-read.ts'

/** @param usage the field `usage` of an answer, or of the event that ends a stream. */
export function readUsage(usage: Json | undefined): Usage | undefined {
  const { tokens, billed_units, cached_tokens } = objectIn(usage) ?? {}
  const counted = objectIn(tokens) ?? {}
  const billed = objectIn(billed_units) ?? {}
  const inputTokens = numberIn(counted.input_tokens) ?? numberIn(billed.input_tokens)
  const outputTokens = numberIn(counted.output_tokens) ?? numberIn(billed.output_tokens)
  if (inputTokens === undefined && outputTokens === undefined) return undefined
  return {
    inputTokens: inputTokens ?? 0,
    outputTokens: outputTokens ?? 0,
    // Counted with Cohere's own prompt: more than was billed, and so perhaps more than the input
    // where only that is known.
    cachedTokens: Math.min(numberIn(cached_tokens) ?? 0, inputTokens ?? 0),
    cacheWriteTokens: 0,
    reasoningTokens: numberIn(counted.reasoning_tokens) ?? 0,
  }
}
