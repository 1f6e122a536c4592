/**
 * The stream of a provider that speaks this dialect, as events. Its messages are answers, each with some more of the text;
 * there is no mark at the end, and a stream that closes without having said why it finished was cut.
 */
import type { ChatEvent, Complaint } from '../../chat/events.ts'
import type { Json } from '../../chat/json.ts'
import type { SseMessage } from '../../http/sse.ts'
import { findError, longestText, readError } from '../complaint.ts'
import type { Codec } from '../dialect.ts'
import { objectIn, parseJson } from '../read.ts'
import { AnswerReader } from './read-answer.ts'

export class StreamParser implements Codec<SseMessage, ChatEvent> {
  readonly #answer = new AnswerReader()
  #failed = false

  push(message: SseMessage): ChatEvent[] {
    if (message.data === undefined || message.data === '' || this.#failed) return []
    const value = parseJson(message.data)
    const complaint = complaintIn(message, value)
    if (!complaint) return this.#answer.push(objectIn(value) ?? {})
    this.#failed = true
    return [{ type: 'stream-error', complaint }]
  }

  end(): ChatEvent[] {
    if (this.#failed || !this.#answer.finished) return []
    return [...this.#answer.close(), { type: 'response-end' }]
  }
}

/** The error in a message: an event of that name, a chunk that holds one, or what is no chunk at all. */
export function complaintIn(
  { event, data = '' }: SseMessage,
  value: Json | undefined,
): Complaint | undefined {
  if (event === 'error') return readError(data)
  const complaint = value === undefined ? undefined : findComplaint(value)
  if (complaint || objectIn(value)) return complaint
  return { message: 'The provider sent a chunk that is not a JSON object.', body: data.slice(0, longestText) }
}

/** An error in a body or chunk that came with a good status; without `alt=sse` it comes in a list. */
export function findComplaint(body: Json): Complaint | undefined {
  return findError(Array.isArray(body) ? (body[0] ?? null) : body)
}
