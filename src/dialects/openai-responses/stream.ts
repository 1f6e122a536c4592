/** The stream of a provider that speaks this dialect, as events. */
import type { ChatEvent, Complaint } from '../../chat/events.ts'
import type { JsonObject } from '../../chat/json.ts'
import type { SseMessage } from '../../http/sse.ts'
import type { Codec } from '../dialect.ts'
import { doneMark, eventIn, NoiseMemory } from '../stray-events.ts'
import { OneAnswer, secondAnswer } from '../single-answer.ts'
import { objectIn, textIn } from '../json-read.ts'
import { complaintIn, typeOf } from './failure.ts'
import { AnswerReader } from './read-answer.ts'
import { readUsage } from './usage.ts'

export class StreamParser implements Codec<SseMessage, ChatEvent> {
  readonly #answer = new AnswerReader()
  readonly #one = new OneAnswer()
  readonly #noise = new NoiseMemory()
  #isOpen = true

  push(message: SseMessage): ChatEvent[] {
    const { data } = message
    if (data === undefined || data === '' || data.trim() === doneMark || !this.#isOpen) return []
    const event = eventIn(data)
    const complaint = complaintIn(message, event) ?? this.#judge(message, event)
    if (complaint) {
      this.#isOpen = false
      const usage = readUsage(event?.response ?? null)
      return [
        ...(usage ? [{ type: 'usage-report' as const, usage }] : []),
        { type: 'stream-error', complaint },
      ]
    }
    if (!event) return []
    const type = typeOf(event, message.event)
    if (type !== 'response.completed' && type !== 'response.incomplete') return this.#answer.push(type, event)
    this.#isOpen = false
    // The event's own name is the status, where the answer in it does not say.
    const response = { status: type.slice('response.'.length), ...objectIn(event.response) }
    return [...this.#answer.finish(response), { type: 'response-end' }]
  }

  /** What is wrong with an event that is no error: it is none, or begins another answer. */
  #judge({ event: name, data = '' }: SseMessage, event: JsonObject | undefined): Complaint | undefined {
    if (!event) return this.#noise.take(data, false)
    const begins = typeOf(event, name) === 'response.created'
    return begins && this.#one.begins(textIn(objectIn(event.response)?.id)) ? secondAnswer : undefined
  }

  end(): ChatEvent[] {
    const complaint: Complaint | undefined = this.#isOpen ? this.#noise.complaint : undefined
    this.#isOpen = false
    return complaint ? [{ type: 'stream-error', complaint }] : []
  }
}
