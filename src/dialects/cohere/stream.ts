/** A stream of Cohere's as canonical events. */
import type { ChatEvent, Complaint } from '../../chat/events.ts'
import type { JsonObject } from '../../chat/json.ts'
import type { SseMessage } from '../../http/sse.ts'
import type { Codec } from '../dialect.ts'
import { doneMark, eventIn, NoiseMemory } from '../stray-events.ts'
import { OneAnswer, secondAnswer } from '../single-answer.ts'
import { objectIn, textIn } from '../json-read.ts'
import { complaintIn } from './provider-error.ts'
import { AnswerReader } from './read-answer.ts'
import { readUsage } from './usage.ts'

export class StreamParser implements Codec<SseMessage, ChatEvent> {
  readonly #answer = new AnswerReader()
  readonly #one = new OneAnswer()
  readonly #noise = new NoiseMemory()
  #state: 'open' | 'failed' | 'ended' = 'open'

  push(message: SseMessage): ChatEvent[] {
    const { data } = message
    // The mark comes after an error too, which does not make the answer a whole one.
    if (data === undefined || data === '' || this.#state !== 'open') return []
    if (data.trim() === doneMark) return this.#close()
    const event = eventIn(data)
    const complaint =
      complaintIn(message, event) ??
      (event ? this.#second(event) : this.#noise.take(data, this.#answer.finished))
    if (!complaint) return event ? this.#answer.push(event) : []
    this.#state = 'failed'
    // What it cost is said in the very event that says that it failed.
    const usage = readUsage(objectIn(event?.delta)?.usage)
    const report: ChatEvent[] = usage ? [{ type: 'usage-report', usage }] : []
    return [...report, { type: 'stream-error', complaint }]
  }

  #second({ type, id }: JsonObject): Complaint | undefined {
    return type === 'message-start' && this.#one.begins(textIn(id)) ? secondAnswer : undefined
  }

  /** Where the message has ended, nothing is missing but the mark. */
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
