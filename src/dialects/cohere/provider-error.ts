/** Errors that come with a good status: inside a whole answer, or in the middle of a stream. */
import type { Complaint } from '../../chat/events.ts'
import type { JsonObject } from '../../chat/json.ts'
import type { SseMessage } from '../../http/sse.ts'
import { findError, readError } from '../provider-error.ts'
import { objectIn, textIn } from '../json-read.ts'
import { isFailure } from './finish.ts'

/** The error in a whole answer, or in one event of a stream; undefined where there is none. */
export function findComplaint(body: JsonObject): Complaint | undefined {
  // The end of a stream says in `delta` what a whole answer says at its top.
  const end = objectIn(body.delta) ?? body
  const reason = textIn(end.finish_reason)
  if (isFailure(reason) || textIn(end.error) !== undefined) {
    const message = textIn(end.error) ?? 'Cohere broke off its answer.'
    return { message, ...(reason !== undefined && { type: reason }), body: end }
  }
  // Cohere's error bodies are a `message` in words, where an answer has its message as an object.
  return textIn(body.message) === undefined ? findError(body) : readError(body)
}

/** The error in a message of a stream. `event` is what its data hold, where that is an object. */
export function complaintIn(message: SseMessage, event: JsonObject | undefined): Complaint | undefined {
  const { data = '' } = message
  if (message.event === 'error') return readError(data)
  return event && findComplaint(event)
}
