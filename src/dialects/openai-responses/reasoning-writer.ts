/**
 * Reasoning as it is written: a summary of one part. Its first text waits for the event that
 * follows: where that is state of this dialect, the item has an id already, and must not have two.
 */
import type { JsonObject } from '../../chat/json.ts'
import type { Opaque } from '../../chat/request.ts'
import { ItemWriter, type Place, type WireEvent } from './item-writer.ts'
import { ownItem, sealForeign } from './state.ts'

export class ReasoningWriter extends ItemWriter {
  #text = ''
  #waiting = ''
  #isOpen = false

  constructor(place: Place) {
    super('rs', place)
  }

  think(text: string): WireEvent[] {
    if (!this.#isOpen && this.#text === '') {
      this.#text = text
      this.#waiting = text
      return []
    }
    this.#text += text
    return [...this.#begin(), this.event('reasoning_summary_text.delta', { summary_index: 0, delta: text })]
  }

  seal(opaque: Opaque): WireEvent[] {
    const item = ownItem(opaque)
    if (!item) return this.#end(sealForeign(this.#text, opaque))
    if (!this.#isOpen && typeof item.id === 'string') this.id = item.id
    return [...this.#begin(), ...this.#endSummary(), this.done({ ...item, id: this.id })]
  }

  close(): WireEvent[] {
    return this.#end(sealForeign(this.#text, undefined))
  }

  #end(encrypted_content: string): WireEvent[] {
    const summary = this.#text === '' ? [] : [summaryPart(this.#text)]
    const item = { id: this.id, type: 'reasoning', summary, encrypted_content }
    return [...this.#begin(), ...this.#endSummary(), this.done(item)]
  }

  #begin(): WireEvent[] {
    if (this.#isOpen) return []
    this.#isOpen = true
    const events = [this.begun({ id: this.id, type: 'reasoning', summary: [] })]
    if (this.#waiting === '') return events
    return [
      ...events,
      this.event('reasoning_summary_part.added', { summary_index: 0, part: summaryPart('') }),
      this.event('reasoning_summary_text.delta', { summary_index: 0, delta: this.#waiting }),
    ]
  }

  #endSummary(): WireEvent[] {
    if (this.#text === '') return []
    return [
      this.event('reasoning_summary_text.done', { summary_index: 0, text: this.#text }),
      this.event('reasoning_summary_part.done', { summary_index: 0, part: summaryPart(this.#text) }),
    ]
  }
}

function summaryPart(text: string): JsonObject {
  return { type: 'summary_text', text }
}
