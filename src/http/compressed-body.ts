/**
 * Request bodies in a `content-encoding`, decompressed while they come.
 * https://www.rfc-editor.org/rfc/rfc9110#section-8.4
 *
 * workerd's `DecompressionStream` writes without backpressure, and a byte of deflate can hold
 * 1,032: so it is given little at a time, and all that comes of it is read before it is given more.
 */
import { HubError } from '../errors.ts'

/** The formats of the platform. */
type Format = 'gzip' | 'deflate' | 'deflate-raw'
/** The codings that are read. */
export type Coding = 'gzip' | 'deflate'

/** How much is given at a time, in bytes. */
const sliceBytes = 1024
/** Larger than the output of any slice, so that one read takes all of it. */
const bufferBytes = 1100 * 1024

const codings: Readonly<Record<string, Coding>> = { gzip: 'gzip', 'x-gzip': 'gzip', deflate: 'deflate' }

/**
 * The coding of a body; undefined where it is plain.
 * @throws {HubError} UNSUPPORTED_MEDIA_TYPE for every other coding, and for several at once.
 */
export function codingOf({ headers }: Pick<Request, 'headers'>): Coding | undefined {
  const names = (headers.get('content-encoding') ?? '').split(',').map((name) => name.trim().toLowerCase())
  const [name, ...others] = names.filter((each) => each !== '' && each !== 'identity')
  if (name === undefined) return undefined
  const coding = Object.hasOwn(codings, name) ? codings[name] : undefined
  if (coding && others.length === 0) return coding
  throw new HubError(
    'UNSUPPORTED_MEDIA_TYPE',
    `The body has the content-encoding ${shown([name, ...others])}. Send it uncompressed, or as gzip or deflate.`,
    { param: 'content-encoding' },
  )
}

/** Names as an error shows them: whoever calls may write anything there. */
function shown(names: string[]): string {
  const text = names.join(', ')
  return /^[\w.+, -]{1,60}$/.test(text) ? `"${text}"` : 'of another name'
}

/** Decompresses one body. */
export class Decompressor {
  readonly #coding: Coding
  readonly #take: (bytes: Uint8Array) => boolean
  #inflater: Inflater | undefined
  /** What came before the form of a deflated body is known. */
  #head: Uint8Array = new Uint8Array(0)

  /** @param take is given the plain bytes, piece by piece, until it answers false. */
  constructor(coding: Coding, take: (bytes: Uint8Array) => boolean) {
    this.#coding = coding
    this.#take = take
  }

  /**
   * Takes the next bytes of the body.
   * @returns whether more is wanted.
   * @throws {HubError} VALIDATION_ERROR where they are not in the coding.
   */
  async push(chunk: Uint8Array): Promise<boolean> {
    let bytes: Uint8Array = chunk
    if (!this.#inflater) {
      bytes = this.#head = concat(this.#head, chunk)
      if (bytes.byteLength < 2) return true
      this.#inflater = new Inflater(formatOf(this.#coding, bytes), this.#take)
      this.#head = new Uint8Array(0)
    }
    try {
      return await this.#inflater.push(bytes)
    } catch {
      throw broken(this.#coding)
    }
  }

  /**
   * Takes the end of the body.
   * @throws {HubError} VALIDATION_ERROR where something is missing.
   */
  async end(): Promise<void> {
    // A body of nothing is an empty one in every coding.
    if (!this.#inflater && this.#head.byteLength === 0) return
    try {
      this.#inflater ??= new Inflater(formatOf(this.#coding, this.#head), this.#take)
      await this.#inflater.end()
    } catch {
      throw broken(this.#coding)
    }
  }

  /** Lets go of a body that is not read to its end. */
  stop(): void {
    this.#inflater?.stop()
  }
}

function broken(coding: Coding): HubError {
  return new HubError('VALIDATION_ERROR', `The body does not match its content-encoding "${coding}".`, {
    param: 'content-encoding',
  })
}

/**
 * The format of a body. By `deflate` the RFC means zlib, and some clients the bare stream: a zlib
 * header is a multiple of 31. https://www.rfc-editor.org/rfc/rfc1950#section-2.2
 */
function formatOf(coding: Coding, [first = 0, second = 0]: Uint8Array): Format {
  if (coding === 'gzip') return 'gzip'
  const isZlib = (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0
  return isZlib ? 'deflate' : 'deflate-raw'
}

function concat(head: Uint8Array, tail: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(head.byteLength + tail.byteLength)
  bytes.set(head)
  bytes.set(tail, head.byteLength)
  return bytes
}

/** One stream of the platform, given a slice at a time. */
class Inflater {
  readonly #writer: WritableStreamDefaultWriter<BufferSource>
  readonly #reading: Promise<void>
  #isStopped = false

  constructor(format: Format, take: (bytes: Uint8Array) => boolean) {
    const { readable, writable } = new DecompressionStream(format)
    this.#writer = writable.getWriter()
    this.#reading = this.#readAll(readable.getReader({ mode: 'byob' }), take)
    // Its error is that of the write, too; `end` waits for both.
    this.#reading.catch(() => {})
  }

  async push(bytes: Uint8Array): Promise<boolean> {
    for (let at = 0; at < bytes.byteLength && !this.#isStopped; at += sliceBytes)
      await this.#writer.write(bytes.slice(at, at + sliceBytes))
    return !this.#isStopped
  }

  async end(): Promise<void> {
    if (this.#isStopped) return
    await Promise.all([this.#writer.close(), this.#reading])
  }

  stop(): void {
    this.#isStopped = true
    this.#writer.abort().catch(() => {})
  }

  async #readAll(reader: ReadableStreamBYOBReader, take: (bytes: Uint8Array) => boolean): Promise<void> {
    let buffer = new ArrayBuffer(bufferBytes)
    for (;;) {
      const { value, done } = await reader.read(new Uint8Array(buffer))
      if (done || this.#isStopped) return
      if (!take(value)) {
        this.stop()
        return
      }
      // The buffer was handed over to the read, and comes back as part of its result.
      buffer = value.buffer
    }
  }
}
