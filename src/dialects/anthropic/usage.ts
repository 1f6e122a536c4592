/**
 * Token counts. `input_tokens` leaves out what was read from the cache or written to it; canonical
 * input is all of it. The counts of a stream are cumulative, and the last event need not say all of
 * them again.
 */
import type { Usage } from '../../chat/events.ts'
import type { Json, JsonObject } from '../../chat/json.ts'
import { numberIn, objectIn } from '../json-read.ts'

/** What was said so far. */
export interface Counts {
  input?: number
  cacheRead?: number
  cacheWrite?: number
  hourCacheWrite?: number
  output?: number
  thinking?: number
}

/** Counts with a later report laid over them; undefined where it says nothing. */
export function mergeCounts(known: Counts, report: Json | undefined): Counts | undefined {
  const usage = objectIn(report) ?? {}
  const said = {
    input: numberIn(usage.input_tokens),
    cacheRead: numberIn(usage.cache_read_input_tokens),
    cacheWrite: numberIn(usage.cache_creation_input_tokens),
    hourCacheWrite: numberIn(objectIn(usage.cache_creation)?.ephemeral_1h_input_tokens),
    output: numberIn(usage.output_tokens),
    thinking: numberIn(objectIn(usage.output_tokens_details)?.thinking_tokens),
  }
  const entries = Object.entries(said).filter(([, count]) => count !== undefined)
  return entries.length > 0 ? { ...known, ...Object.fromEntries(entries) } : undefined
}

export function usageOf({
  input = 0,
  cacheRead = 0,
  cacheWrite = 0,
  hourCacheWrite = 0,
  output = 0,
  thinking = 0,
}: Counts): Usage {
  return {
    inputTokens: input + cacheRead + cacheWrite,
    outputTokens: output,
    cachedTokens: cacheRead,
    cacheWriteTokens: cacheWrite,
    reasoningTokens: thinking,
    ...(hourCacheWrite !== 0 && { hourCacheWriteTokens: hourCacheWrite }),
  }
}

/** Usage in a whole answer. */
export function readUsage(body: Json): Usage | undefined {
  const counts = mergeCounts({}, objectIn(body)?.usage)
  return counts && usageOf(counts)
}

/** The SDKs' types have no answer without usage: zeros where none was reported. */
export function writeUsage(usage: Usage | undefined): JsonObject {
  const {
    inputTokens = 0,
    outputTokens = 0,
    cachedTokens = 0,
    cacheWriteTokens = 0,
    reasoningTokens = 0,
  } = usage ?? {}
  return {
    input_tokens: Math.max(0, inputTokens - cachedTokens - cacheWriteTokens),
    cache_creation_input_tokens: cacheWriteTokens,
    cache_read_input_tokens: cachedTokens,
    output_tokens: outputTokens,
    output_tokens_details: { thinking_tokens: reasoningTokens },
  }
}
