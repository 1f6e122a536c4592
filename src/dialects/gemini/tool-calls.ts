/**
 * The calls of one candidate. Each arrives whole, in a part of its own, and gets its own rising
 * number: a chunk's parts begin at zero again, and calls that shared a number would be joined into
 * invalid JSON.
 */
import type { ChatEvent } from '../../chat/events.ts'
import type { JsonObject } from '../../chat/json.ts'
import type { Opaque } from '../../chat/request.ts'
import { objectIn, textIn } from '../json-read.ts'
import { PartialArguments } from './partial-arguments.ts'

export class CallReader {
  readonly #choice: number
  readonly #responseId: string
  #count = 0
  /** A call whose arguments are still coming. */
  #open: PartialArguments | undefined

  constructor(choice: number, responseId: string) {
    this.#choice = choice
    this.#responseId = responseId
  }

  /** Whether there was any call. */
  get any(): boolean {
    return this.#count > 0
  }

  push(call: JsonObject, opaque: Opaque | undefined): ChatEvent[] {
    const events = textIn(call.name) === undefined ? [] : [this.#start(call, opaque)]
    if (this.#count === 0) return []
    const continues = call.willContinue === true
    if (continues || call.partialArgs !== undefined || this.#open) {
      this.#open ??= new PartialArguments()
      this.#open.add(call.partialArgs)
      return continues ? events : [...events, this.#arguments(this.#close())]
    }
    return [...events, this.#arguments(JSON.stringify(objectIn(call.args) ?? {}))]
  }

  #start(call: JsonObject, opaque: Opaque | undefined): ChatEvent {
    const index = this.#count++
    this.#open = undefined
    // Where the provider gives no id, the answer's own makes one that no other call of the
    // conversation has.
    const id = textIn(call.id) ?? `call_${this.#responseId}_${this.#choice}_${index}`
    const name = textIn(call.name) ?? ''
    return { type: 'tool-call-start', choice: this.#choice, call: index, id, name, ...(opaque && { opaque }) }
  }

  #close(): string {
    const text = String(this.#open ?? '{}')
    this.#open = undefined
    return text
  }

  #arguments(text: string): ChatEvent {
    return { type: 'tool-call-delta', choice: this.#choice, call: this.#count - 1, arguments: text }
  }
}
