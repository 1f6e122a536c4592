/** The stream of a provider that speaks this dialect, as events. */
import type { ChatEvent } from '../../chat/events.ts'
import type { SseMessage } from '../../http/sse.ts'
import type { Codec } from '../dialect.ts'
import { objectIn, parseJson } from '../read.ts'
import { complaintIn, typeOf } from './failure.ts'
import { AnswerReader } from './read-answer.ts'
import { readUsage } from './usage.ts'

/** This dialect has no such mark, but some servers set it. */
export const doneMark = '[DONE]'

export class StreamParser implements Codec<SseMessage, ChatEvent> {
  readonly #answer = new AnswerReader()
  #isOpen = true

  push(message: SseMessage): ChatEvent[] {
    const { data } = message
    if (data === undefined || data === '' || data.trim() === doneMark || !this.#isOpen) return []
    const event = objectIn(parseJson(data))
    const complaint = complaintIn(message, event)
    if (complaint) {
      this.#isOpen = false
      const usage = readUsage(event?.response ?? null)
      return [
        ...(usage ? [{ type: 'usage-report' as const, usage }] : []),
        { type: 'stream-error', complaint },
      ]
    }
    const type = typeOf(event ?? {}, message.event)
    if (type !== 'response.completed' && type !== 'response.incomplete')
      return this.#answer.push(type, event ?? {})
    this.#isOpen = false
    // The event's own name is the status, where the answer in it does not say.
    const response = { status: type.slice('response.'.length), ...objectIn(event?.response) }
    return [...this.#answer.finish(response), { type: 'response-end' }]
  }

  end(): ChatEvent[] {
    return []
  }
}
