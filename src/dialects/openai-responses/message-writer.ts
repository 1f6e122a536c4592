/** A message of text and refusals, as it is written. */
import { append } from '../../chat/append.ts'
import type { Json, JsonObject } from '../../chat/json.ts'
import type { Citation } from '../../chat/citation.ts'
import type { CitationWriter, CitedPart } from './citation-writer.ts'
import { ItemWriter, type Place, type WireEvent } from './item-writer.ts'

interface OpenPart {
  type: 'output_text' | 'refusal'
  text: string
  logprobs: Json[]
  /** The citations of a text. */
  cited: CitedPart | undefined
}

export class MessageWriter extends ItemWriter {
  readonly #parts: JsonObject[] = []
  /** Of the text that was said last. */
  #logprobs: Json[] = []
  readonly #citations: CitationWriter
  #open: OpenPart | undefined

  constructor(place: Place, citations: CitationWriter) {
    super('msg', place)
    this.#citations = citations
  }

  open(): WireEvent[] {
    return [this.begun(this.#item('in_progress'))]
  }

  say(type: 'output_text' | 'refusal', text: string): WireEvent[] {
    const events = this.#open?.type === type ? [] : [...this.#closePart(), ...this.#openPart(type)]
    if (this.#open) this.#open.text += text
    this.#open?.cited?.add(text)
    const more = type === 'output_text' ? { logprobs: [] } : {}
    events.push(this.event(`${type}.delta`, { content_index: this.#parts.length, delta: text, ...more }))
    return events
  }

  /** Tells of a citation of the part that is being written. */
  cite(citation: Citation): WireEvent[] {
    const { cited } = this.#open ?? {}
    if (!cited) return []
    return [
      this.event('output_text.annotation.added', {
        content_index: this.#parts.length,
        ...cited.cite(citation),
      }),
    ]
  }

  /** Whether this part is being written here. */
  isWriting(part: CitedPart): boolean {
    return this.#open?.cited === part
  }

  /** Says what is no word of the model's, in a part of its own. */
  insert(text: string): WireEvent[] {
    return [...this.#closePart(), ...this.say('output_text', text), ...this.#closePart()]
  }

  /**
   * Log probabilities of the text. They are told when it is done; such as come later are only in
   * the whole answer.
   */
  weigh(logprobs: Json[]): void {
    append(this.#logprobs, logprobs)
  }

  close(isCut: boolean): WireEvent[] {
    return [...this.#closePart(), this.done(this.#item(isCut ? 'incomplete' : 'completed'))]
  }

  #item(status: string): JsonObject {
    return { id: this.id, type: 'message', status, role: 'assistant', content: [...this.#parts] }
  }

  #openPart(type: 'output_text' | 'refusal'): WireEvent[] {
    const logprobs: Json[] = []
    if (type === 'output_text') this.#logprobs = logprobs
    const cited = type === 'output_text' ? this.#citations.begin() : undefined
    this.#open = { type, text: '', logprobs, cited }
    const part = partOf(this.#open)
    return [this.event('content_part.added', { content_index: this.#parts.length, part })]
  }

  #closePart(): WireEvent[] {
    if (!this.#open) return []
    const { type, text, logprobs } = this.#open
    const part = partOf(this.#open)
    const whole = type === 'output_text' ? { text, logprobs } : { refusal: text }
    const content_index = this.#parts.length
    this.#parts.push(part)
    this.#open = undefined
    return [
      this.event(`${type}.done`, { content_index, ...whole }),
      this.event('content_part.done', { content_index, part }),
    ]
  }
}

function partOf({ type, text, logprobs, cited }: OpenPart): JsonObject {
  return cited ? { type, text, annotations: cited.annotations, logprobs } : { type, refusal: text }
}
