/**
 * Request bodies: JSON, bounded in size, depth and number of values before anything is parsed, and
 * counted against what the isolate can hold. Each route declares its size in `routes/endpoint.ts`.
 */
import { parseExactly } from '../chat/exact-json.ts'
import { type JsonExcess, JsonScanner, requestBounds } from '../chat/json-bounds.ts'
import { HubError, toHubError } from '../errors.ts'
import type { BodyHold } from './bodies-in-work.ts'
import { BrokenBodyError, formatBytes, readChunks, statedLength } from './bounded-reader.ts'
import { drains } from './drains.ts'

/** The largest body of any route, in bytes. */
export const maxBodyBytes = 32 * 1024 * 1024

/** How much is read of a body that is refused: its client then hears why, and keeps its connection. */
const maxDrainedBytes = 2 * maxBodyBytes

/** How long a body may take, in milliseconds: between two pieces, and as a whole. */
const patience = { idleMs: 30_000, wholeMs: 5 * 60_000 }
const drainPatience = { idleMs: 5_000, wholeMs: 30_000 }

/**
 * Reads a request body as text.
 * @param maxBytes the bound of the route.
 * @param hold counts the bytes; its owner releases it, whatever comes of this.
 * @param address of the client, under which the rest of a refused body is counted.
 * @throws {HubError} PAYLOAD_TOO_LARGE, VALIDATION_ERROR (depth, number of values), OVERLOADED, or
 *   REQUEST_TIMEOUT.
 */
export async function readBody(
  request: Request,
  maxBytes: number,
  hold: BodyHold,
  address: string,
): Promise<string> {
  const length = statedLength(request)
  if (length > maxBytes) throw bodyTooLarge(maxBytes)
  hold.expect(length)
  const decoder = new TextDecoder()
  const scanner = new JsonScanner(requestBounds)
  const pieces: string[] = []
  let bytes = 0
  let refusal: HubError | undefined
  let endDrain: (() => void) | undefined
  let drainUntil = 0
  const refuse = (error: HubError): void => {
    refusal = error
    pieces.length = 0
    hold.release()
    endDrain = drains.begin(address)
    drainUntil = Date.now() + drainPatience.wholeMs
  }
  const takePiece = (text: string): void => {
    const excess = scanner.push(text)
    if (excess) refuse(jsonExcess(excess))
    else pieces.push(text)
  }
  const isWhole = await readChunks(
    request.body,
    (chunk) => {
      bytes += chunk.byteLength
      if (!refusal && bytes > maxBytes) refuse(bodyTooLarge(maxBytes))
      if (refusal) return endDrain !== undefined && bytes <= maxDrainedBytes && Date.now() < drainUntil
      try {
        hold.grow(chunk.byteLength)
      } catch (overloaded) {
        refuse(toHubError(overloaded))
        return endDrain !== undefined
      }
      takePiece(decoder.decode(chunk, { stream: true }))
      return !refusal || endDrain !== undefined
    },
    { ...patience, expired: bodyTooSlow },
  )
    .catch((thrown: unknown) => {
      throw refusal ?? (thrown instanceof BrokenBodyError ? brokenOff(thrown) : thrown)
    })
    .finally(() => endDrain?.())
  if (!refusal && isWhole) takePiece(decoder.decode())
  if (refusal) throw refusal
  return pieces.join('')
}

/** The error for a body that is larger than its route takes. */
function bodyTooLarge(maxBytes: number): HubError {
  return new HubError(
    'PAYLOAD_TOO_LARGE',
    `The body is larger than ${formatBytes(maxBytes)}, the most that this address takes.`,
  )
}

function jsonExcess(excess: JsonExcess): HubError {
  const { depth, values } = requestBounds
  switch (excess) {
    case 'depth':
      return new HubError(
        'VALIDATION_ERROR',
        `The body nests deeper than ${depth} levels, the most that this hub takes. Flatten it.`,
      )
    case 'values':
      return new HubError(
        'VALIDATION_ERROR',
        `The body holds more than ${values} JSON values, the most that this hub takes. Send it in parts.`,
      )
  }
}

function bodyTooSlow(): HubError {
  return new HubError('REQUEST_TIMEOUT', 'The body did not arrive in time.')
}

/** A client that breaks its own body off reads no answer; the error is for the log of whoever looks. */
function brokenOff(cause: BrokenBodyError): HubError {
  return new HubError('VALIDATION_ERROR', 'The body broke off before its end.', { cause })
}

/**
 * Parses a text that must be JSON.
 * @throws {HubError} VALIDATION_ERROR with the place of the fault, and nothing of the text.
 */
export function parseJson(text: string): unknown {
  if (text.trim() === '')
    throw new HubError('VALIDATION_ERROR', 'The body is empty; a JSON object is expected.')
  try {
    return parseExactly(text)
  } catch (cause) {
    throw new HubError('VALIDATION_ERROR', `The body is not JSON${placeOf(cause)}.`, { cause })
  }
}

/** The place of a fault. The parser's own words quote the text around it, which may be a password. */
function placeOf(cause: unknown): string {
  const place = cause instanceof Error ? /at position \d{1,9}/.exec(cause.message.slice(-80))?.[0] : undefined
  return place === undefined ? '' : ` (${place})`
}

/**
 * Reads a body that no handler read, of a request refused for its credentials or its path. workerd
 * closes a connection whose request was not read, and the next request on it fails unanswered. That
 * is what happens where there are too many of them.
 *
 * @param address of the client.
 */
export async function drain(request: Request, address: string): Promise<void> {
  if (!request.body || request.bodyUsed || request.body.locked) return
  // A larger one is not worth it, and one without a length may have no end.
  const length = Number(request.headers.get('content-length') ?? Number.NaN)
  if (!(length <= maxDrainedBytes)) return
  const end = drains.begin(address)
  if (!end) return
  // Piece by piece: nothing of it is kept.
  await readChunks(request.body, () => true, { ...drainPatience, expired: bodyTooSlow }).catch(() => {})
  end()
}
