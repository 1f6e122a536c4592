/**
 * Request bodies: JSON, bounded in size, depth and number of values before anything is parsed, and
 * counted against what the isolate can hold. Each route declares its size in `api/endpoint.ts`.
 */
import { minuteMs } from '../domain/time.ts'
import { parseExactly } from '../chat/exact-json.ts'
import { type JsonExcess, JsonScanner, requestBounds } from '../chat/json-bounds.ts'
import { HubError, toHubError } from '../errors.ts'
import type { BodyHold } from './body-memory.ts'
import { BrokenBodyError, formatBytes, readChunks, statedLength } from './bounded-reader.ts'
import { drains } from './drained-bodies.ts'
import { codingOf, Decompressor } from './compressed-body.ts'

/** The largest body of any route, in bytes. */
export const maxBodyBytes = 32 * 1024 * 1024

/**
 * How much is read of a body that is refused: its client then hears why, and keeps its connection.
 */
const maxDrainedBytes = 2 * maxBodyBytes

/** How long a body may take, in milliseconds: between two pieces, and as a whole. */
const patience = { idleMs: 30_000, wholeMs: 5 * minuteMs }
/** The same for a body of a public route, which is one small form. */
const smallPatience = { idleMs: 10_000, wholeMs: 15_000 }
const smallBytes = 16 * 1024
const drainPatience = { idleMs: 5_000, wholeMs: 30_000 }

/**
 * Reads a request body as text, decompressed where it is compressed. All bounds are those of the
 * text.
 * @param maxBytes the bound of the route.
 * @param hold counts the bytes; its owner releases it, whatever comes of this.
 * @param address of the client, under which the rest of a refused body is counted.
 * @throws {HubError} PAYLOAD_TOO_LARGE, VALIDATION_ERROR (depth, number of values, a compressed
 *   body that is broken), UNSUPPORTED_MEDIA_TYPE, OVERLOADED, or REQUEST_TIMEOUT.
 */
export async function readBody(
  request: Request,
  maxBytes: number,
  hold: BodyHold,
  address: string,
): Promise<string> {
  const coding = codingOf(request)
  const length = statedLength(request)
  if (length > maxBytes) throw bodyTooLarge(maxBytes)
  hold.expect(length)
  const reading = new BodyReading(maxBytes, hold, address)
  const decompressor = coding && new Decompressor(coding, (bytes) => reading.take(bytes))
  try {
    const isWhole = await readChunks(request.body, (chunk) => reading.receive(chunk, decompressor), {
      ...(maxBytes > smallBytes ? patience : smallPatience),
      expired: bodyTooSlow,
    })
    if (isWhole && !reading.refusal) await decompressor?.end()
    return reading.finish()
  } catch (thrown) {
    throw reading.refusal ?? (thrown instanceof BrokenBodyError ? brokenOff(thrown) : thrown)
  } finally {
    decompressor?.stop()
    reading.stop()
  }
}

/** One body while it is read. A refused one is read on for a while, and nothing of it is kept. */
class BodyReading {
  /** Why the body is refused. */
  refusal: HubError | undefined
  readonly #maxBytes: number
  readonly #hold: BodyHold
  readonly #address: string
  readonly #decoder = new TextDecoder()
  readonly #scanner = new JsonScanner(requestBounds)
  readonly #pieces: string[] = []
  /** Bytes as they were received, and decompressed. */
  #received = 0
  #plain = 0
  #endDrain: (() => void) | undefined
  #drainUntil = 0

  constructor(maxBytes: number, hold: BodyHold, address: string) {
    this.#maxBytes = maxBytes
    this.#hold = hold
    this.#address = address
  }

  /** Takes bytes as they were sent. @returns whether to read on. */
  receive(chunk: Uint8Array, decompressor: Decompressor | undefined): boolean | Promise<boolean> {
    this.#received += chunk.byteLength
    if (!this.refusal && this.#received > this.#maxBytes) this.#refuse(bodyTooLarge(this.#maxBytes))
    if (this.refusal) return this.#mayDrain()
    return decompressor ? this.#decompress(chunk, decompressor) : this.take(chunk) || this.#mayDrain()
  }

  /** Takes bytes of the plain text. @returns whether more of it is wanted. */
  take(bytes: Uint8Array): boolean {
    this.#plain += bytes.byteLength
    if (this.#plain > this.#maxBytes) {
      this.#refuse(bodyTooLarge(this.#maxBytes))
      return false
    }
    try {
      this.#hold.grow(bytes.byteLength)
    } catch (overloaded) {
      this.#refuse(toHubError(overloaded))
      return false
    }
    return this.#takeText(this.#decoder.decode(bytes, { stream: true }))
  }

  /** @throws {HubError} the refusal. @returns the whole text. */
  finish(): string {
    if (!this.refusal) this.#takeText(this.#decoder.decode())
    if (this.refusal) throw this.refusal
    return this.#pieces.join('')
  }

  /** Ends the count of a body that was refused. */
  stop(): void {
    this.#endDrain?.()
  }

  async #decompress(chunk: Uint8Array, decompressor: Decompressor): Promise<boolean> {
    try {
      return (await decompressor.push(chunk)) || this.#mayDrain()
    } catch (thrown) {
      // Where a bound refused it, decompression failed only because it was stopped.
      if (!this.refusal) this.#refuse(toHubError(thrown))
      return this.#mayDrain()
    }
  }

  #takeText(text: string): boolean {
    const excess = this.#scanner.push(text)
    if (excess) this.#refuse(jsonExcess(excess))
    else this.#pieces.push(text)
    return !excess
  }

  #refuse(error: HubError): void {
    this.refusal = error
    this.#pieces.length = 0
    this.#hold.release()
    this.#endDrain = drains.begin(this.#address)
    this.#drainUntil = Date.now() + drainPatience.wholeMs
  }

  #mayDrain(): boolean {
    return this.#endDrain !== undefined && this.#received <= maxDrainedBytes && Date.now() < this.#drainUntil
  }
}

/** The error for a body that is larger than its route takes. */
function bodyTooLarge(maxBytes: number): HubError {
  return new HubError(
    'PAYLOAD_TOO_LARGE',
    `The body is larger than ${formatBytes(maxBytes)}, the limit of this endpoint.`,
  )
}

function jsonExcess(excess: JsonExcess): HubError {
  const { depth, values } = requestBounds
  switch (excess) {
    case 'depth':
      return new HubError('VALIDATION_ERROR', `The body is nested deeper than ${depth} levels. Flatten it.`)
    case 'values':
      return new HubError(
        'VALIDATION_ERROR',
        `The body has more than ${values} JSON values. Send it in parts.`,
      )
  }
}

function bodyTooSlow(): HubError {
  return new HubError('REQUEST_TIMEOUT', 'The body did not arrive in time.')
}

/**
 * A client that breaks its own body off reads no answer; the error is for the log of whoever looks.
 */
function brokenOff(cause: BrokenBodyError): HubError {
  return new HubError('VALIDATION_ERROR', 'The body ended early. Send the request again.', { cause })
}

/**
 * Parses a text that must be JSON.
 * @throws {HubError} VALIDATION_ERROR with the place of the fault, and nothing of the text.
 */
export function parseJson(text: string): unknown {
  if (text.trim() === '') throw new HubError('VALIDATION_ERROR', 'The body is empty. Send a JSON object.')
  try {
    return parseExactly(text)
  } catch (cause) {
    throw new HubError('VALIDATION_ERROR', `The body is not valid JSON${placeOf(cause)}.`, { cause })
  }
}

/**
 * The place of a fault. The parser's own words quote the text around it, which may be a password.
 */
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
