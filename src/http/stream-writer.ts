/**
 * Writes an event stream to a client, in the framing that it reads: server-sent events as they are,
 * or without comments, or one JSON array of the same messages. Comments then become white space.
 */
import type { Framing } from '../chat/request.ts'
import { parseSseBlock, SseSplitter } from './sse.ts'

/**
 * A line that says nothing to a client. No line of an event's data begins with a colon. `^` would
 * match after U+2028 too, which is a character like any other here.
 */
const comments = /(?<![^\r\n]):[^\r\n]*(?:\r\n|\n|\r)/g

export class StreamWriter {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>
  readonly #onText: (text: string) => void
  readonly #encoder = new TextEncoder()
  readonly #framing: Framing | undefined
  readonly #array: ArrayFramer | undefined
  #passed = false

  /** @param onText is told what goes out, as it is framed. */
  constructor(
    writable: WritableStream<Uint8Array>,
    framing: Framing | undefined,
    onText: (text: string) => void = () => {},
  ) {
    this.#writer = writable.getWriter()
    this.#onText = onText
    this.#framing = framing
    this.#array = framing === 'json-array' ? new ArrayFramer() : undefined
  }

  /** Writes whole events. Rejects when the client has closed its side. */
  async write(text: string): Promise<void> {
    const framed = this.#frame(text)
    if (framed !== '') await this.#send(framed)
  }

  /**
   * Passes on a whole stream that is framed already; of what comes after it only comments may be
   * written. Rejects when the client has closed its side, and the stream is then told to stop.
   */
  async pass(framed: ReadableStream<Uint8Array>): Promise<void> {
    this.#passed = true
    for await (const chunk of framed) await this.#writer.write(chunk)
  }

  /** Ends the stream. A client that is gone already does not matter. */
  async close(): Promise<void> {
    try {
      if (this.#array && !this.#passed) await this.#send(this.#array.end())
      await this.#writer.close()
    } catch {
      // Nobody is left to tell.
    }
  }

  #frame(text: string): string {
    if (this.#array) return this.#array.push(text)
    return this.#framing === 'bare-events' ? text.replaceAll(comments, '') : text
  }

  async #send(text: string): Promise<void> {
    await this.#writer.write(this.#encoder.encode(text))
    this.#onText(text)
  }
}

class ArrayFramer {
  /** Its events are of the hub's own making, and bounded where they are made. */
  readonly #splitter = new SseSplitter(Infinity)
  #begun = false

  push(text: string): string {
    return this.#splitter
      .push(text)
      .map((block) => this.#frame(parseSseBlock(block).data))
      .join('')
  }

  end(): string {
    return this.#begun ? ']' : '[]'
  }

  #frame(data: string | undefined): string {
    if (data === undefined) return '\n'
    const separator = this.#begun ? ',\n' : '['
    this.#begun = true
    return separator + data
  }
}
