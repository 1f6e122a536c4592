/**
 * Settings of a request, as the receiver takes them: the name of the user, limits, stop sequences,
 * sampling and effort. Every step gives the same request where there is nothing to change.
 */
import type { ChatRequest } from '../../chat/request.ts'
import { effortOf } from '../effort.ts'
import { shortId } from './short-id.ts'
import { smallestLimit } from '../output-limits.ts'
import { effortsOf, nearestWord } from './efforts.ts'
import type { Step } from './fit.ts'
import type { Profile } from './profile.ts'

/** A name that is too long, as a hash: the provider can still tell one user from another. */
export const fitUser: Step = (request, { limits: { longestUser } }, dropped) => {
  const { user } = request
  if (user === undefined || user.length <= longestUser) return request
  dropped.push('user')
  return { ...request, user: `user_${shortId(`user ${user}`)}${shortId(`${user} user`)}` }
}

/**
 * The smaller of what is asked for and what the model can write, also of a model that the client
 * named: agents ask for one limit everywhere. A number below one asks for no limit,
 * and a relay of a named model keeps it.
 */
export const fitOutputLimit: Step = (request, { facts, isTranslated, isExact }, dropped) => {
  const { maxOutputTokens: asked, ...rest } = request
  if (asked === undefined || (asked < 1 && isExact && !isTranslated)) return request
  const limit = smallestLimit(asked, asked > 0 ? facts?.outputTokens : undefined)
  if (limit === asked) return request
  dropped.push('max_tokens')
  return limit === undefined ? rest : { ...request, maxOutputTokens: limit }
}

export const fitStops: Step = (request, { limits: { mostStops } }, dropped) => {
  const { stop = [] } = request
  if (stop.length <= mostStops) return request
  dropped.push('stop')
  return { ...request, stop: stop.slice(0, mostStops) }
}

/**
 * Keeps `top_k` for receivers that are known to take it. Local servers take -1 and 0 for no bound.
 */
export const fitTopK: Step = (request, profile, dropped) => {
  const { topK, ...others } = request.sampling
  if (topK === undefined || (topK > 0 && takesTopK(profile))) return request
  if (topK > 0) dropped.push('top_k')
  return { ...request, sampling: others }
}

function takesTopK({ dialect, quirks }: Profile): boolean {
  return dialect !== 'openai-chat' || (quirks.takes?.includes('top_k') ?? false)
}

/**
 * The words for effort are OpenAI's dialects'; the other dialects' writers say it in their own way.
 */
export const fitEffort: Step = (request, profile, dropped) => {
  const asked = request.reasoning && effortOf(request.reasoning)
  const { dialect } = profile
  const isWorded = dialect === 'openai-chat' || dialect === 'openai-responses'
  const efforts = isWorded && asked !== undefined ? effortsOf(profile) : undefined
  if (!efforts || asked === undefined || efforts.includes(asked)) return request
  const word = nearestWord(asked, efforts)
  if (word === asked) return request
  // Not to reason is what a model without reasoning does anyway.
  if (asked !== 'none' || efforts.length > 0) dropped.push('reasoning_effort')
  return word === undefined ? withoutReasoning(request) : { ...request, reasoning: { effort: word } }
}

function withoutReasoning({ reasoning: _reasoning, ...rest }: ChatRequest): ChatRequest {
  return rest
}
