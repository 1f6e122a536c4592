/**
 * Embeddings, as a dialect that only translates into itself: a request finds its way through
 * routes, pools and fallback like any other, and reaches providers that have embeddings.
 */
import { isJsonObject } from '../../chat/json.ts'
import type { ChatRequest } from '../../chat/request.ts'
import { HubError } from '../../errors.ts'
import { validationError } from '../../http/validation.ts'
import type { Inbound } from '../dialect.ts'
import { renderError } from '../openai-chat/render-error.ts'
import { embeddingsRequest } from './wire.ts'

export const openaiEmbeddingsInbound: Inbound = {
  id: 'openai-embeddings',
  parseRequest,
  renderResponse: neverTranslated,
  renderStream: neverTranslated,
  renderError,
  renderStreamError: (error, requestId) => [{ data: JSON.stringify(renderError(error, requestId)) }],
}

function parseRequest(body: unknown): ChatRequest {
  const read = embeddingsRequest.safeParse(body)
  if (!read.success) throw validationError(read.error)
  if (!isJsonObject(body)) throw new HubError('VALIDATION_ERROR', 'The request body must be an object.')
  return {
    model: read.data.model ?? '',
    messages: [{ role: 'user', content: textsOf(read.data.input).map((text) => ({ type: 'text', text })) }],
    tools: [],
    sampling: {},
    // Nothing is written: what is reserved is the input.
    maxOutputTokens: 0,
    stream: false,
    streamUsage: false,
    origin: { dialect: 'openai-embeddings', body },
  }
}

/** The input as texts of about its size: each token that came as a number is a word of its own. */
function textsOf(input: string | (string | number | number[])[]): string[] {
  if (typeof input === 'string') return [input]
  return input.map((entry) => {
    if (typeof entry === 'string') return entry
    return 'word '.repeat(typeof entry === 'number' ? 1 : entry.length)
  })
}

function neverTranslated(): never {
  throw new Error('Embeddings need a provider with the same API format.')
}
