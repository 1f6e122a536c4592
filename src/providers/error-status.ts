/**
 * The HTTP status that an error amounts to, for errors that came with a good one: in a 200, or in
 * the middle of a stream. Pure.
 */
import type { Complaint } from '../chat/events.ts'
import { lookUp } from './error-object.ts'

/** The words of OpenAI, Anthropic and Google (google.rpc.Code) for what a status says. */
const statusOfWord: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  invalid_argument: 400,
  failed_precondition: 400,
  invalid_prompt: 400,
  authentication_error: 401,
  unauthenticated: 401,
  invalid_api_key: 401,
  billing_error: 402,
  permission_error: 403,
  permission_denied: 403,
  not_found_error: 404,
  not_found: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  rate_limit_exceeded: 429,
  insufficient_quota: 429,
  resource_exhausted: 429,
  api_error: 500,
  server_error: 500,
  internal_server_error: 500,
  internal: 500,
  unavailable: 503,
  timeout_error: 504,
  deadline_exceeded: 504,
  overloaded_error: 529,
}

/**
 * The answer's own status where it is one of an error, else what the error says; undefined where it
 * says nothing.
 */
export function errorStatus(status: number, complaint: Complaint): number | undefined {
  if (status >= 300) return status
  const numbers = [
    lookUp(complaint, 'status_code'),
    lookUp(complaint, 'code'),
    complaint.code,
    lookUp(complaint, 'status'),
  ]
  const stated = numbers.map(Number).find((number) => number >= 400 && number < 600)
  if (stated !== undefined) return stated
  for (const word of [complaint.code, complaint.type]) {
    const known = word === undefined ? undefined : ownStatus(word.toLowerCase())
    if (known !== undefined) return known
  }
  return undefined
}

function ownStatus(word: string): number | undefined {
  return Object.hasOwn(statusOfWord, word) ? statusOfWord[word] : undefined
}
