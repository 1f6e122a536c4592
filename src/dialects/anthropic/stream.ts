/**
 * The stream of a provider that speaks this dialect, as events. The type of an event stands in its data; its name only
 * repeats it. Pings, and events of a type unknown here, are passed over, as the API's versioning asks of clients.
 * https://platform.claude.com/docs/en/build-with-claude/streaming
 */
import type { ChatEvent, Complaint } from '../../chat/events.ts'
import type { SseMessage } from '../../http/sse.ts'
import { findError, longestText, readError } from '../complaint.ts'
import type { Codec } from '../dialect.ts'
import { objectIn, parseJson } from '../read.ts'
import { AnswerReader } from './read-answer.ts'

export class StreamParser implements Codec<SseMessage, ChatEvent> {
  readonly #answer = new AnswerReader()
  #state: 'open' | 'failed' | 'ended' = 'open'

  push(message: SseMessage): ChatEvent[] {
    const { data } = message
    if (data === undefined || data === '' || this.#state !== 'open') return []
    const event = objectIn(parseJson(data))
    const complaint = complaintIn(message, event)
    if (complaint) {
      this.#state = 'failed'
      return [{ type: 'stream-error', complaint }]
    }
    return event ? this.#read(event) : []
  }

  /** Proxies leave the last event out; where the answer has said why it ended, nothing is missing. */
  end(): ChatEvent[] {
    return this.#state === 'open' && this.#answer.finished ? this.#close() : []
  }

  #read(event: NonNullable<ReturnType<typeof objectIn>>): ChatEvent[] {
    switch (event.type) {
      case 'message_start':
        return this.#answer.start(objectIn(event.message) ?? {})
      case 'content_block_start':
        return this.#answer.startBlock(objectIn(event.content_block) ?? {})
      case 'content_block_delta':
        return this.#answer.addDelta(objectIn(event.delta) ?? {})
      case 'content_block_stop':
        return this.#answer.stopBlock()
      case 'message_delta':
        return this.#answer.finish(event, objectIn(event.delta) ?? {})
      case 'message_stop':
        return this.#close()
      default:
        return []
    }
  }

  #close(): ChatEvent[] {
    this.#state = 'ended'
    return [...this.#answer.close(), { type: 'response-end' }]
  }
}

/** The error in a message: an event of that name or type, or what is no event at all. */
export function complaintIn(
  { event: name, data = '' }: SseMessage,
  event: ReturnType<typeof objectIn>,
): Complaint | undefined {
  if (name === 'error') return readError(data)
  if (event) return findError(event)
  return {
    message: 'The provider sent an event that is not a JSON object.',
    body: data.slice(0, longestText),
  }
}
