/**
 * HTTP/1.1 as this bench needs it, for both ends of the measured process: Node's own client and
 * server would cost more than what they measure. https://www.rfc-editor.org/rfc/rfc9112
 */

/**
 * What a reader calls, in this order, for each message.
 * @typedef {object} Listener
 * @property {(head: string) => void} head The start line and the fields, without the blank line.
 * @property {(bytes: Buffer) => void} body A piece of the body, without the framing. It is valid
 *   until the call returns.
 * @property {() => void} end
 */

/**
 * Cuts what comes over one connection into messages. Bodies have a length or come in chunks;
 * nothing else is understood.
 */
export class MessageReader {
  #listener
  /** A head, or a line of the framing, of which not all has come. */
  #text = ''
  /** @type {'head' | 'body' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailer'} */
  #state = 'head'
  #missing = 0

  /** @param {Listener} listener */
  constructor(listener) {
    this.#listener = listener
  }

  /** @param {Buffer} bytes */
  push(bytes) {
    let at = 0
    while (at < bytes.length) {
      if (this.#state === 'body' || this.#state === 'chunk') {
        const piece = bytes.subarray(at, at + this.#missing)
        at += piece.length
        this.#missing -= piece.length
        this.#listener.body(piece)
        if (this.#missing > 0) continue
        if (this.#state === 'body') this.#finish()
        else this.#state = 'chunk-end'
      } else {
        at = this.#readText(bytes, at)
      }
    }
  }

  /** @returns {number} how far the bytes have been read. */
  #readText(bytes, from) {
    const mark = this.#state === 'head' ? '\r\n\r\n' : '\r\n'
    const before = this.#text.length
    // A mark may lie in two pieces, so that what was left is searched with what came.
    const text = this.#text + bytes.latin1Slice(from, Math.min(bytes.length, from + 16_384))
    const end = text.indexOf(mark, Math.max(0, before - mark.length))
    if (end === -1) {
      this.#text = text
      return from + text.length - before
    }
    this.#text = ''
    this.#take(text.slice(0, end))
    return from + end + mark.length - before
  }

  /** @param {string} text A whole head, or a whole line of the framing. */
  #take(text) {
    switch (this.#state) {
      case 'head':
        this.#listener.head(text)
        if (/^transfer-encoding: *chunked/im.test(text)) this.#state = 'chunk-size'
        else this.#expect('body', Number(/^content-length: *(\d+)/im.exec(text)?.[1] ?? 0))
        break
      case 'chunk-size':
        this.#expect('chunk', Number.parseInt(text, 16))
        break
      case 'chunk-end':
        this.#state = 'chunk-size'
        break
      case 'trailer':
        if (text === '') this.#finish()
        break
      case 'body':
      case 'chunk':
        throw new Error('Bytes of a body are not text.')
    }
  }

  #expect(state, length) {
    this.#state = state
    this.#missing = length
    if (length > 0) return
    if (state === 'body') this.#finish()
    else this.#state = 'trailer'
  }

  #finish() {
    this.#state = 'head'
    this.#listener.end()
  }
}

/** A piece of a body as one chunk. @param {string} text */
export function chunk(text) {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`
}

export const lastChunk = '0\r\n\r\n'
