/**
 * Tool calls put one after the other. Canonical fragments of parallel calls may take turns, blocks of this dialect may not: a
 * call waits until the one before it is whole. One that has no arguments yet may still get some, and is waited for to the end.
 */
import type { ChatEvent } from '../chat/events.ts'
import { parseJson } from './read.ts'

type Start = Extract<ChatEvent, { type: 'tool-call-start' }>

/** What a writer of calls does next. */
export type CallStep = { type: 'start'; call: Start } | { type: 'arguments'; text: string } | { type: 'stop' }

interface QueuedCall {
  start: Start
  text: string
}

export class CallQueue {
  /** In the order in which they began. The first is the one that is being written, and has been so far. */
  #queue: QueuedCall[] = []

  start(start: Start): CallStep[] {
    this.#queue.push({ start, text: '' })
    return this.#queue.length === 1 ? [{ type: 'start', call: start }] : this.#advance()
  }

  add({ call, arguments: text }: Extract<ChatEvent, { type: 'tool-call-delta' }>): CallStep[] {
    const queued = this.#queue.find(({ start }) => start.call === call)
    if (!queued || text === '') return []
    queued.text += text
    return queued === this.#queue[0] ? [{ type: 'arguments', text }, ...this.#advance()] : []
  }

  /** The rest of all calls: nothing more comes for any of them. */
  flush(): CallStep[] {
    const steps: CallStep[] = []
    while (this.#queue.length > 0) steps.push(...this.#next())
    return steps
  }

  /** Goes on to the next call where the first is whole and another waits. */
  #advance(): CallStep[] {
    const steps: CallStep[] = []
    for (let [first] = this.#queue; this.#queue.length > 1 && isWhole(first); [first] = this.#queue)
      steps.push(...this.#next())
    return steps
  }

  /** Ends the first call and begins the one behind it, with all it has so far. */
  #next(): CallStep[] {
    const first = this.#queue.shift()
    // A call without arguments has one empty fragment, as Anthropic sends it.
    const steps: CallStep[] = first?.text === '' ? [{ type: 'arguments', text: '' }] : []
    steps.push({ type: 'stop' })
    const [next] = this.#queue
    if (!next) return steps
    steps.push({ type: 'start', call: next.start })
    if (next.text !== '') steps.push({ type: 'arguments', text: next.text })
    return steps
  }
}

function isWhole(call: QueuedCall | undefined): boolean {
  return call !== undefined && parseJson(call.text) !== undefined
}
