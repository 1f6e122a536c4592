/**
 * Token counts, from all the places and shapes in use. The last report counts and reports are never summed: Groq sends the
 * same one twice, in two places each.
 */
import type { Usage } from '../../chat/events.ts'
import type { Json, JsonObject } from '../../chat/json.ts'
import { listIn, numberIn, objectIn } from '../read.ts'

/** Usage in a whole answer or in one chunk. */
export function readUsage(body: Json): Usage | undefined {
  const { usage, x_groq, choices } = objectIn(body) ?? {}
  return (
    readCounts(objectIn(usage)) ??
    readCounts(objectIn(objectIn(x_groq)?.usage)) ??
    // Moonshot's older models
    readCounts(objectIn(objectIn(listIn(choices)[0])?.usage))
  )
}

function readCounts(usage: JsonObject | undefined): Usage | undefined {
  if (!usage) return undefined
  const inputTokens = numberIn(usage.prompt_tokens)
  const completionTokens = numberIn(usage.completion_tokens)
  if (inputTokens === undefined && completionTokens === undefined) return undefined
  const input = objectIn(usage.prompt_tokens_details) ?? {}
  const output = objectIn(usage.completion_tokens_details) ?? {}
  const counted = (inputTokens ?? 0) + (completionTokens ?? 0)
  // xAI leaves reasoning out of completion_tokens, and Gemini does not even name it; the total holds it at both.
  const uncounted = Math.max(0, (numberIn(usage.total_tokens) ?? 0) - counted)
  return {
    inputTokens: inputTokens ?? 0,
    outputTokens: (completionTokens ?? 0) + uncounted,
    cachedTokens:
      numberIn(input.cached_tokens) ??
      // DeepSeek, then Together
      numberIn(usage.prompt_cache_hit_tokens) ??
      numberIn(usage.cached_tokens) ??
      0,
    cacheWriteTokens: numberIn(input.cache_write_tokens) ?? 0,
    reasoningTokens: numberIn(output.reasoning_tokens) ?? numberIn(usage.reasoning_tokens) ?? uncounted,
  }
}

export function writeUsage(usage: Usage): JsonObject {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: { cached_tokens: usage.cachedTokens, cache_write_tokens: usage.cacheWriteTokens },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens },
  }
}
