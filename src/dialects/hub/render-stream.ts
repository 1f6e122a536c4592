/**
 * A canonical stream as a client of `POST /api/chat` reads it: messages without event names, each a
 * small object with a `type`.
 *
 *     start {id, provider, model, created} · delta, reasoning, refusal {index, content} · image {index, url}
 *     citation {index, citation} · finish {index, finishReason} · usage {usage} · end · error {error, hub}
 *
 * `end` comes last and only after a whole answer; `error` comes in its place.
 */
import type { ChatEvent, Usage } from '../../chat/events.ts'
import type { JsonObject } from '../../chat/json.ts'
import type { SseMessage } from '../../http/sse.ts'
import type { Codec, Served } from '../dialect.ts'
import { addressOf } from '../data-url.ts'
import { renderCitation, renderHead, renderUsage } from './render-answer.ts'

export class StreamRenderer implements Codec<ChatEvent, SseMessage> {
  readonly #served: Served | undefined
  #usage: Usage | undefined

  constructor(served?: Served) {
    this.#served = served
  }

  push(event: ChatEvent): SseMessage[] {
    switch (event.type) {
      case 'response-start':
        return [send('start', renderHead(event, this.#served))]
      case 'text-delta':
        return [send('delta', { index: event.choice, content: event.text })]
      case 'reasoning-delta':
        return [send('reasoning', { index: event.choice, content: event.text })]
      case 'refusal-delta':
        return [send('refusal', { index: event.choice, content: event.text })]
      case 'file-attach':
        return [send('image', { index: event.choice, url: addressOf(event.file) })]
      case 'citation-add':
        return [send('citation', { index: event.choice, citation: renderCitation(event.citation) })]
      case 'choice-finish':
        return [send('finish', { index: event.choice, finishReason: event.finish.reason })]
      case 'usage-report':
        this.#usage = event.usage
        return []
      case 'response-end':
        return [...this.#renderUsage(), send('end', {})]
      // No tools and no log probabilities can be asked for here, and nobody sends a history back.
      case 'tool-call-start':
      case 'tool-call-delta':
      case 'logprobs-delta':
      case 'reasoning-seal':
        return []
      case 'stream-error':
        // How a broken stream ends is the pipeline's to say, with `renderStreamError`.
        return []
    }
  }

  end(): SseMessage[] {
    return []
  }

  /** Providers report more than once; the last report counts. */
  #renderUsage(): SseMessage[] {
    return this.#usage ? [send('usage', { usage: renderUsage(this.#usage) })] : []
  }
}

export function send(type: string, fields: JsonObject): SseMessage {
  return { data: JSON.stringify({ type, ...fields }) }
}
