/**
 * A canonical stream as a Responses client reads it: named events in a rising sequence, the last
 * with the whole answer.
 */
import type { ChatEvent } from '../../chat/events.ts'
import type { ChatRequest } from '../../chat/request.ts'
import type { HubError } from '../../errors.ts'
import type { SseMessage } from '../../http/sse.ts'
import type { Codec, Served } from '../dialect.ts'
import { AnswerWriter } from './answer-writer.ts'
import type { WireEvent } from './item-writer.ts'
import { errorEvent, failureOf } from './render-stream-error.ts'

export class StreamRenderer implements Codec<ChatEvent, SseMessage> {
  readonly #answer: AnswerWriter
  #sequence = 0

  constructor(request: ChatRequest, served?: Served) {
    this.#answer = new AnswerWriter(request, served)
  }

  push(event: ChatEvent): SseMessage[] {
    const events = this.#answer.push(event)
    if (event.type === 'response-end') {
      const { status } = this.#answer.outcome
      events.push({ type: `response.${status}`, response: this.#answer.whole() })
    }
    return this.#number(events)
  }

  end(): SseMessage[] {
    return []
  }

  /**
   * OpenAI says first that there was an error, and then that the answer failed. What was being
   * written is never finished: clients run a call as soon as its item is done.
   */
  fail(error: HubError, requestId: string, now: number): SseMessage[] {
    const response = this.#answer.whole(failureOf(error, now))
    return this.#number([errorEvent(error, requestId), { type: 'response.failed', response }])
  }

  #number(events: WireEvent[]): SseMessage[] {
    return events.map(({ type, ...fields }) => ({
      event: type,
      data: JSON.stringify({ type, sequence_number: this.#sequence++, ...fields }),
    }))
  }
}
