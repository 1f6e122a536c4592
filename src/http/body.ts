/** Request bodies: bounded in size, and JSON. */
import { HubError } from '../errors.ts'

/** The largest request body taken, in bytes. Half an isolate's memory would be gone with a parsed body much larger. */
export const maxBodyBytes = 16 * 1024 * 1024

/** The error for a body that is larger. */
export function bodyTooLarge(): HubError {
  return new HubError(
    'PAYLOAD_TOO_LARGE',
    `The body is larger than ${maxBodyBytes / 1024 / 1024} MB, the most this hub takes.`,
  )
}

/**
 * A text that must be JSON, parsed.
 * @throws {HubError} VALIDATION_ERROR with the parser's own words.
 */
export function parseJson(text: string): unknown {
  if (text.trim() === '')
    throw new HubError('VALIDATION_ERROR', 'The body is empty; a JSON object is expected.')
  try {
    return JSON.parse(text)
  } catch (cause) {
    const detail = cause instanceof Error ? ` (${cause.message})` : ''
    throw new HubError('VALIDATION_ERROR', `The body is not JSON${detail}.`, { cause })
  }
}
