/**
 * An answer that failed, in each of the ways in which this dialect says it: a whole Response of
 * status `failed`, the event `response.failed` that holds one, and the event `error` before it.
 * OpenAI reports a spent account like this, after 200.
 */
import type { Complaint } from '../../chat/events.ts'
import type { Json, JsonObject } from '../../chat/json.ts'
import type { SseMessage } from '../../http/sse.ts'
import { findError, readError } from '../provider-error.ts'
import { objectIn, textIn } from '../json-read.ts'

/** Why a Response object failed, if it did. */
export function findFailure(body: Json): Complaint | undefined {
  const response = objectIn(body)
  if (response?.status !== 'failed') return undefined
  return readError({ error: objectIn(response.error) ?? { message: 'The provider failed to answer.' } })
}

/** The type of an event. It stands in the event's data; its name in the stream says it again. */
export function typeOf(event: JsonObject, name: string | undefined): string {
  return textIn(event.type) ?? name ?? ''
}

/** The error that an event holds, if it is one. */
export function complaintIn(
  { event: name, data = '' }: SseMessage,
  event: JsonObject | undefined,
): Complaint | undefined {
  if (!event) return name === 'error' ? readError(data) : undefined
  switch (typeOf(event, name)) {
    case 'error': {
      // The type says that it is an error, and not of which.
      const { type: _type, sequence_number: _number, ...error } = event
      return readError(error)
    }
    case 'response.failed':
      return findFailure({ ...objectIn(event.response), status: 'failed' })
    case '':
      // What stands in front of a provider has its own shapes.
      return findError(event)
    default:
      return undefined
  }
}
