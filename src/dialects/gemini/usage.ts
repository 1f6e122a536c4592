/**
 * Token counts. Fields that are zero are absent; thoughts are not among the candidates' tokens;
 * what the model was shown by tools that run at Google is counted apart from the prompt. Reports
 * are cumulative. https://ai.google.dev/api/generate-content#UsageMetadata
 */
import type { Usage } from '../../chat/events.ts'
import type { Json, JsonObject } from '../../chat/json.ts'
import { compact, numberIn, objectIn } from '../json-read.ts'

/** Usage in a whole answer or in one chunk. */
export function readUsage(body: Json): Usage | undefined {
  const usage = objectIn(objectIn(body)?.usageMetadata)
  const promptTokens = numberIn(usage?.promptTokenCount)
  const candidatesTokens = numberIn(usage?.candidatesTokenCount)
  if (!usage || (promptTokens === undefined && candidatesTokens === undefined)) return undefined
  const reasoningTokens = numberIn(usage.thoughtsTokenCount) ?? 0
  return {
    inputTokens: (promptTokens ?? 0) + (numberIn(usage.toolUsePromptTokenCount) ?? 0),
    outputTokens: (candidatesTokens ?? 0) + reasoningTokens,
    cachedTokens: numberIn(usage.cachedContentTokenCount) ?? 0,
    cacheWriteTokens: 0,
    reasoningTokens,
  }
}

export function writeUsage(usage: Usage): JsonObject {
  const { inputTokens, outputTokens, cachedTokens, reasoningTokens } = usage
  return compact({
    promptTokenCount: inputTokens,
    candidatesTokenCount: Math.max(0, outputTokens - reasoningTokens),
    totalTokenCount: inputTokens + outputTokens,
    cachedContentTokenCount: cachedTokens || undefined,
    thoughtsTokenCount: reasoningTokens || undefined,
  })
}
