/** Embeddings, as they are asked of a provider. The answer is relayed; only its usage is read. */
import type { Json } from '../../chat/json.ts'
import type { ChatRequest } from '../../chat/request.ts'
import { estimatedUsage, type Usage } from '../../chat/events.ts'
import { findError, readError } from '../provider-error.ts'
import type { Call, Outbound, Upstream } from '../dialect.ts'
import { numberIn, objectIn } from '../json-read.ts'

export const openaiEmbeddingsOutbound: Outbound = {
  id: 'openai-embeddings',
  buildCall,
  readUsage,
  readComplaint: findError,
  isAnswer: (body) => Array.isArray(objectIn(body)?.data),
  parseError: readError,
  parseResponse: neverTranslated,
  parseStream: neverTranslated,
  glimpse: neverTranslated,
}

function buildCall(request: ChatRequest, { baseUrl, model }: Upstream): Call {
  const { hub: _hub, ...body } = request.origin.body
  return { url: `${baseUrl}/embeddings`, body: { ...body, model }, dropped: [] }
}

function readUsage(body: Json): Usage | undefined {
  const inputTokens = numberIn(objectIn(objectIn(body)?.usage)?.prompt_tokens)
  if (inputTokens === undefined) return undefined
  const { estimated: _reported, ...usage } = estimatedUsage(inputTokens, 0)
  return usage
}

function neverTranslated(): never {
  throw new Error('Embeddings need a provider with the same API format.')
}
