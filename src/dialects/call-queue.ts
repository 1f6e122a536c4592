/**
 * Tool calls put one after the other. Canonical fragments of parallel calls may take turns, blocks
 * of this dialect may not: a call waits until the one before it is whole. One that has no arguments
 * yet may still get some, and is waited for to the end.
 */
import { append } from '../chat/append.ts'
import type { ChatEvent } from '../chat/events.ts'
import { answerBounds, JsonScanner } from '../chat/json-bounds.ts'
import { parseJson } from './json-read.ts'

type Start = Extract<ChatEvent, { type: 'tool-call-start' }>

/** What a writer of calls does next. */
export type CallStep = { type: 'start'; call: Start } | { type: 'arguments'; text: string } | { type: 'stop' }

/** Arguments that begin no object or list are looked at this long for being JSON. */
const longestScalar = 64

/** A call, and its arguments so far. */
class QueuedCall {
  readonly start: Start
  text = ''
  readonly #scanner = new JsonScanner(answerBounds)
  #isBeyond = false
  /** The first character that is no white space. */
  #opening = ''
  /** What parsing the arguments came to, since text was added. */
  #isJson: boolean | undefined

  constructor(start: Start) {
    this.start = start
  }

  add(text: string): void {
    this.text += text
    const [first] = text.trimStart()
    if (first === undefined) return
    this.#opening ||= first
    // An object that was closed and goes on is none, and is not parsed again.
    this.#isJson = this.#holdsMore && this.#isJson !== undefined ? false : undefined
    this.#isBeyond ||= this.#scanner.push(text) !== undefined
  }

  /**
   * Whether the arguments are whole. A fragment may be of one character: not each of them is worth
   * a parse.
   */
  get isWhole(): boolean {
    if (this.#opening === '' || this.#isBeyond || !this.#scanner.isClosed) return false
    if (!this.#holdsMore && this.text.length > longestScalar) return false
    this.#isJson ??= parseJson(this.text) !== undefined
    return this.#isJson
  }

  get #holdsMore(): boolean {
    return this.#opening === '{' || this.#opening === '['
  }
}

export class CallQueue {
  /** In the order in which they began. */
  readonly #calls: QueuedCall[] = []
  /** The place of the call that is being written, and has been so far. */
  #at = 0
  /** Those that are not written to their end. */
  readonly #open = new Map<number, QueuedCall>()

  start(start: Start): CallStep[] {
    const call = new QueuedCall(start)
    this.#calls.push(call)
    if (!this.#open.has(start.call)) this.#open.set(start.call, call)
    return this.#waiting === 1 ? [{ type: 'start', call: start }] : this.#advance()
  }

  add({ call, arguments: text }: Extract<ChatEvent, { type: 'tool-call-delta' }>): CallStep[] {
    const queued = this.#open.get(call)
    if (!queued || text === '') return []
    queued.add(text)
    return queued === this.#calls[this.#at] ? [{ type: 'arguments', text }, ...this.#advance()] : []
  }

  /** Returns what is left of all calls. Call it once no call will get more arguments. */
  flush(): CallStep[] {
    const steps: CallStep[] = []
    while (this.#waiting > 0) append(steps, this.#next())
    return steps
  }

  get #waiting(): number {
    return this.#calls.length - this.#at
  }

  /** Goes on to the next call where the first is whole and another waits. */
  #advance(): CallStep[] {
    const steps: CallStep[] = []
    while (this.#waiting > 1 && this.#calls[this.#at]?.isWhole) append(steps, this.#next())
    return steps
  }

  /** Ends the first call and begins the one behind it, with all it has so far. */
  #next(): CallStep[] {
    const first = this.#calls[this.#at++]
    if (first && this.#open.get(first.start.call) === first) this.#open.delete(first.start.call)
    // A call without arguments has one empty fragment, as Anthropic sends it.
    const steps: CallStep[] = first?.text === '' ? [{ type: 'arguments', text: '' }] : []
    steps.push({ type: 'stop' })
    const next = this.#calls[this.#at]
    if (!next) return steps
    steps.push({ type: 'start', call: next.start })
    if (next.text !== '') steps.push({ type: 'arguments', text: next.text })
    return steps
  }
}
