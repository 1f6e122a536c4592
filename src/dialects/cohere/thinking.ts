/**
 * How much a model should think. Cohere's models think or do not, within a budget of tokens.
 * https://docs.cohere.com/docs/reasoning
 */
import type { JsonObject } from '../../chat/json.ts'
import type { ModelFacts } from '../../chat/model.ts'
import type { ReasoningOptions } from '../../chat/request.ts'
import { entryOf } from '../json-read.ts'

/**
 * Budgets for words, which no vendor gives. A word that is not here asks for much: no budget is
 * set.
 */
const budgets: Readonly<Record<string, number>> = { minimal: 512, low: 1024, medium: 4096 }

/**
 * The field `thinking`; undefined where the model is known not to think, and would refuse to be
 * told.
 */
export function writeThinking(
  { effort, budgetTokens }: ReasoningOptions,
  { reasoning }: ModelFacts,
): JsonObject | undefined {
  if (reasoning === false) return undefined
  if (effort === 'none' || budgetTokens === 0) return { type: 'disabled' }
  const budget = budgetTokens ?? entryOf(budgets, effort ?? '')
  // A budget below zero leaves it to the model, as Gemini has it.
  return budget === undefined || budget < 0 ? { type: 'enabled' } : { type: 'enabled', token_budget: budget }
}
