/** A canonical answer, whole, as clients of the hub's own dialects read it. */
import type { Citation } from '../../chat/citation.ts'
import type { Usage } from '../../chat/events.ts'
import type { JsonObject } from '../../chat/json.ts'
import type { AssistantPart, ChatRequest } from '../../chat/request.ts'
import type { ChatResponse, Choice } from '../../chat/response.ts'
import type { Served } from '../dialect.ts'
import { addressOf } from '../data-url.ts'
import { compact } from '../json-read.ts'

export function renderChat(response: ChatResponse, _request: ChatRequest, served?: Served): JsonObject {
  return compact({
    ...renderHead(response, served),
    choices: response.choices.map(renderChoice),
    usage: response.usage && renderUsage(response.usage),
  })
}

/** The text alone. Nothing is cached yet, so `cached` is always false. */
export function renderQuery({ choices }: ChatResponse): JsonObject {
  const content = choices[0]?.content ?? []
  return { cached: false, response: textOf(content, 'text') || textOf(content, 'refusal') }
}

/**
 * What an answer and a stream begin with. Times are ISO 8601; not every provider says when it
 * answered.
 */
export function renderHead(
  { id, model, createdAt }: Pick<ChatResponse, 'id' | 'model' | 'createdAt'>,
  served: Served | undefined,
): JsonObject {
  const at = createdAt || served?.at
  return compact({
    id,
    provider: served?.provider,
    model: served?.model ?? model,
    created: at === undefined ? undefined : new Date(at).toISOString(),
  })
}

function renderChoice({ index, content, finish, citations = [] }: Choice): JsonObject {
  const images = content.filter((part) => part.type === 'file').map(addressOf)
  const message = compact({
    role: 'assistant',
    content: textOf(content, 'text'),
    reasoning: textOf(content, 'reasoning') || undefined,
    refusal: textOf(content, 'refusal') || undefined,
    images: images.length > 0 ? images : undefined,
    citations: citations.length > 0 ? citations.map(renderCitation) : undefined,
  })
  return { index, message, finishReason: finish.reason }
}

/**
 * `start` and `end` count in UTF-16 code units; both are absent where the source is for the answer
 * as a whole.
 */
export function renderCitation({ place, url, title, quote, file }: Citation): JsonObject {
  return compact({ ...place, url, title, quote, file: file && compact({ id: file.id, name: file.name }) })
}

function textOf(content: AssistantPart[], type: 'text' | 'reasoning' | 'refusal'): string {
  return content.map((part) => (part.type === type ? part.text : '')).join('')
}

export function renderUsage({ inputTokens, outputTokens }: Usage): JsonObject {
  return {
    promptTokens: inputTokens,
    completionTokens: outputTokens,
    totalTokens: inputTokens + outputTokens,
  }
}
