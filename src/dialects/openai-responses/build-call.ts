/**
 * The call to a provider. A client of this dialect has its own body sent, unknown fields included;
 * others a translation.
 */
import type { JsonObject } from '../../chat/json.ts'
import type { ChatRequest } from '../../chat/request.ts'
import type { Call, Quirks, Upstream } from '../dialect.ts'
import { takesSampling } from '../effort.ts'
import { listIn, objectIn } from '../json-read.ts'
import { needsFlatTools, withFlatTools } from './flat-tools.ts'
import { withoutMarks } from './hub-marks.ts'
import { outputLimit, writeRequest } from './write-request.ts'

/**
 * @throws {HubError} VALIDATION_ERROR where the request holds what no provider of this dialect can
 *   be told.
 */
export function buildCall(request: ChatRequest, { baseUrl, model, quirks, facts = {} }: Upstream): Call {
  const own = request.origin.dialect === 'openai-responses'
  const isFlat = own && quirks.onlyFunctions === true && needsFlatTools(request)
  const { body, dropped } = own ? ownRequest(request, isFlat) : writeRequest(request, facts)
  const samples = takesSampling(model, facts, objectIn(body.reasoning)?.effort)
  const refused = [...(quirks.refuses ?? []), ...(samples ? [] : ['temperature', 'top_p'])]
  dropped.push(...leaveOut(body, refused))
  rename(body, quirks.renames ?? {})
  if (quirks.singleToolCalls && listIn(body.tools).length > 0) body.parallel_tool_calls = false
  const url = `${baseUrl}/responses`
  return { url, body: { ...body, model }, dropped, ...(isFlat && { isTranslated: true }) }
}

function ownRequest(request: ChatRequest, isFlat: boolean): { body: JsonObject; dropped: string[] } {
  const { hub: _hub, ...own } = request.origin.body
  const body = isFlat ? withFlatTools(own, request) : own
  if (body.input !== undefined) body.input = withoutMarks(body.input)
  // The pipeline may have set or lowered the limit, to keep a budget, and may want no stream where
  // the client does.
  const { maxOutputTokens: limit, stream } = request
  if (limit !== undefined && limit !== body.max_output_tokens) body.max_output_tokens = outputLimit(limit)
  if (stream) body.stream = true
  else if (body.stream === true) {
    body.stream = false
    delete body.stream_options
  }
  return { body, dropped: [] }
}

/** Removes these fields, and tells which of them the client had set. */
function leaveOut(body: JsonObject, fields: readonly string[]): string[] {
  const dropped: string[] = []
  for (const field of fields) {
    // Null is what absent looks like from some SDKs: it goes without saying.
    if (body[field] !== undefined && body[field] !== null) dropped.push(field)
    delete body[field]
  }
  return dropped
}

function rename(body: JsonObject, renames: NonNullable<Quirks['renames']>): void {
  for (const [name, theirs] of Object.entries(renames)) {
    const value = body[name]
    if (value !== undefined) body[theirs] = value
    delete body[name]
  }
}
