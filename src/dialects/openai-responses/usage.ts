/**
 * Token counts. Cached tokens are part of the input, reasoning is part of the output, here as in
 * the canonical form.
 */
import type { Usage } from '../../chat/events.ts'
import type { Json, JsonObject } from '../../chat/json.ts'
import { numberIn, objectIn } from '../json-read.ts'

/** Usage in a Response object: a whole answer, or what the last event of a stream holds. */
export function readUsage(body: Json): Usage | undefined {
  const usage = objectIn(objectIn(body)?.usage)
  if (!usage) return undefined
  const inputTokens = numberIn(usage.input_tokens)
  const outputTokens = numberIn(usage.output_tokens)
  if (inputTokens === undefined && outputTokens === undefined) return undefined
  const input = objectIn(usage.input_tokens_details) ?? {}
  const output = objectIn(usage.output_tokens_details) ?? {}
  return {
    inputTokens: inputTokens ?? 0,
    outputTokens: outputTokens ?? 0,
    cachedTokens: numberIn(input.cached_tokens) ?? 0,
    cacheWriteTokens: numberIn(input.cache_write_tokens) ?? 0,
    reasoningTokens: numberIn(output.reasoning_tokens) ?? 0,
  }
}

export function writeUsage(usage: Usage): JsonObject {
  return {
    input_tokens: usage.inputTokens,
    input_tokens_details: { cached_tokens: usage.cachedTokens, cache_write_tokens: usage.cacheWriteTokens },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
    total_tokens: usage.inputTokens + usage.outputTokens,
  }
}
