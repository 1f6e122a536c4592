/** What depends on a model's generation, which only its name tells. */
import type { JsonObject } from '../../chat/json.ts'
import type { ReasoningOptions } from '../../chat/request.ts'
import { compact, entryOf } from '../json-read.ts'

/**
 * 2.5 for `gemini-2.5-flash`, whatever stands around it; undefined where the name tells nothing. An
 * alias of the newest is as new as the newest that was known when this was written.
 */
export function generationOf(model: string): number | undefined {
  if (/gemini-(?:pro|flash|flash-lite)-latest/.test(model)) return 3
  const version = /gemini-(\d+(?:\.\d+)?)/.exec(model)?.[1]
  return version === undefined ? undefined : Number(version)
}

/** Google's own table, by which its OpenAI-compatible endpoint reads `reasoning_effort`. */
const budgets: Readonly<Record<string, number>> = { none: 0, minimal: 1024, low: 1024, medium: 8192 }
const highBudget = 24_576

/**
 * How much a model should think, in the words of its generation: levels from 3 on, a budget in 2.5,
 * nothing before. Undefined where the model does not know the question.
 * https://ai.google.dev/gemini-api/docs/openai#thinking,
 * https://ai.google.dev/gemini-api/docs/thinking
 */
export function thinkingConfigFor(model: string, reasoning: ReasoningOptions): JsonObject | undefined {
  const { budgetTokens } = reasoning
  const effort = reasoning.effort ?? (budgetTokens === 0 ? 'none' : undefined)
  const generation = generationOf(model) ?? 3
  if (generation < 2.5) return undefined
  const includeThoughts = effort === 'none' ? undefined : true
  if (generation >= 3) {
    // A budget is still taken there, but not beside a level.
    return effort === undefined
      ? compact({ thinkingBudget: budgetTokens, includeThoughts })
      : compact({ thinkingLevel: levelFor(effort, model), includeThoughts })
  }
  const budget = budgetTokens ?? (effort === undefined ? undefined : (entryOf(budgets, effort) ?? highBudget))
  const thinkingBudget = budget === undefined ? undefined : fitBudget(budget, model)
  return compact({ thinkingBudget, includeThoughts })
}

/** Pro models cannot be stopped from thinking. */
function isPro(model: string): boolean {
  return /gemini-[\d.]*-?pro/.test(model)
}

/** A budget in the range that a model of generation 2.5 takes. */
function fitBudget(budget: number, model: string): number {
  if (isPro(model)) return Math.min(Math.max(budget, 128), 32_768)
  if (budget === 0) return 0
  return Math.min(Math.max(budget, model.includes('lite') ? 512 : 1), highBudget)
}

function levelFor(effort: string, model: string): string {
  switch (effort) {
    case 'none':
    case 'minimal':
      return isPro(model) ? 'LOW' : 'MINIMAL'
    case 'xhigh':
    case 'max':
      return 'HIGH'
    default:
      return effort.toUpperCase()
  }
}
