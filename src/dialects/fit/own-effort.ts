/**
 * Effort in a client's own body, where a route led to another model than the client had in mind, or
 * where the model is known not to reason.
 */
import type { JsonObject } from '../../chat/json.ts'
import { listIn, objectIn, textIn } from '../json-read.ts'
import { effortsOf, nearestWord } from './efforts.ts'
import type { BodyStep } from './fit.ts'

export const fitChatEffort: BodyStep = (body, profile, dropped) => {
  const asked = textIn(body.reasoning_effort)
  if (profile.isTranslated || profile.isExact || asked === undefined) return body
  const efforts = effortsOf(profile)
  if (!efforts) return body
  const word = nearestWord(asked, efforts)
  if (word === asked) return body
  if (asked !== 'none' || efforts.length > 0) dropped.push('reasoning_effort')
  const { reasoning_effort: _asked, ...rest } = body
  return word === undefined ? rest : { ...rest, reasoning_effort: word }
}

/**
 * Models that do not reason refuse the fields as such: "Encrypted content is not supported with
 * this model".
 */
export const fitResponsesEffort: BodyStep = (body, profile, dropped) => {
  if (profile.isTranslated) return body
  const efforts = body.reasoning || body.include ? effortsOf(profile) : undefined
  if (!efforts) return body
  // Codex sends both for every model. A row that is known refuses them whoever names its model.
  if (efforts.length === 0 && (profile.isKnownRow || !profile.isExact)) return withoutReasoning(body, dropped)
  if (profile.isExact) return body
  const reasoning = objectIn(body.reasoning)
  const asked = textIn(reasoning?.effort)
  if (asked === undefined) return body
  const word = nearestWord(asked, efforts)
  if (word === asked) return body
  if (asked !== 'none' || efforts.length > 0) dropped.push('reasoning.effort')
  const { effort: _asked, ...rest } = reasoning ?? {}
  return { ...body, reasoning: word === undefined ? rest : { ...rest, effort: word } }
}

const encrypted = 'reasoning.encrypted_content'

function withoutReasoning(body: JsonObject, dropped: string[]): JsonObject {
  const include = listIn(body.include)
  const asksForState = include.includes(encrypted)
  if (!objectIn(body.reasoning) && !asksForState) return body
  if (objectIn(body.reasoning)) dropped.push('reasoning')
  const { reasoning: _reasoning, ...rest } = body
  if (!asksForState) return rest
  dropped.push('include')
  return { ...rest, include: include.filter((name) => name !== encrypted) }
}
