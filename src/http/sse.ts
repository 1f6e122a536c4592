/**
 * Server-sent events: bytes to messages and back.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 *
 * `SseDecoder` is for whoever translates a stream. `SseSplitter` is for a relay, which passes blocks on as they came and
 * looks into each with `parseSseBlock`. Fields that only a browser acts on (`id`, `retry`) are read over.
 */

/** One message of an event stream. A message that is only a comment has no data. */
export interface SseMessage {
  event?: string
  data?: string
  comment?: string
}

/** A line ends in "\r\n", "\n" or "\r". The lookahead keeps the engine from taking "\r\n" for two ends. */
const lineEnd = /\r\n|\n|\r(?!\n)/
const blankLine = /(?:\r\n|\n|\r(?!\n))(?:\r\n|\n|\r(?!\n))/g

/**
 * Cuts a text into whole events. A block is the text as it came with the blank line that ends it, so that the blocks and
 * `rest` joined are the input: a relay stays exact to the byte.
 */
export class SseSplitter {
  /** What came after the last whole event. */
  rest = ''
  #sawCarriageReturn = false

  push(text: string): string[] {
    if (text === '') return []
    // The first of the two line ends that make a blank line may be the last character that is here already. What lies
    // before it has been searched, and a large event in many chunks is not searched again for each.
    const searched = Math.max(0, this.rest.length - 1)
    this.rest += text
    this.#sawCarriageReturn ||= text.includes('\r')
    return this.#sawCarriageReturn ? this.#splitAnyLineEnds(searched) : this.#splitNewlines(searched)
  }

  /**
   * The last event, where the stream ended without the blank line that ends it; the line end is added here.
   * The standard discards such an event. Providers leave the last blank line out, so an event whose lines are complete
   * counts; one that breaks off within a line was cut, and half of its JSON helps nobody.
   */
  end(): string[] {
    const rest = this.rest
    this.rest = ''
    return /[\r\n]$/.test(rest) ? [`${rest}\n`] : []
  }

  /** The fast path: as long as no "\r" was seen, a blank line is always "\n\n". */
  #splitNewlines(searched: number): string[] {
    const blocks: string[] = []
    let start = 0
    let end = this.rest.indexOf('\n\n', searched)
    while (end !== -1) {
      blocks.push(this.rest.slice(start, end + 2))
      start = end + 2
      end = this.rest.indexOf('\n\n', start)
    }
    this.rest = this.rest.slice(start)
    return blocks
  }

  #splitAnyLineEnds(searched: number): string[] {
    const blocks: string[] = []
    let start = 0
    blankLine.lastIndex = searched
    while (blankLine.test(this.rest)) {
      // A "\r" at the end of a chunk may be half of "\r\n". It ends the event now, which must not wait for a chunk that
      // may be long in coming; its "\n" then begins the next block, where it is an empty line and says nothing.
      blocks.push(this.rest.slice(start, blankLine.lastIndex))
      start = blankLine.lastIndex
    }
    this.rest = this.rest.slice(start)
    return blocks
  }
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
  #splitter = new SseSplitter()
  #begun = false

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

/** Those messages that say something. The standard dispatches no event without data; a comment is worth knowing too. */
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
