/**
 * Token counts, from all the places and shapes in use. The last report counts and reports are never
 * summed: Groq sends the same one twice, in two places each.
 */
import type { Usage } from '../../chat/events.ts'
import type { Json, JsonObject } from '../../chat/json.ts'
import { listIn, numberIn, objectIn } from '../json-read.ts'

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
  // Relays of other dialects keep the names of those.
  const promptTokens = numberIn(usage.prompt_tokens) ?? numberIn(usage.input_tokens)
  const completionTokens = numberIn(usage.completion_tokens) ?? numberIn(usage.output_tokens)
  if (promptTokens === undefined && completionTokens === undefined) return undefined
  const input = objectIn(usage.prompt_tokens_details) ?? objectIn(usage.input_tokens_details) ?? {}
  const output = objectIn(usage.completion_tokens_details) ?? objectIn(usage.output_tokens_details) ?? {}
  const counted = (promptTokens ?? 0) + (completionTokens ?? 0)
  const beside = Math.max(0, (numberIn(usage.total_tokens) ?? 0) - counted)
  // Mistral leaves audio out of the prompt, and counts it in the total.
  const audio = Math.min(beside, numberIn(input.audio_tokens) ?? 0)
  // xAI leaves reasoning out of completion_tokens, and Gemini does not even name it; the total
  // holds it at both.
  const uncounted = beside - audio
  return {
    inputTokens: (promptTokens ?? 0) + audio,
    outputTokens: (completionTokens ?? 0) + uncounted,
    cachedTokens: cachedIn(usage, input),
    cacheWriteTokens: numberIn(input.cache_write_tokens) ?? 0,
    reasoningTokens: numberIn(output.reasoning_tokens) ?? numberIn(usage.reasoning_tokens) ?? uncounted,
  }
}

function cachedIn(usage: JsonObject, input: JsonObject): number {
  const counts = [
    input.cached_tokens,
    // DeepSeek
    usage.prompt_cache_hit_tokens,
    // Together, Moonshot
    usage.cached_tokens,
    // Mistral
    usage.num_cached_tokens,
  ].map(numberIn)
  return counts.find((count) => count !== undefined && count !== 0) ?? 0
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
