/**
 * The call to a provider. A client of this dialect has its own body sent, unknown fields included;
 * others a translation.
 */
import type { JsonObject } from '../../chat/json.ts'
import type { ChatRequest } from '../../chat/request.ts'
import type { Call, Upstream } from '../dialect.ts'
import { fitClaudeModel } from '../fit/claude-model.ts'
import { withLimit, withoutForeign } from './client-body.ts'
import { writeRequest } from './write-request.ts'

/**
 * @throws {HubError} VALIDATION_ERROR where the request holds what no provider of this dialect can
 *   be told.
 */
export function buildCall(request: ChatRequest, upstream: Upstream): Call {
  const own = request.origin.dialect === 'anthropic'
  const { body, dropped } = own ? ownRequest(request, upstream) : writeRequest(request, upstream)
  const streamed = setStreaming({ ...body, model: upstream.model }, request.stream)
  for (const field of upstream.quirks.refuses ?? []) {
    if (streamed[field] !== undefined && streamed[field] !== null) dropped.push(field)
    delete streamed[field]
  }
  return { url: `${upstream.baseUrl}/messages`, body: streamed, dropped }
}

function ownRequest(
  { origin, maxOutputTokens, reasoning }: ChatRequest,
  upstream: Upstream,
): { body: JsonObject; dropped: string[] } {
  const { hub: _hub, ...fields } = origin.body
  const dropped: string[] = []
  const limited = withLimit(withoutForeign(fields, dropped), maxOutputTokens, dropped)
  return { body: fitClaudeModel(limited, reasoning, upstream, dropped), dropped }
}

function setStreaming(body: JsonObject, stream: boolean): JsonObject {
  if (stream) return { ...body, stream: true }
  return body.stream === true ? { ...body, stream: false } : body
}
