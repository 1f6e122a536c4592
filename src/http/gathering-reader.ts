/**
 * A reader that gathers. Entering JavaScript once per chunk is what streams cost on workerd, so
 * while chunks come in quick succession it asks for as many bytes at a time as lately came in
 * `windowMs`; otherwise for whatever is there.
 */

/**
 * How much time's worth of bytes one read may gather. It bounds how long text can be held back
 * while it keeps coming.
 */
const windowMs = 25
/** Fewer reads than this within a window are not worth gathering. */
const minReads = 4
/** So many reads are a burst, whose rate is known without waiting for the window's end. */
const manyReads = 8
/**
 * A sudden pause can hold back as much as was asked for, and a connection that breaks then takes it
 * along; so never much is. Accepted: a sentence or two of a fast model.
 */
const maxBytes = 2048
const bufferBytes = 16 * 1024

export class GatheringReader {
  readonly #reader: ReadableStreamBYOBReader
  #buffer = new ArrayBuffer(bufferBytes)
  #windowStartedAt = 0
  #reads = 0
  #bytes = 0
  #atLeast = 1

  /** @param body a byte stream, as `fetch` gives it. */
  constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.getReader({ mode: 'byob' })
  }

  /**
   * The next bytes, or undefined at the end. They are valid until the next call.
   * @param gather false takes what is there, and learns nothing from it.
   * @throws what the stream fails with.
   */
  async read(gather = true): Promise<Uint8Array | undefined> {
    const { value, done } = await this.#reader.readAtLeast(
      gather ? this.#atLeast : 1,
      new Uint8Array(this.#buffer),
    )
    // What is left at the end, though less than was asked for, comes before `done`.
    if (done) return undefined
    // The buffer was handed over to the read, and comes back as part of its result.
    this.#buffer = value.buffer
    if (gather) this.#adapt(value.byteLength, Date.now())
    return value
  }

  /** Lets go of the stream; its source is told to stop. */
  async cancel(reason?: unknown): Promise<void> {
    await this.#reader.cancel(reason)
  }

  #adapt(bytes: number, now: number): void {
    // A gathered read counts for as many chunks as it was worth, or gathering would talk itself out
    // of gathering.
    this.#reads += this.#atLeast > 1 ? minReads : 1
    this.#bytes += bytes
    const elapsedMs = now - this.#windowStartedAt
    if (elapsedMs < windowMs && this.#reads < manyReads) return
    const busy = this.#reads >= minReads && elapsedMs < 2 * windowMs
    // Never more than what lately came: that is the most that a sudden pause can hold back.
    const lately = Math.floor(this.#bytes * Math.min(1, windowMs / Math.max(1, elapsedMs)))
    this.#atLeast = busy ? Math.min(maxBytes, Math.max(1, lately)) : 1
    this.#windowStartedAt = now
    this.#reads = 0
    this.#bytes = 0
  }
}
