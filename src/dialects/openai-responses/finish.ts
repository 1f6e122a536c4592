/**
 * Why an answer ended. This dialect has no word for it: a status says whether the answer is whole,
 * and if not, what cut it; tool calls and refusals are known by the items that are there.
 */
import type { Finish } from '../../chat/events.ts'
import type { JsonObject } from '../../chat/json.ts'
import { entryOf, objectIn, textIn } from '../json-read.ts'

const cuts: Readonly<Record<string, Finish['reason']>> = {
  max_output_tokens: 'length',
  // Older servers of this dialect say it as Chat does.
  max_tokens: 'length',
  length: 'length',
  content_filter: 'content-filter',
}

/** Reads the status of a Response object by what its answer held. */
export function readFinish(response: JsonObject, held: { refusal: boolean; toolCalls: boolean }): Finish {
  // A server that gives no status gave a whole answer.
  const status = textIn(response.status) ?? 'completed'
  switch (status) {
    case 'completed':
      return { reason: held.refusal ? 'refusal' : held.toolCalls ? 'tool-calls' : 'stop', raw: status }
    case 'incomplete': {
      const raw = textIn(objectIn(response.incomplete_details)?.reason) ?? status
      return { reason: entryOf(cuts, raw) ?? 'other', raw }
    }
    case 'failed':
      return { reason: 'error', raw: status }
    default:
      return { reason: 'other', raw: status }
  }
}

/** How an answer ended, in the members of a Response object that say so. */
export interface Outcome {
  status: 'completed' | 'incomplete' | 'failed'
  error: JsonObject | null
  incomplete_details: JsonObject | null
}

/** @param refused whether the client was given a refusal to read. */
export function writeFinish({ reason, raw }: Finish, refused: boolean): Outcome {
  switch (reason) {
    case 'stop':
    case 'tool-calls':
      return completed
    case 'length':
      return incomplete('max_output_tokens')
    case 'content-filter':
      return incomplete('content_filter')
    case 'refusal':
      // A model of another dialect may refuse without words; a completed answer would look like one
      // that is empty.
      return refused ? completed : incomplete('content_filter')
    case 'error':
      return failed('server_error', `The model failed to finish its answer${raw === '' ? '' : ` (${raw})`}.`)
    case 'other':
      // An end that nobody knows is no clean one: a blocked answer must not look complete.
      return raw === ''
        ? failed('server_error', 'The model did not finish its answer.')
        : incomplete('content_filter')
  }
}

export function failed(code: string, message: string): Outcome {
  // The type is OpenAI's for errors elsewhere; the AI SDK does not read an error without one.
  return { status: 'failed', error: { code, message, type: 'server_error' }, incomplete_details: null }
}

const completed: Outcome = { status: 'completed', error: null, incomplete_details: null }

function incomplete(reason: string): Outcome {
  return { status: 'incomplete', error: null, incomplete_details: { reason } }
}
