/** The call of a function, as it is written. */
import type { JsonObject } from '../../chat/json.ts'
import { parseJson } from '../json-read.ts'
import { ItemWriter, type Place, type WireEvent } from './item-writer.ts'

export class CallWriter extends ItemWriter {
  readonly #callId: string
  readonly #name: string
  readonly #namespace: string | undefined
  #arguments = ''

  constructor(place: Place, callId: string, name: string, namespace?: string) {
    super('fc', place)
    this.#callId = callId
    this.#name = name
    this.#namespace = namespace
  }

  open(): WireEvent[] {
    return [this.begun(this.#item('in_progress'))]
  }

  write(text: string): WireEvent[] {
    this.#arguments += text
    return [this.event('function_call_arguments.delta', { delta: text })]
  }

  /** Where the answer was cut, the call that was being written is not handed on as a whole one. */
  close(isCut: boolean): WireEvent[] {
    const isWhole = !isCut || parseJson(this.#arguments) !== undefined
    // No arguments are an empty object: the empty string is not JSON.
    const events = isWhole && this.#arguments === '' ? this.write('{}') : []
    return [
      ...events,
      this.event('function_call_arguments.done', { name: this.#name, arguments: this.#arguments }),
      this.done(this.#item(isWhole ? 'completed' : 'incomplete')),
    ]
  }

  #item(status: string): JsonObject {
    return {
      id: this.id,
      type: 'function_call',
      status,
      call_id: this.#callId,
      ...(this.#namespace !== undefined && { namespace: this.#namespace }),
      name: this.#name,
      arguments: this.#arguments,
    }
  }
}
