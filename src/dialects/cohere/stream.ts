/** A stream of Cohere's as canonical events. */
import type { ChatEvent } from '../../chat/events.ts'
import type { SseMessage } from '../../http/sse.ts'
import type { Codec } from '../dialect.ts'
import { objectIn, parseJson } from '../read.ts'
import { complaintIn } from './complaint.ts'
import { AnswerReader } from './read-answer.ts'
import { readUsage } from './usage.ts'

/** The mark that ends a stream, after the event that ends the message. */
const doneMark = '[DONE]'

export class StreamParser implements Codec<SseMessage, ChatEvent> {
  readonly #answer = new AnswerReader()
  #state: 'open' | 'failed' | 'ended' = 'open'

  push(message: SseMessage): ChatEvent[] {
    const { data } = message
    // The mark comes after an error too, which does not make the answer a whole one.
    if (data === undefined || data === '' || this.#state !== 'open') return []
    if (data.trim() === doneMark) return this.#close()
    const event = objectIn(parseJson(data))
    const complaint = complaintIn(message, event)
    if (!complaint) return event ? this.#answer.push(event) : []
    this.#state = 'failed'
    // What it cost is said in the very event that says that it failed.
    const usage = readUsage(objectIn(event?.delta)?.usage)
    const report: ChatEvent[] = usage ? [{ type: 'usage-report', usage }] : []
    return [...report, { type: 'stream-error', complaint }]
  }

  /** Where the message has ended, nothing is missing but the mark. */
  end(): ChatEvent[] {
    return this.#state === 'open' && this.#answer.finished ? this.#close() : []
  }

  #close(): ChatEvent[] {
    this.#state = 'ended'
    return [...this.#answer.close(), { type: 'response-end' }]
  }
}
