/** The call to a provider. A client of this dialect has its own body sent, unknown fields included; others a translation. */
import { isJsonObject, type JsonObject } from '../../chat/json.ts'
import type { ChatRequest } from '../../chat/request.ts'
import { HubError } from '../../errors.ts'
import type { Call, Upstream } from '../dialect.ts'
import { numberIn, objectIn } from '../read.ts'
import { signForProvider } from './sign-history.ts'
import { writeRequest } from './write-request.ts'

/** @throws {HubError} VALIDATION_ERROR where the request holds what no provider of this dialect can be told. */
export function buildCall(request: ChatRequest, upstream: Upstream): Call {
  const { baseUrl, model } = upstream
  const method = request.stream ? 'streamGenerateContent?alt=sse' : 'generateContent'
  const { body, dropped } = writeBody(request, upstream)
  return {
    url: `${baseUrl}/${modelPath(model)}:${method}`,
    body: signForProvider(body, model),
    dropped,
  }
}

function writeBody(request: ChatRequest, upstream: Upstream): Pick<Call, 'body' | 'dropped'> {
  if (request.origin.dialect !== 'gemini') return writeRequest(request, upstream)
  // The model stands in the address; a body that names one too would name the hub's.
  const { hub: _hub, model: _model, ...fields } = request.origin.body
  return { body: setOutputLimit(fields, request.maxOutputTokens), dropped: [] }
}

/** The pipeline may have set or lowered the limit, to keep a budget, after the request was read. */
function setOutputLimit(body: JsonObject, limit: number | undefined): JsonObject {
  const place = isJsonObject(body.generation_config) ? 'generation_config' : 'generationConfig'
  const { maxOutputTokens, max_output_tokens, ...config } = objectIn(body[place]) ?? {}
  const asked = numberIn(maxOutputTokens) ?? numberIn(max_output_tokens)
  if (limit === undefined || limit === asked) return body
  return { ...body, [place]: { ...config, maxOutputTokens: limit } }
}

/** `gemini-x` and `models/gemini-x` are the same; `tunedModels/x` is a name of its own kind. */
function modelPath(model: string): string {
  const steps = model.split('/')
  // An id must not lead out of its place in the address.
  if (steps.some((step) => step === '' || step === '.' || step === '..'))
    throw new HubError('VALIDATION_ERROR', `"${model}" is not the name of a model.`, { param: 'model' })
  const path = steps.map(encodeURIComponent).join('/')
  return steps[0] === 'models' || steps[0] === 'tunedModels' ? path : `models/${path}`
}
