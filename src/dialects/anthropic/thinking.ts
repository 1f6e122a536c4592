/**
 * How much a model is to think. Canonical requests say it as a word or as a budget; Claude takes
 * the one or the other by its generation. A budget is part of the output limit, and Anthropic
 * refuses one under 1024 tokens or not under the limit.
 */
import type { JsonObject } from '../../chat/json.ts'
import type { ReasoningOptions } from '../../chat/request.ts'
import type { Abilities } from './generations.ts'

export type Thinking =
  | { type: 'unasked' }
  | { type: 'off' }
  | { type: 'adaptive'; effort?: string }
  | { type: 'budget'; budgetTokens: number; effort?: string }

const leastBudget = 1024

/**
 * How many tokens a word means, from the least to the most. No vendor says; the first three are in
 * use at other gateways.
 */
const budgets: ReadonlyMap<string, number> = new Map([
  ['minimal', leastBudget],
  ['low', leastBudget],
  ['medium', 4096],
  ['high', 16_384],
  ['xhigh', 32_768],
  ['max', 65_536],
])
const words = [...budgets.keys()]
/** What a word means that is in no table, and a wish to think that says no more. */
const plainBudget = 4096

/** What is asked of a model with these abilities. */
export function planThinking(reasoning: ReasoningOptions | undefined, abilities: Abilities): Thinking {
  if (!reasoning) return { type: 'unasked' }
  const { effort, budgetTokens } = reasoning
  if (effort === 'none' || (effort === undefined && budgetTokens === 0)) {
    // One that cannot but think is asked for the least.
    return abilities.alwaysThinks ? { type: 'adaptive', effort: 'low' } : { type: 'off' }
  }
  if (abilities.thinking[0] === 'adaptive') {
    const word = effort ?? effortFor(budgetTokens)
    return word === undefined
      ? { type: 'adaptive' }
      : { type: 'adaptive', effort: nearestEffort(word, abilities) }
  }
  // Gemini's clients say -1 for as much as the model likes.
  const given = budgetTokens !== undefined && budgetTokens > 0 ? budgetTokens : undefined
  const budget = given ?? budgets.get(effort ?? '') ?? plainBudget
  const told = effort !== undefined && abilities.efforts.length > 0
  return { type: 'budget', budgetTokens: budget, ...(told && { effort: nearestEffort(effort, abilities) }) }
}

function effortFor(budgetTokens: number | undefined): string | undefined {
  if (budgetTokens === undefined || budgetTokens < 0) return undefined
  return words.findLast((word) => (budgets.get(word) ?? 0) <= budgetTokens) ?? 'low'
}

/**
 * The word itself where the model knows it, else the next lesser one it knows. A word known to
 * nobody is passed on.
 */
export function nearestEffort(word: string, { efforts }: Abilities): string {
  if (efforts.includes(word) || !words.includes(word)) return word
  const lesser = words.slice(0, words.indexOf(word)).findLast((each) => efforts.includes(each))
  return lesser ?? efforts[0] ?? word
}

/**
 * A budget that leaves a fifth of the output limit for the answer; undefined where there is no room
 * for any.
 */
export function fitBudget(budgetTokens: number, limit: number): number | undefined {
  if (limit <= leastBudget) return undefined
  const room = Math.max(leastBudget, Math.floor(limit * 0.8))
  return Math.min(Math.max(budgetTokens, leastBudget), room)
}

/** The output limit that a budget needs where none is set. */
export function limitFor(thinking: Thinking, answerTokens: number): number {
  return thinking.type === 'budget' ? thinking.budgetTokens + answerTokens : answerTokens
}

/** The fields that say it. */
export function writeThinking(thinking: Thinking): { thinking?: JsonObject; effort?: string } {
  switch (thinking.type) {
    case 'unasked':
      return {}
    case 'off':
      return { thinking: { type: 'disabled' } }
    case 'adaptive':
      return { thinking: { type: 'adaptive' }, ...(thinking.effort && { effort: thinking.effort }) }
    case 'budget':
      return {
        thinking: { type: 'enabled', budget_tokens: thinking.budgetTokens },
        ...(thinking.effort && { effort: thinking.effort }),
      }
  }
}

/** Whether the model thinks before it answers. */
export function isOn({ type }: Thinking): boolean {
  return type === 'adaptive' || type === 'budget'
}
