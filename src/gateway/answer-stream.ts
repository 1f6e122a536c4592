/**
 * One streamed answer: held until its first content, then pumped to the client. It reads, gathers
 * and writes; what the bytes become is for its passage.
 */
import type { Complaint, Usage } from '../chat/events.ts'
import type { Fault, HubError } from '../errors.ts'
import { formatBytes } from '../http/bounded-reader.ts'
import { GatheringReader } from '../http/gathering-reader.ts'
import { EventTooLongError } from '../http/sse.ts'
import type { StreamWriter } from '../http/stream-writer.ts'
import { Watchdog } from '../http/idle-timer.ts'
import { budgets, largeRequestBytes, maxHeldBytes, withEcho } from './timeouts.ts'
import type { ContentMeter } from './content-meter.ts'
import { Interruption, type InterruptionCause, type LinkedAbort } from './abort.ts'
import { TooManyPartsError } from './part-counter.ts'
import { type Passage, StreamTooLongError } from './stream-transform.ts'

/** How a stream, or a part of it, ended. */
export type StreamEnd =
  /**
   * The first content is there (from `start`), or the provider said all it wanted (from `pump`).
   */
  | { type: 'good' }
  | { type: 'complaint'; complaint: Complaint }
  /** It ended in the middle, or the connection broke. */
  | { type: 'cut' }
  /** It holds more than any stream does: an endless event, or an endless answer. */
  | { type: 'malformed'; problem: string }
  /** The same, or too much before its first content, where the request may be the cause. */
  | { type: 'too-long'; problem: string }
  | { type: 'interrupted'; cause: InterruptionCause }

/** How long, and how far, a stream is read after its last event, and what comes is thrown away. */
const drainMs = 1_000
const maxDrainedReads = 16

const noAnswer = 'The stream ended without an answer.'

export class AnswerStream {
  readonly #reader: GatheringReader
  readonly #passage: Passage
  readonly #abort: LinkedAbort
  readonly #mostHeld: number
  readonly #mayEcho: boolean
  #watchdog: Watchdog | undefined
  #held = ''
  #bytes = 0
  #over = false

  /**
   * @param abort ends the upstream call; this class lets go of it when the stream is over.
   * @param sentBytes of the body that was sent, which the stream may repeat.
   */
  constructor(body: ReadableStream<Uint8Array>, passage: Passage, abort: LinkedAbort, sentBytes: number) {
    this.#mostHeld = withEcho(maxHeldBytes, sentBytes)
    this.#mayEcho = sentBytes >= largeRequestBytes
    this.#reader = new GatheringReader(body)
    this.#passage = passage
    this.#abort = abort
  }

  /** Usage as the provider reported it, unchecked; undefined where it reported none. */
  get claimed(): Usage | undefined {
    return this.#passage.seen.usage
  }

  /** Whether the provider has said all it wanted to say. */
  get isComplete(): boolean {
    return this.#passage.seen.complete
  }

  /** How much content came. */
  get meter(): ContentMeter {
    return this.#passage.seen.meter
  }

  /** The data of the last message that went to the client. */
  get lastData(): string | undefined {
    return this.#passage.seen.lastData
  }

  /**
   * The dialect's own end of a stream that broke; undefined where it takes nothing of what was sent
   * before.
   */
  fail(error: HubError, requestId: string, now: number): string | undefined {
    return this.#passage.fail(error, requestId, now)
  }

  /**
   * Reads up to the first content. What came so far is held, and goes out when the rest is pumped.
   */
  async start(): Promise<StreamEnd> {
    this.#watchdog = new Watchdog(budgets.firstContentMs, () =>
      this.#abort.abort(this.#passage.seen.heard ? 'idle' : 'first-content'),
    )
    let isGood = false
    try {
      const end = await this.#read((text) => {
        this.#held += text
        // A call that the client gets whole is content, though nothing of it can be written yet.
        if (this.#passage.seen.heard) this.#watchdog?.feed(budgets.idleMs)
        return !this.#passage.seen.content
      })
      isGood = end.type === 'good'
      return end
    } finally {
      if (!isGood) await this.close()
    }
  }

  /** Writes what was held and all that follows. */
  async pump(writer: StreamWriter): Promise<StreamEnd> {
    const write = async (text: string): Promise<boolean> => {
      this.#watchdog?.feed(budgets.idleMs)
      await writer.write(text).catch(() => Promise.reject(new Interruption('client-left')))
      return true
    }
    try {
      await write(this.#held)
      this.#held = ''
      return this.#over ? { type: 'good' } : await this.#read(write)
    } catch (thrown) {
      if (thrown instanceof Interruption) return { type: 'interrupted', cause: thrown.reason }
      throw thrown
    } finally {
      await this.close()
    }
  }

  /** Lets go of the upstream call, whatever its state. */
  async close(): Promise<void> {
    this.#watchdog?.stop()
    this.#abort.release()
    if (this.#over) return
    this.#over = true
    // The provider is told to stop; whether it hears it is not ours to wait for.
    await this.#reader.cancel().catch(() => {})
  }

  /** Reads until `take` has enough (it answers false), or the stream is over. */
  async #read(take: (text: string) => boolean | Promise<boolean>): Promise<StreamEnd> {
    const { seen } = this.#passage
    for (;;) {
      const bytes = await this.#next()
      if (bytes instanceof Error) {
        const cause = this.#abort.cause
        this.#over = true
        return cause ? { type: 'interrupted', cause } : seen.complete ? { type: 'good' } : { type: 'cut' }
      }
      this.#bytes += bytes?.byteLength ?? 0
      let text: string
      try {
        text = bytes ? this.#passage.push(bytes) : this.#passage.end()
        // What comes after the last event is not read, nor waited for.
        if (bytes && seen.ended) text += this.#passage.end()
      } catch (thrown) {
        if (!isTooMuch(thrown)) throw thrown
        return { type: this.#mayEcho ? 'too-long' : 'malformed', problem: thrown.message }
      }
      if (!seen.heard && this.#bytes > this.#mostHeld) {
        const problem = `The stream begins with more than ${formatBytes(this.#mostHeld)}.`
        return { type: 'too-long', problem }
      }
      const goOn = await take(text)
      if (seen.complaint) return { type: 'complaint', complaint: seen.complaint }
      if (bytes === undefined || seen.ended) {
        this.#over = true
        if (bytes) void this.#drain()
        if (!seen.complete) return { type: 'cut' }
        return seen.heard || seen.finished ? { type: 'good' } : { type: 'malformed', problem: noAnswer }
      }
      if (!goOn) return { type: 'good' }
    }
  }

  /** Lets the connection come to its end, so that it can be used again; but not for long. */
  async #drain(): Promise<void> {
    const cancel = (): void => void this.#reader.cancel().catch(() => {})
    const timer = setTimeout(cancel, drainMs)
    try {
      for (let left = maxDrainedReads; left > 0; left--) if (!(await this.#reader.read(false))) return
      cancel()
    } catch {
      // The answer is there already.
    } finally {
      clearTimeout(timer)
    }
  }

  async #next(): Promise<Uint8Array | undefined | Error> {
    try {
      // Up to the first content nothing is gathered: what opens a stream comes in a burst, and
      // words may wait behind it.
      return await this.#reader.read(this.#passage.seen.heard)
    } catch (thrown) {
      return thrown instanceof Error ? thrown : new Error(String(thrown))
    }
  }
}

function isTooMuch(thrown: unknown): thrown is Error {
  return [EventTooLongError, StreamTooLongError, TooManyPartsError].some((kind) => thrown instanceof kind)
}

/** The fault of a stream that ended where it should not have. */
export function cutFault(where: string): Fault {
  return { blame: 'provider', verdict: 'cut', message: `The provider's stream ended ${where}.` }
}
