/** The stream of a provider that speaks this dialect, as events. */
import { isContent, type ChatEvent, type Complaint } from '../../chat/events.ts'
import type { JsonObject } from '../../chat/json.ts'
import type { SseMessage } from '../../http/sse.ts'
import { findError, readError } from '../provider-error.ts'
import type { Codec } from '../dialect.ts'
import { doneMark, eventIn, NoiseMemory } from '../stray-events.ts'
import { OneAnswer, secondAnswer } from '../single-answer.ts'
import { textIn } from '../json-read.ts'
import { AnswerReader } from './read-answer.ts'

export class StreamParser implements Codec<SseMessage, ChatEvent> {
  readonly #answer = new AnswerReader('stream')
  readonly #one = new OneAnswer()
  readonly #noise = new NoiseMemory()
  #state: 'open' | 'failed' | 'ended' = 'open'

  push(message: SseMessage): ChatEvent[] {
    const { data } = message
    // OpenRouter says [DONE] after an error too, which does not make the answer a whole one.
    if (data === undefined || data === '' || this.#state !== 'open') return []
    if (data.trim() === doneMark) return this.#close()
    const chunk = eventIn(data)
    const complaint =
      complaintIn(message, chunk) ?? (chunk ? undefined : this.#noise.take(data, this.#answer.finished))
    // A chunk with an error may still report usage; its choice, if it has one, is empty.
    const wasFinished = this.#answer.finished
    const events = chunk ? this.#answer.push(complaint ? { ...chunk, choices: [] } : chunk) : []
    if (events.some(isContent) && this.#one.continues(textIn(chunk?.id), wasFinished)) {
      // What follows a finished answer is not read: only its own usage may come after it.
      if (wasFinished) return events.filter(({ type }) => type === 'usage-report')
      this.#state = 'failed'
      return [{ type: 'stream-error', complaint: secondAnswer }]
    }
    if (complaint) {
      this.#state = 'failed'
      events.push({ type: 'stream-error', complaint })
    }
    return events
  }

  /** Some servers leave the mark out; where every choice has finished, nothing is missing. */
  end(): ChatEvent[] {
    if (this.#state !== 'open') return []
    if (this.#answer.finished) return this.#close()
    const { complaint } = this.#noise
    if (!complaint) return []
    this.#state = 'failed'
    return [{ type: 'stream-error', complaint }]
  }

  #close(): ChatEvent[] {
    this.#state = 'ended'
    return [...this.#answer.close(), { type: 'response-end' }]
  }
}

/** The error in a message: an event of that name (Groq), or a chunk that holds one (OpenRouter). */
export function complaintIn(
  { event, data = '' }: SseMessage,
  chunk: JsonObject | undefined,
): Complaint | undefined {
  if (event === 'error') return readError(data)
  return chunk && findError(chunk)
}
