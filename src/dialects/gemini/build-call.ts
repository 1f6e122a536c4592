/**
 * The call to a provider. A client of this dialect has its own body sent, unknown fields included;
 * others a translation.
 */
import { isJsonObject, type JsonObject } from '../../chat/json.ts'
import type { ChatRequest } from '../../chat/request.ts'
import { HubError } from '../../errors.ts'
import type { Call, Upstream } from '../dialect.ts'
import { numberIn, objectIn } from '../json-read.ts'
import { signForProvider } from './sign-history.ts'
import { writeRequest } from './write-request.ts'

/**
 * @throws {HubError} VALIDATION_ERROR where the request holds what no provider of this dialect can
 *   be told.
 */
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

/**
 * The pipeline may have set or lowered the limit, to keep a budget, after the request was read.
 * Both the configuration and the limit have two names in this dialect; where a limit has to be set,
 * one of each goes out.
 */
function setOutputLimit(body: JsonObject, limit: number | undefined): JsonObject {
  const { generationConfig, generation_config, ...others } = body
  const config: JsonObject = { ...objectIn(generation_config), ...objectIn(generationConfig) }
  const { maxOutputTokens, max_output_tokens, ...settings } = config
  const asked = [maxOutputTokens, max_output_tokens].flatMap((value) => numberIn(value) ?? [])
  const isOne = asked.length === 1 && (!isJsonObject(generationConfig) || !isJsonObject(generation_config))
  if (limit === undefined || (isOne && limit === asked[0])) return body
  const place = isJsonObject(generation_config) && !isJsonObject(generationConfig)
  const name = place ? 'generation_config' : 'generationConfig'
  return { ...others, [name]: { ...settings, maxOutputTokens: limit } }
}

/** `gemini-x` and `models/gemini-x` are the same; `tunedModels/x` is a name of its own kind. */
function modelPath(model: string): string {
  const steps = model.split('/')
  // An id must not lead out of its place in the address.
  if (steps.some((step) => step === '' || step === '.' || step === '..'))
    throw new HubError('VALIDATION_ERROR', `Invalid model name "${model}".`, { param: 'model' })
  const path = steps.map(encodeURIComponent).join('/')
  return steps[0] === 'models' || steps[0] === 'tunedModels' ? path : `models/${path}`
}
