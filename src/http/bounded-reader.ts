/**
 * The one reader of whole bodies that others send: it counts bytes as they come, with or without
 * `content-length`, and cancels the source at the bound. Streams of events have
 * `gathering-reader.ts` and `sse.ts`.
 */
import { Watchdog } from './idle-timer.ts'

/** A body that is longer than its reader takes. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError'
  /** The bound, in bytes. */
  readonly maxBytes: number

  constructor(maxBytes: number) {
    super(`The body is larger than ${formatBytes(maxBytes)}.`)
    this.maxBytes = maxBytes
  }
}

/**
 * A connection that failed while its body was read: a fault of the network or the other end, never
 * ours.
 */
export class BrokenBodyError extends Error {
  override readonly name = 'BrokenBodyError'

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

/** A body as far as it was read. */
export interface BoundedText {
  text: string
  /** The body went on after the bound. */
  isCut: boolean
}

type Readable = Pick<Response, 'body' | 'headers'>

/**
 * Reads a whole body as text (UTF-8, without a byte order mark).
 * @throws {BodyTooLargeError} where it is longer than `maxBytes`; the source is cancelled.
 * @throws {BrokenBodyError} where the connection fails. Errors of `time` pass as they are.
 */
export async function readText(message: Readable, maxBytes: number, time?: ReadingTime): Promise<string> {
  if (statedLength(message) > maxBytes) {
    await message.body?.cancel().catch(() => {})
    throw new BodyTooLargeError(maxBytes)
  }
  const { text, isCut } = await readBeginning(message, maxBytes, time)
  if (isCut) throw new BodyTooLargeError(maxBytes)
  return text
}

/**
 * Reads the first `maxBytes` of a body as text and cancels the source there.
 * @throws {BrokenBodyError} where the connection fails. Errors of `time` pass as they are.
 */
export async function readBeginning(
  { body }: Readable,
  maxBytes: number,
  time?: ReadingTime,
): Promise<BoundedText> {
  const decoder = new TextDecoder()
  const pieces: string[] = []
  let left = maxBytes
  const take = (chunk: Uint8Array): boolean => {
    pieces.push(decoder.decode(chunk.subarray(0, left), { stream: true }))
    left -= chunk.byteLength
    return left >= 0
  }
  const isWhole = await readChunks(body, take, time)
  pieces.push(decoder.decode())
  return { text: pieces.join(''), isCut: !isWhole }
}

/** How long a body may take, in milliseconds, and the error where it takes longer. */
export interface ReadingTime {
  /** Between two chunks. */
  idleMs: number
  /** From the first read to the end. */
  wholeMs: number
  expired: () => Error
}

/**
 * Hands each chunk of a body to `take` until it answers false; the source is then cancelled.
 * @returns whether the body came to its end.
 * @throws {BrokenBodyError} where the connection fails. Errors of `take` and of `time` pass as they
 *   are.
 */
export async function readChunks(
  body: ReadableStream<Uint8Array> | null,
  take: (chunk: Uint8Array) => boolean | Promise<boolean>,
  time?: ReadingTime,
): Promise<boolean> {
  if (!body) return true
  const reader = body.getReader()
  const clock = time && new ReadingClock(time)
  let isOver = false
  try {
    for (;;) {
      const reading = reader.read().catch((cause: unknown) => {
        isOver = true
        throw new BrokenBodyError(cause)
      })
      const { value, done } = await (clock ? clock.race(reading) : reading)
      if (done) {
        isOver = true
        return true
      }
      const more = take(value)
      if (!(typeof more === 'boolean' ? more : await more)) return false
    }
  } finally {
    clock?.stop()
    // The other end is asked to stop; nothing waits for it to obey.
    if (!isOver) reader.cancel().catch(() => {})
  }
}

/** Ends a reading that takes too long. */
class ReadingClock {
  readonly #expiry = Promise.withResolvers<never>()
  readonly #idle: Watchdog
  readonly #whole: ReturnType<typeof setTimeout>

  constructor({ idleMs, wholeMs, expired }: ReadingTime) {
    // A reading that ends in time leaves this promise to nobody.
    this.#expiry.promise.catch(() => {})
    const end = (): void => this.#expiry.reject(expired())
    this.#idle = new Watchdog(idleMs, end)
    this.#whole = setTimeout(end, wholeMs)
  }

  race<T>(reading: Promise<T>): Promise<T> {
    this.#idle.feed()
    return Promise.race([reading, this.#expiry.promise])
  }

  stop(): void {
    this.#idle.stop()
    clearTimeout(this.#whole)
  }
}

/** The length that a message states, in bytes; 0 where it states none. */
export function statedLength({ headers }: Pick<Response, 'headers'>): number {
  const length = Number(headers.get('content-length') ?? 0)
  return Number.isFinite(length) ? length : 0
}

/** `16 kB`, `32 MB`: a bound as messages name it. */
export function formatBytes(bytes: number): string {
  const kilobytes = bytes / 1024
  return kilobytes < 1024 ? `${kilobytes} kB` : `${kilobytes / 1024} MB`
}
