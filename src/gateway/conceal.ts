/**
 * What answers and failures say to a caller who may not learn who was asked (`exposeServedBy:
 * false`): what happened and what to do, without a provider, a model or a key, and without a
 * provider's own words. Pure.
 */
import type { Caller } from '../auth/caller.ts'
import { isJsonObject, type JsonObject } from '../chat/json.ts'
import { type ErrorCode, HubError } from '../errors.ts'

/** Whether errors name nobody: the hub is set so, and no person asks in a session of their own. */
export function concealsFrom({ session, configuration }: Caller): boolean {
  return session === null && !configuration.settings.exposeServedBy
}

/**
 * The same error without names.
 * @param sent the body of the request: a field that a provider complains of is named if the client
 *   sent it.
 */
export function conceal(error: HubError, sent: JsonObject): HubError {
  const { code, upstream, trail, retryAt } = error
  const message = upstream ? refusalOf(upstream.verdict) : (messages[code] ?? error.message)
  const param = upstream ? fieldIn(upstream.param, sent) : error.param
  return new HubError(code, message, {
    param,
    retryAt,
    trail,
    concealed: true,
    ...(upstream && {
      upstream: {
        blame: upstream.blame,
        verdict: upstream.verdict,
        message,
        ...(upstream.status !== undefined && { status: upstream.status }),
        ...(param !== undefined && { param }),
      },
    }),
  })
}

/** What an answer bears in place of what its provider says of itself. */
export interface ShownAs {
  /** The name that the client asked for. */
  model: string
  /** An id of the hub's: those of providers begin with letters of their own. */
  id: string
}

/** Members in which the dialects name the model, at the top of an answer or event. */
const modelMembers = ['model', 'modelVersion'] as const
/** Members that only some providers send, and that give them away, at the top and in usage. */
const ownMembers: ReadonlySet<string> = new Set([
  'provider',
  'system_fingerprint',
  'x_groq',
  'timings',
  'nvext',
  'cost',
  'cost_details',
  'is_byok',
  'queue_time',
  'prompt_time',
  'completion_time',
  'total_time',
  'native_finish_reason',
])
/** Members of an event that hold an answer's head. */
const heads = ['message', 'response'] as const

/**
 * A provider's answer or event under the name that the client asked for, and an id of the hub's;
 * the same object where it names nobody. Ids of the Responses dialect stay: clients refer to them.
 */
export function concealAnswer(body: JsonObject, shown: ShownAs): JsonObject {
  const nested = heads.flatMap((name): [string, JsonObject][] => {
    const head = body[name]
    if (!isJsonObject(head)) return []
    const concealed = concealAnswer(head, shown)
    return concealed === head ? [] : [[name, concealed]]
  })
  const { usage, choices } = body
  if (isJsonObject(usage) && hasOwnMembers(usage)) nested.push(['usage', withoutOwn(usage)])
  const named = modelMembers.filter((name) => typeof body[name] === 'string')
  const ids = idMembers(body)
  const marked = Array.isArray(choices) && choices.some((one) => isJsonObject(one) && hasOwnMembers(one))
  if (nested.length + named.length + ids.length === 0 && !marked && !hasOwnMembers(body)) return body
  return {
    ...withoutOwn(body),
    ...(marked && { choices: choices.map((one) => (isJsonObject(one) ? withoutOwn(one) : one)) }),
    ...Object.fromEntries(named.map((name) => [name, shown.model])),
    ...Object.fromEntries(ids.map((name) => [name, shown.id])),
    ...Object.fromEntries(nested),
  }
}

/** The members of an answer's head or event that hold its id. */
function idMembers({ id, object, type, responseId }: JsonObject): string[] {
  const isAnswer = (typeof object === 'string' && object.startsWith('chat.completion')) || type === 'message'
  return [
    ...(isAnswer && typeof id === 'string' ? ['id'] : []),
    ...(typeof responseId === 'string' ? ['responseId'] : []),
  ]
}

function hasOwnMembers(body: JsonObject): boolean {
  return Object.keys(body).some((name) => ownMembers.has(name))
}

function withoutOwn(body: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([name]) => !ownMembers.has(name)))
}

/** Codes whose usual message names who was asked. */
const messages: Partial<Record<ErrorCode, string>> = {
  VALIDATION_ERROR: 'This request contains something that none of these models accepts.',
  NO_ELIGIBLE_KEY: 'No key can serve this request.',
  NOT_FOUND: 'No model of this name is available.',
  REQUEST_TIMEOUT: 'The request timed out before a provider answered.',
  QUOTA_EXHAUSTED: 'All keys for this request are cooling down or out of quota.',
  PROVIDER_ERROR: 'This request could not be served: every attempt failed.',
  PROVIDER_TIMEOUT: 'This request could not be served: the last attempt was not answered in time.',
}

function refusalOf(verdict: string): string {
  switch (verdict) {
    case 'context-too-long':
    case 'too-large':
      return 'This request is too long.'
    case 'content-policy':
    case 'blocked':
      return 'This request was refused for its content.'
    default:
      return 'This request was refused as invalid.'
  }
}

function fieldIn(param: string | undefined, sent: JsonObject): string | undefined {
  const [, first] = /^(\w{1,64})(?:[.[]|$)/.exec(param ?? '') ?? []
  return first !== undefined && Object.hasOwn(sent, first) ? first : undefined
}
