/**
 * The call to a provider. A client of this dialect has its own body sent, unknown fields included;
 * others a translation.
 */
import type { Json, JsonObject } from '../../chat/json.ts'
import type { ChatRequest } from '../../chat/request.ts'
import type { Call, Upstream } from '../dialect.ts'
import { objectIn } from '../json-read.ts'
import { applyQuirks, refusedByModel } from '../fit/chat-quirks.ts'
import { writeRequest } from './write-request.ts'

/**
 * @throws {HubError} VALIDATION_ERROR where the request holds what no provider of this dialect can
 *   be told.
 */
export function buildCall(request: ChatRequest, { baseUrl, model, quirks, facts }: Upstream): Call {
  const own = request.origin.dialect === 'openai-chat'
  const { hub: _hub, ...fields } = own ? request.origin.body : writeRequest(request)
  const limited = own ? setOutputLimit(fields, request.maxOutputTokens) : fields
  const streamed = setStreaming({ ...limited, model }, request.stream)
  // Reasoning that was translated goes only where a provider is known to want it.
  const { body, dropped } = applyQuirks(streamed, {
    ...(!own && { reasoningField: 'none' }),
    ...quirks,
    refuses: [...(quirks.refuses ?? []), ...refusedByModel(facts, streamed)],
  })
  return { url: `${baseUrl}/chat/completions`, body, dropped }
}

/**
 * The pipeline may have set or lowered the limit, to keep a budget, after the request was read. One
 * name goes out: the client's own, and where it used both, the older one, which every server of
 * this dialect knows. A row's quirk renames it.
 */
function setOutputLimit(body: JsonObject, limit: number | undefined): JsonObject {
  const { max_completion_tokens: newer, max_tokens: older, ...others } = body
  const hasOlder = older !== undefined && older !== null
  const hasBoth = hasOlder && newer !== undefined && newer !== null
  if (limit === undefined || (!hasBoth && limit === (newer ?? older))) return body
  return hasOlder ? { ...others, max_tokens: limit } : { ...others, max_completion_tokens: limit }
}

/**
 * Usage is always asked for: the hub counts it. The client that did not ask for it is not shown it.
 */
function setStreaming(body: JsonObject, stream: boolean): JsonObject {
  if (stream) {
    const options: Json = { ...objectIn(body.stream_options), include_usage: true }
    return { ...body, stream: true, stream_options: options }
  }
  if (body.stream !== true) return body
  const { stream_options: _options, ...whole } = body
  return { ...whole, stream: false }
}
