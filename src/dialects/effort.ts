/** OpenAI's dialects have words for how long a model thinks, where others have budgets. */
import type { ReasoningOptions } from '../chat/request.ts'

/**
 * The word for a budget of thought, in tokens; undefined where nothing is said of it. The bounds are those OpenRouter and LiteLLM
 * use; no vendor gives any.
 */
export function effortOf({ effort, budgetTokens }: ReasoningOptions): string | undefined {
  // Gemini's clients say -1 for as much as the model likes.
  if (effort !== undefined || budgetTokens === undefined || budgetTokens < 0) return effort
  if (budgetTokens === 0) return 'none'
  if (budgetTokens < 2048) return 'low'
  return budgetTokens < 8192 ? 'medium' : 'high'
}
