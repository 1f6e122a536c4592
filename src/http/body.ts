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
 * @throws {HubError} VALIDATION_ERROR with the parser's own words, as far as they are its own.
 */
export function parseJson(text: string): unknown {
  if (text.trim() === '')
    throw new HubError('VALIDATION_ERROR', 'The body is empty; a JSON object is expected.')
  try {
    return JSON.parse(text)
  } catch (cause) {
    // The parser quotes what stands around the fault, which may be a password.
    const words =
      cause instanceof Error ? cause.message.replace(/, (?:\.\.\.)?"[^]*" is not valid JSON$/, '') : ''
    const detail = words && ` (${words})`
    throw new HubError('VALIDATION_ERROR', `The body is not JSON${detail}.`, { cause })
  }
}

/** As much of a body as is read for nobody, in bytes: a client that sends twice what is taken still hears why it is refused. */
const maxDrainedBytes = 2 * maxBodyBytes

/**
 * Reads a body that nobody wanted (a request refused for its credentials or its path). workerd closes a connection whose request
 * was not read, and the client's next request on it fails before it is answered.
 */
export async function drain(request: Request): Promise<void> {
  if (!request.body || request.bodyUsed || request.body.locked) return
  // A larger one is not worth it, and one without a length may have no end.
  const length = Number(request.headers.get('content-length') ?? Number.NaN)
  if (!(length <= maxDrainedBytes)) return
  const reader = request.body.getReader()
  const next = () => reader.read().catch(() => ({ done: true }))
  // Piece by piece: nothing of it is kept.
  for (let piece = await next(); !piece.done; piece = await next());
}
