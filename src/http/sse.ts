/**
 * Server-sent events: bytes to messages and back.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 *
 * `SseDecoder` is for whoever translates a stream. `SseSplitter` is for a relay, which passes
 * blocks on as they came and looks into each with `parseSseBlock`. Fields that only a browser acts
 * on (`id`, `retry`) are read over.
 */

/** One message of an event stream. A message that is only a comment has no data. */
export interface SseMessage {
  event?: string
  data?: string
  comment?: string
}

/**
 * The longest event that is taken, in characters. Images come whole in one event, as base64; the
 * largest of today's have some 6 MB.
 */
export const maxEventCharacters = 8 * 1024 * 1024

/** Pieces below this length are joined to the next one. */
const shortPiece = 1_024

/** An event that is longer than its reader takes. */
export class EventTooLongError extends Error {
  override readonly name = 'EventTooLongError'

  constructor(maxCharacters: number) {
    super(`The stream holds an event of more than ${maxCharacters} characters.`)
  }
}

/**
 * A line ends in "\r\n", "\n" or "\r". The lookahead keeps the engine from taking "\r\n" for two
 * ends.
 */
const lineEnd = /\r\n|\n|\r(?!\n)/
const blankLine = /(?:\r\n|\n|\r(?!\n))(?:\r\n|\n|\r(?!\n))/g

/**
 * Cuts a text into whole events. A block is the text as it came with the blank line that ends it,
 * so that the blocks and `rest` joined are the input: a relay stays exact to the byte.
 */
export class SseSplitter {
  /** The pieces that came after the last whole event. They are joined once, when it is whole. */
  #pieces: string[] = []
  #length = 0
  /** The last character of the pieces: it may be the first half of a blank line. */
  #last = ''
  #sawCarriageReturn = false
  readonly #maxCharacters: number

  /** @param maxCharacters of one event; a longer one is no event of any provider. */
  constructor(maxCharacters = maxEventCharacters) {
    this.#maxCharacters = maxCharacters
  }

  /** The text after the last whole event. */
  get rest(): string {
    if (this.#pieces.length > 1) this.#pieces = [this.#pieces.join('')]
    return this.#pieces[0] ?? ''
  }

  /**
   * Takes the next text. @returns the events that are whole with it.
   * @throws {EventTooLongError} where an event passes the bound.
   */
  push(text: string): string[] {
    if (text === '') return []
    this.#sawCarriageReturn ||= text.includes('\r')
    // The pieces before have been searched; only their last character may belong to a blank line.
    const window = this.#last + text
    const ends = this.#sawCarriageReturn ? endsOfBlankLines(window) : endsOfDoubleNewlines(window)
    const blocks: string[] = []
    let start = 0
    for (const end of ends) {
      const from = end - this.#last.length
      this.#add(text.slice(start, from))
      blocks.push(this.#take())
      start = from
    }
    // A blank line that was found begins nothing: the next event starts with the text after it.
    this.#last = start < text.length ? text.slice(-1) : ''
    this.#add(start === 0 ? text : text.slice(start))
    return blocks
  }

  #add(piece: string): void {
    this.#length += piece.length
    if (this.#length > this.#maxCharacters) throw new EventTooLongError(this.#maxCharacters)
    if (piece === '') return
    const before = this.#pieces.at(-1)
    // A stream in chunks of one character must not become as many entries.
    if (before !== undefined && before.length < shortPiece)
      this.#pieces[this.#pieces.length - 1] = before + piece
    else this.#pieces.push(piece)
  }

  #take(): string {
    const block = this.#pieces.length === 1 ? (this.#pieces[0] ?? '') : this.#pieces.join('')
    this.#pieces = []
    this.#length = 0
    return block
  }

  /**
   * The last event, where the stream ended without the blank line that ends it; the line end is
   * added here. The standard discards such an event. Providers leave the last blank line out, so an
   * event whose lines are complete counts; one that breaks off within a line was cut, and half of
   * its JSON helps nobody.
   */
  end(): string[] {
    const rest = this.#take()
    const isWhole = this.#last === '\n' || this.#last === '\r'
    this.#last = ''
    return isWhole ? [`${rest}\n`] : []
  }
}

/** The fast path: as long as no "\r" was seen, a blank line is always "\n\n". */
function endsOfDoubleNewlines(text: string): number[] {
  const ends: number[] = []
  for (let at = text.indexOf('\n\n'); at !== -1; at = text.indexOf('\n\n', at + 2)) ends.push(at + 2)
  return ends
}

/**
 * A "\r" at the end of a chunk may be half of "\r\n". It ends the event at once, which must not
 * wait for a late chunk; its "\n" then begins the next block, where it is an empty line and says
 * nothing.
 */
function endsOfBlankLines(text: string): number[] {
  const ends: number[] = []
  blankLine.lastIndex = 0
  while (blankLine.test(text)) ends.push(blankLine.lastIndex)
  return ends
}

/** Reads one block, whole or only begun; an empty object where it says nothing. */
export function parseSseBlock(block: string): SseMessage {
  // Nearly every event is one data line between "data:" and "\n\n".
  if (block.startsWith('data:') && block.indexOf('\n') === block.length - 2 && !block.includes('\r')) {
    return { data: block.slice(block[5] === ' ' ? 6 : 5, -2) }
  }
  return parseLines(block.split(lineEnd))
}

function parseLines(lines: string[]): SseMessage {
  const message: SseMessage = {}
  for (const line of lines) {
    if (line === '') continue
    const colon = line.indexOf(':')
    const field = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1)
    if (colon === 0) message.comment = appendLine(message.comment, value)
    else if (field === 'data') message.data = appendLine(message.data, value)
    else if (field === 'event') message.event = value
  }
  // An empty name is no name.
  if (message.event === '') delete message.event
  return message
}

function appendLine(text: string | undefined, line: string): string {
  return text === undefined ? line : `${text}\n${line}`
}

/** Bytes (or text) to messages. */
export class SseDecoder {
  // The byte order mark is removed here for both kinds of input, so the decoder leaves it.
  #utf8 = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true })
  readonly #splitter: SseSplitter
  #begun = false

  /** @param maxCharacters of one event; streams of the hub's own making have no bound. */
  constructor(maxCharacters = maxEventCharacters) {
    this.#splitter = new SseSplitter(maxCharacters)
  }

  /** @throws {EventTooLongError} where an event passes the bound. */
  push(chunk: Uint8Array | string): SseMessage[] {
    const text = typeof chunk === 'string' ? chunk : this.#utf8.decode(chunk, { stream: true })
    return this.#read(text)
  }

  end(): SseMessage[] {
    return [...this.#read(this.#utf8.decode()), ...spoken(this.#splitter.end().map(parseSseBlock))]
  }

  #read(text: string): SseMessage[] {
    if (text === '') return []
    const withoutMark = !this.#begun && text.startsWith('\uFEFF') ? text.slice(1) : text
    this.#begun = true
    return spoken(this.#splitter.push(withoutMark).map(parseSseBlock))
  }
}

/**
 * Those messages that say something. The standard dispatches no event without data; a comment is
 * worth knowing too.
 */
function spoken(messages: SseMessage[]): SseMessage[] {
  return messages.filter((message) => message.data !== undefined || message.comment !== undefined)
}

/** A message as the text of one event, ended by "\n" and a blank line. */
export function encodeSse(message: SseMessage): string {
  const { event, data, comment } = message
  let text = ''
  if (comment !== undefined) text += encodeField('', comment)
  if (event !== undefined) text += encodeField('event', event)
  if (data !== undefined) text += encodeField('data', data)
  return `${text}\n`
}

function encodeField(name: string, value: string): string {
  if (!value.includes('\n') && !value.includes('\r')) return `${name}: ${value}\n`
  return value
    .split(lineEnd)
    .map((line) => `${name}: ${line}\n`)
    .join('')
}
