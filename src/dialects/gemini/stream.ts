/**
 * The stream of a provider that speaks this dialect, as events. Its messages are answers, each with
 * some more of the text; there is no mark at the end, and a stream that closes without having said
 * why it finished was cut.
 */
import { isContent, type ChatEvent, type Complaint } from '../../chat/events.ts'
import type { Json, JsonObject } from '../../chat/json.ts'
import type { SseMessage } from '../../http/sse.ts'
import { findError, readError } from '../provider-error.ts'
import type { Codec } from '../dialect.ts'
import { eventIn, NoiseMemory } from '../stray-events.ts'
import { OneAnswer, secondAnswer } from '../single-answer.ts'
import { objectIn, parseJson, textIn } from '../json-read.ts'
import { AnswerReader } from './read-answer.ts'

export class StreamParser implements Codec<SseMessage, ChatEvent> {
  readonly #answer = new AnswerReader()
  readonly #one = new OneAnswer()
  readonly #noise = new NoiseMemory()
  #failed = false

  push(message: SseMessage): ChatEvent[] {
    if (message.data === undefined || message.data === '' || this.#failed) return []
    const value = valueIn(message.data)
    const complaint = complaintIn(message, value)
    if (complaint) return this.#fail(complaint)
    const chunk = objectIn(value)
    if (chunk) return this.#read(chunk)
    const lost = this.#noise.take(message.data, this.#answer.finished)
    return lost ? this.#fail(lost) : []
  }

  end(): ChatEvent[] {
    if (this.#failed) return []
    if (this.#answer.finished) return [...this.#answer.close(), { type: 'response-end' }]
    return this.#noise.complaint ? this.#fail(this.#noise.complaint) : []
  }

  #read(chunk: JsonObject): ChatEvent[] {
    const wasFinished = this.#answer.finished
    const events = this.#answer.push(chunk)
    if (!events.some(isContent) || !this.#one.continues(textIn(chunk.responseId), wasFinished)) return events
    // What follows a finished answer is not read.
    return wasFinished ? events.filter(({ type }) => type === 'usage-report') : this.#fail(secondAnswer)
  }

  #fail(complaint: Complaint): ChatEvent[] {
    this.#failed = true
    return [{ type: 'stream-error', complaint }]
  }
}

/** What an event holds: without `alt=sse` it is a list. Undefined for a remark, which is noise. */
export function valueIn(data: string): Json | undefined {
  const value = parseJson(data)
  return objectIn(value) ? eventIn(data) : value
}

/** The error in a message: an event of that name, or a chunk that holds one. */
export function complaintIn(
  { event, data = '' }: SseMessage,
  value: Json | undefined,
): Complaint | undefined {
  if (event === 'error') return readError(data)
  return value === undefined ? undefined : findComplaint(value)
}

/**
 * An error in a body or chunk that came with a good status; without `alt=sse` it comes in a list.
 */
export function findComplaint(body: Json): Complaint | undefined {
  return findError(Array.isArray(body) ? (body[0] ?? null) : body)
}
