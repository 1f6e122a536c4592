/**
 * The stream of a provider that speaks this dialect, as events. The type of an event stands in its
 * data; its name only repeats it. Pings, and events of a type unknown here, are passed over, as the
 * API's versioning asks of clients. https://platform.claude.com/docs/en/build-with-claude/streaming
 */
import type { ChatEvent, Complaint } from '../../chat/events.ts'
import type { SseMessage } from '../../http/sse.ts'
import { findError, readError } from '../provider-error.ts'
import type { Codec } from '../dialect.ts'
import { eventIn, NoiseMemory } from '../stray-events.ts'
import { OneAnswer, secondAnswer } from '../single-answer.ts'
import { objectIn, textIn } from '../json-read.ts'
import { AnswerReader } from './read-answer.ts'

export class StreamParser implements Codec<SseMessage, ChatEvent> {
  readonly #answer = new AnswerReader()
  readonly #one = new OneAnswer()
  readonly #noise = new NoiseMemory()
  #state: 'open' | 'failed' | 'ended' = 'open'

  push(message: SseMessage): ChatEvent[] {
    const { data } = message
    if (data === undefined || data === '' || this.#state !== 'open') return []
    const event = eventIn(data)
    const complaint = complaintIn(message, event)
    if (complaint) return this.#fail(complaint)
    if (event) return this.#read(event)
    const lost = this.#noise.take(data, this.#answer.finished)
    return lost ? this.#fail(lost) : []
  }

  /**
   * Proxies leave the last event out; where the answer has said why it ended, nothing is missing.
   */
  end(): ChatEvent[] {
    if (this.#state !== 'open') return []
    if (this.#answer.finished) return this.#close()
    return this.#noise.complaint ? this.#fail(this.#noise.complaint) : []
  }

  #fail(complaint: Complaint): ChatEvent[] {
    this.#state = 'failed'
    return [{ type: 'stream-error', complaint }]
  }

  #read(event: NonNullable<ReturnType<typeof objectIn>>): ChatEvent[] {
    switch (event.type) {
      case 'message_start': {
        const message = objectIn(event.message) ?? {}
        if (this.#one.begins(textIn(message.id))) return this.#fail(secondAnswer)
        return this.#answer.start(message)
      }
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

/** The error in a message: an event of that name or type. */
export function complaintIn(
  { event: name, data = '' }: SseMessage,
  event: ReturnType<typeof objectIn>,
): Complaint | undefined {
  if (name === 'error') return readError(data)
  return event && findError(event)
}
