/**
 * A client's own body, fitted to the model that answers: a route may lead to another generation of
 * Claude than the client had in mind. Only what is known to be refused is changed, and named; a
 * body that fits is left as it is.
 */
import { isJsonObject, type JsonObject } from '../../chat/json.ts'
import type { ReasoningOptions } from '../../chat/request.ts'
import type { Upstream } from '../dialect.ts'
import { listIn, numberIn, objectIn, textIn } from '../json-read.ts'
import { withoutMembers } from '../without-members.ts'
import { abilitiesOf, type Abilities } from '../anthropic/generations.ts'
import { lacksThinking } from '../anthropic/replay.ts'
import {
  fitBudget,
  nearestEffort,
  planThinking,
  writeThinking,
  type Thinking,
} from '../anthropic/thinking.ts'

const samplingFields = ['temperature', 'top_p', 'top_k']

export function fitClaudeModel(
  body: JsonObject,
  reasoning: ReasoningOptions | undefined,
  { model, facts }: Upstream,
  dropped: string[],
): JsonObject {
  const abilities = abilitiesOf(model)
  const fitted = facts?.sampling === false ? leaveOut(body, samplingFields, dropped) : body
  if (!abilities) return fitted
  return fitOutputEffort(fitThinking(fitted, reasoning, abilities, dropped), abilities, dropped)
}

function leaveOut(body: JsonObject, fields: string[], dropped: string[]): JsonObject {
  const set = fields.filter((field) => body[field] !== undefined && body[field] !== null)
  dropped.push(...set)
  return withoutMembers(body, set)
}

/** Thinking asked for in a way that the model does not know, said in the way that it does. */
function fitThinking(
  body: JsonObject,
  reasoning: ReasoningOptions | undefined,
  abilities: Abilities,
  dropped: string[],
): JsonObject {
  const type = textIn(objectIn(body.thinking)?.type)
  const unknown =
    ((type === 'adaptive' || type === 'enabled') && !abilities.thinking.includes(type)) ||
    (type === 'disabled' && abilities.alwaysThinks)
  if (!unknown) return body
  const { thinking, effort } = writeThinking(fit(planThinking(reasoning, abilities), body))
  if (thinking?.type === 'disabled' || type === 'disabled') dropped.push('thinking')
  const fitted = thinking ? { ...body, thinking } : body
  return effort === undefined
    ? fitted
    : { ...fitted, output_config: { ...objectIn(body.output_config), effort } }
}

function fit(thinking: Thinking, body: JsonObject): Thinking {
  if (thinking.type !== 'budget') return thinking
  const budgetTokens = fitBudget(thinking.budgetTokens, numberIn(body.max_tokens) ?? 0)
  const history = listIn(body.messages).filter(isJsonObject)
  return budgetTokens === undefined || lacksThinking(history)
    ? { type: 'off' }
    : { ...thinking, budgetTokens }
}

function fitOutputEffort(body: JsonObject, abilities: Abilities, dropped: string[]): JsonObject {
  const config = objectIn(body.output_config)
  const effort = textIn(config?.effort)
  if (effort === undefined || abilities.efforts.includes(effort)) return body
  const { effort: _refused, ...rest } = config ?? {}
  if (abilities.efforts.length > 0)
    return { ...body, output_config: { ...rest, effort: nearestEffort(effort, abilities) } }
  dropped.push('output_config.effort')
  if (Object.keys(rest).length > 0) return { ...body, output_config: rest }
  const { output_config: _empty, ...bare } = body
  return bare
}
