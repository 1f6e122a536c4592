/** OpenAI's dialects have words for how long a model thinks, where others have budgets. */
import type { Json } from '../chat/json.ts'
import type { ModelFacts } from '../chat/model.ts'
import type { ReasoningOptions } from '../chat/request.ts'

/**
 * The word for a budget of thought, in tokens; undefined where nothing is said of it. The bounds
 * are those OpenRouter and LiteLLM use; no vendor gives any.
 */
export function effortOf({ effort, budgetTokens }: ReasoningOptions): string | undefined {
  // Gemini's clients say -1 for as much as the model likes.
  if (effort !== undefined || budgetTokens === undefined || budgetTokens < 0) return effort
  if (budgetTokens === 0) return 'none'
  if (budgetTokens < 2048) return 'low'
  return budgetTokens < 8192 ? 'medium' : 'high'
}

/**
 * Whether a model of OpenAI's dialects takes temperature and the like. Those that reason take them
 * again where they are told not to (gpt-5.1 and later), which some of them do unasked. models.dev
 * says of those that they take it.
 * @param effort the word for effort in the body that goes out.
 */
export function takesSampling(
  model: string,
  facts: ModelFacts | undefined,
  effort: Json | undefined,
): boolean {
  if (facts?.sampling === undefined || effort === 'none') return true
  if (!/^gpt-5\.[1-4](?!\d)(?!.*(?:codex|pro))/.test(model)) return facts.sampling
  return effort === undefined || effort === null
}
