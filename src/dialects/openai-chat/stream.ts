/** The stream of a provider that speaks this dialect, as events. */
import type { ChatEvent, Complaint } from '../../chat/events.ts'
import type { SseMessage } from '../../http/sse.ts'
import { findError, longestText, readError } from '../complaint.ts'
import type { Codec } from '../dialect.ts'
import { objectIn, parseJson } from '../read.ts'
import { AnswerReader } from './read-answer.ts'

/** The mark that ends a stream, after the last chunk. */
export const doneMark = '[DONE]'

export class StreamParser implements Codec<SseMessage, ChatEvent> {
  readonly #answer = new AnswerReader('stream')
  #state: 'open' | 'failed' | 'ended' = 'open'

  push(message: SseMessage): ChatEvent[] {
    const { data } = message
    // OpenRouter says [DONE] after an error too, which does not make the answer a whole one.
    if (data === undefined || data === '' || this.#state !== 'open') return []
    if (data.trim() === doneMark) return this.#close()
    const chunk = objectIn(parseJson(data))
    const complaint = complaintIn(message, chunk)
    // A chunk with an error may still report usage; its choice, if it has one, is empty.
    const events = chunk ? this.#answer.push(complaint ? { ...chunk, choices: [] } : chunk) : []
    if (complaint) {
      this.#state = 'failed'
      events.push({ type: 'stream-error', complaint })
    }
    return events
  }

  /** Some servers leave the mark out; where every choice has finished, nothing is missing. */
  end(): ChatEvent[] {
    return this.#state === 'open' && this.#answer.finished ? this.#close() : []
  }

  #close(): ChatEvent[] {
    this.#state = 'ended'
    return [...this.#answer.close(), { type: 'response-end' }]
  }
}

/** The error in a message: an event of that name (Groq), a chunk that holds one (OpenRouter), or what is no chunk at all. */
export function complaintIn(
  { event, data = '' }: SseMessage,
  chunk: ReturnType<typeof objectIn>,
): Complaint | undefined {
  if (event === 'error') return readError(data)
  if (chunk) return findError(chunk)
  return { message: 'The provider sent a chunk that is not a JSON object.', body: data.slice(0, longestText) }
}
