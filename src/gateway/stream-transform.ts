/**
 * The way of a stream through the hub, from the provider's bytes to the client's text, without I/O.
 * Two kinds: a relay, where both speak the same dialect and whole events pass as they came; and a
 * translation through the canonical events.
 */
import { isJsonObject } from '../chat/json.ts'
import { isContent, type ChatEvent, type Complaint, type Usage } from '../chat/events.ts'
import type { Codec, Glimpse, Inbound, Outbound, Served } from '../dialects/dialect.ts'
import { parseJson } from '../dialects/json-read.ts'
import type { HubError } from '../errors.ts'
import type { ChatRequest } from '../chat/request.ts'
import { formatBytes } from '../http/bounded-reader.ts'
import { presentable } from './check-usage.ts'
import { concealAnswer, type ShownAs } from './conceal.ts'
import { ContentMeter } from './content-meter.ts'
import {
  encodeSse,
  maxEventCharacters,
  parseSseBlock,
  SseDecoder,
  SseSplitter,
  type SseMessage,
} from '../http/sse.ts'
import { maxAnswerBytes, withEcho } from './timeouts.ts'
import { PartCounter } from './part-counter.ts'

export interface Passage {
  /**
   * Returns what the client gets for these bytes. It stops before a complaint: the pipeline ends
   * the stream.
   * @throws {EventTooLongError} {StreamTooLongError} {TooManyPartsError} where the provider sends
   *   more than any stream holds.
   */
  push(bytes: Uint8Array): string
  /** What the client gets at the end of the provider's stream. */
  end(): string
  /**
   * The dialect's own end of a stream that broke, where it takes what was sent before; undefined
   * where it takes nothing.
   */
  fail(error: HubError, requestId: string, now: number): string | undefined
  /** What has been seen so far. */
  readonly seen: Seen
}

/**
 * A stream that is longer than the hub translates: what it has gathered of it must end somewhere.
 */
export class StreamTooLongError extends Error {
  override readonly name = 'StreamTooLongError'

  /** @param most bytes that it may have. */
  constructor(most: number) {
    super(`The stream is longer than ${formatBytes(most)}.`)
  }
}

/** What the meter notes while events pass. */
export interface Seen {
  /** Text, reasoning or a tool call was written to the client. */
  content: boolean
  /** Content came, whether or not the client's dialect could already be given any of it. */
  heard: boolean
  /** The provider has said why a choice finished. */
  finished: boolean
  /** The provider has said all it wanted to say. */
  complete: boolean
  /** The last event of the stream has come: nothing after it is read. */
  ended: boolean
  /** The last report of usage. Reports are cumulative; they are never summed. */
  usage?: Usage
  /** The provider's error, if it sent one instead of going on. */
  complaint?: Complaint
  /**
   * The data of the last message that the client got: some dialects end in one that holds the whole
   * answer.
   */
  lastData?: string
  /** How much content came so far, for a provider whose usage is missing or cannot be true. */
  meter: ContentMeter
}

function nothingSeen(): Seen {
  const meter = new ContentMeter()
  return { content: false, heard: false, finished: false, complete: false, ended: false, meter }
}

export interface ShownEvents {
  shownAs?: ShownAs | undefined
  /** Set where the client reads only what the dialect's own vendor says. */
  readsTextOnly?: true | undefined
}

/** What writes answers of a dialect for a client that cannot read all forms of its vendors. */
export function simplifierOf(outbound: Outbound, readsTextOnly: true | undefined): (json: string) => string {
  return (json) => (readsTextOnly ? (outbound.simplify?.(json) ?? json) : json)
}

/** Passes the events of a stream on as they came, and watches them. */
export class Relay implements Passage {
  readonly seen = nothingSeen()
  readonly #splitter: SseSplitter
  readonly #decoder = new TextDecoder()
  readonly #glimpse: (message: SseMessage) => Glimpse
  readonly #showUsage: boolean
  readonly #shownAs: ShownAs | undefined
  readonly #simplify: (data: string) => string
  /** The first event that is none of the dialect: it is the error of an answer without an end. */
  #noise: Complaint | undefined

  /**
   * @param showUsage whether the client asked for usage; if not, the event that holds nothing else
   *   is left out.
   * @param sentBytes of the body that was sent, which events may repeat.
   * @param shown how events are changed: `shownAs` is the name of the model and the id that they
   *   bear, where the client may not learn the real ones.
   */
  constructor(outbound: Outbound, showUsage: boolean, sentBytes = 0, shown: ShownEvents = {}) {
    this.#shownAs = shown.shownAs
    this.#simplify = simplifierOf(outbound, shown.readsTextOnly)
    this.#splitter = new SseSplitter(withEcho(maxEventCharacters, sentBytes))
    this.#glimpse = outbound.watch?.() ?? ((message) => outbound.glimpse(message))
    this.#showUsage = showUsage
  }

  push(bytes: Uint8Array): string {
    return this.#pass(this.#splitter.push(this.#decoder.decode(bytes, { stream: true })))
  }

  end(): string {
    const rest = this.#splitter.push(this.#decoder.decode()).concat(this.#splitter.end())
    const text = this.#pass(rest)
    if (!this.seen.complete && this.#noise) this.seen.complaint ??= this.#noise
    return text
  }

  fail(): undefined {
    return undefined
  }

  #pass(blocks: string[]): string {
    let text = ''
    for (const block of blocks) {
      if (this.seen.complaint || this.seen.ended) break
      const message = parseSseBlock(block)
      const glimpse = this.#glimpse(message)
      // Some providers report usage in the very event that says what went wrong.
      if (glimpse.usage) this.seen.usage = glimpse.usage
      if (glimpse.noise !== undefined || (glimpse.broken && this.seen.finished)) {
        if (glimpse.noise !== 'mark') this.#noise ??= glimpse.noise
        continue
      }
      if (glimpse.complaint) {
        this.seen.complaint = glimpse.complaint
        break
      }
      if (glimpse.content) {
        this.seen.content = true
        this.seen.heard = true
        this.seen.meter.addMessage(message.data ?? '')
      }
      if (glimpse.finished) this.seen.finished = true
      if (glimpse.end) this.seen.ended = true
      if (glimpse.finished || glimpse.end) this.seen.complete = true
      if (glimpse.usageOnly && !this.#showUsage) continue
      const shown = this.#show(block, message)
      if (shown.data !== undefined) this.seen.lastData = shown.data
      text += shown.block
    }
    return text
  }

  /** An event as the client gets it. */
  #show(block: string, message: SseMessage): { block: string; data?: string | undefined } {
    const { data } = message
    if (data === undefined) return { block }
    const written = this.#simplify(this.#conceal(data))
    return written === data
      ? { block, data }
      : { block: encodeSse({ ...message, data: written }), data: written }
  }

  #conceal(data: string): string {
    const body = this.#shownAs === undefined ? undefined : parseJson(data)
    if (this.#shownAs === undefined || !isJsonObject(body)) return data
    const concealed = concealAnswer(body, this.#shownAs)
    return concealed === body ? data : JSON.stringify(concealed)
  }
}

/** Turns a stream of one dialect into a stream of another. */
export class Translation implements Passage {
  readonly seen = nothingSeen()
  readonly #decoder: SseDecoder
  readonly #mostBytes: number
  readonly #parts = new PartCounter()
  readonly #parser: Codec<SseMessage, ChatEvent>
  readonly #renderer: Codec<ChatEvent, SseMessage>
  readonly #served: Served
  #bytes = 0

  /** @param sentBytes of the body that was sent, which events may repeat. */
  constructor(outbound: Outbound, inbound: Inbound, request: ChatRequest, served: Served, sentBytes = 0) {
    this.#decoder = new SseDecoder(withEcho(maxEventCharacters, sentBytes))
    this.#mostBytes = withEcho(maxAnswerBytes, sentBytes)
    this.#served = served
    this.#parser = outbound.parseStream()
    this.#renderer = inbound.renderStream(request, served)
  }

  push(bytes: Uint8Array): string {
    this.#bytes += bytes.byteLength
    if (this.#bytes > this.#mostBytes) throw new StreamTooLongError(this.#mostBytes)
    return this.#render(this.#decoder.push(bytes).flatMap((message) => this.#parser.push(message)))
  }

  end(): string {
    const messages = this.#decoder.end().flatMap((message) => this.#parser.push(message))
    const text = this.#render([...messages, ...this.#parser.end()])
    // A stream that broke is not rendered to its end: that would make it look finished.
    return this.seen.complete ? text + encode(this.#renderer.end()) : text
  }

  fail(error: HubError, requestId: string, now: number): string | undefined {
    return this.#renderer.fail && encode(this.#renderer.fail(error, requestId, now))
  }

  #render(events: ChatEvent[]): string {
    let text = ''
    for (const event of events) {
      if (this.seen.complaint) break
      this.#parts.push(event)
      if (event.type === 'stream-error') {
        this.seen.complaint = event.complaint
        break
      }
      if (event.type === 'usage-report') this.seen.usage = event.usage
      const messages = this.#renderer.push(this.#shown(event))
      if (event.type === 'choice-finish' && event.finish.raw !== '') this.seen.finished = true
      if (event.type === 'response-end') {
        this.seen.complete = true
        this.seen.ended = true
      }
      if (isContent(event)) {
        this.seen.heard = true
        this.seen.content ||= messages.length > 0
        this.seen.meter.addEvent(event)
      }
      const data = messages.at(-1)?.data
      if (data !== undefined) this.seen.lastData = data
      text += encode(messages)
    }
    return text
  }

  /** An event as the client gets it. */
  #shown(event: ChatEvent): ChatEvent {
    if (event.type === 'response-start') return headOf(event, this.#served)
    return event.type === 'usage-report' ? { ...event, usage: presentable(event.usage) } : event
  }
}

/** What an answer says of itself, and where its provider says nothing, what the hub knows of it. */
export function headOf<Head extends { id: string; model: string; createdAt: number; usage?: Usage }>(
  head: Head,
  served: Served,
): Head {
  const at = served.at ?? 0
  return {
    ...head,
    ...(head.usage && { usage: presentable(head.usage) }),
    id: served.id ?? (head.id || `hub_${at}`),
    model: served.provider === undefined ? served.model : head.model || served.model,
    createdAt: head.createdAt || at,
  }
}

function encode(messages: SseMessage[]): string {
  return messages.map(encodeSse).join('')
}
