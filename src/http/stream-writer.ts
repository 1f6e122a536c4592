/**
 * Writes an event stream to a client, in the framing it asked for: server-sent events as they are, or for Gemini's clients
 * that did not ask for them, one JSON array of the same messages, comments becoming white space.
 */
import { parseSseBlock, SseSplitter } from './sse.ts'

export class StreamWriter {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>
  readonly #onText: (text: string) => void
  readonly #encoder = new TextEncoder()
  readonly #array: ArrayFramer | undefined
  #passed = false

  /** @param onText is told what goes out, as it is framed. */
  constructor(
    writable: WritableStream<Uint8Array>,
    framing: 'json-array' | undefined,
    onText: (text: string) => void = () => {},
  ) {
    this.#writer = writable.getWriter()
    this.#onText = onText
    this.#array = framing && new ArrayFramer()
  }

  /** Writes whole events. Rejects when the client has closed its side. */
  async write(text: string): Promise<void> {
    const framed = this.#array ? this.#array.push(text) : text
    if (framed !== '') await this.#send(framed)
  }

  /**
   * Passes on a whole stream that is framed already; of what comes after it only comments may be written.
   * Rejects when the client has closed its side, and the stream is then told to stop.
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
