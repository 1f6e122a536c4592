/**
 * Puts citations on the parts of text that they are for. The part that is being written hears of
 * its citation as an event; a part that is done has it only in the whole answer, because nothing
 * may follow its end.
 */
import type { Citation } from '../../chat/citation.ts'
import type { JsonObject } from '../../chat/json.ts'
import { writeAnnotation } from '../annotations.ts'
import { TextOffsets } from '../text-offsets.ts'

/** A part of text, from its beginning on. */
export class CitedPart {
  readonly annotations: JsonObject[] = []
  readonly #offsets = new TextOffsets('code-points')
  readonly #start: number

  /** @param start where the part begins in the text of the answer, in UTF-16 code units. */
  constructor(start: number) {
    this.#start = start
  }

  add(text: string): void {
    this.#offsets.add(text)
  }

  /** Whether these words of the answer begin here. */
  holds(index: number): boolean {
    return index >= this.#start && index < this.#start + this.#offsets.text.length
  }

  /** Adds an annotation. @returns it, and its number. */
  cite(citation: Citation): { annotation: JsonObject; annotation_index: number } {
    const { place, ...source } = citation
    const { length } = this.#offsets.text
    const within = (index: number): number => Math.min(Math.max(0, index - this.#start), length)
    const here = place && { start: within(place.start), end: within(place.end) }
    const annotation = writeAnnotation({ ...source, ...(here && { place: here }) }, this.#offsets)
    return { annotation, annotation_index: this.annotations.push(annotation) - 1 }
  }
}

export class CitationWriter {
  readonly #parts: CitedPart[] = []
  #waiting: Citation[] = []
  /** How much of the answer's text is written, in UTF-16 code units. */
  said = 0

  /** Begins a part of text. */
  begin(): CitedPart {
    const part = new CitedPart(this.said)
    this.#parts.push(part)
    return part
  }

  /**
   * Takes the citations whose words are written; all of them, and the new ones, at the end of the
   * answer.
   */
  take(isEnd = false): Citation[] {
    if (this.#waiting.length === 0) return []
    const isReady = ({ place }: Citation): boolean => isEnd || (place?.end ?? 0) <= this.said
    const ready = this.#parts.length === 0 ? [] : this.#waiting.filter(isReady)
    this.#waiting = this.#waiting.filter((citation) => !ready.includes(citation))
    return ready
  }

  wait(citation: Citation): void {
    this.#waiting.push(citation)
  }

  /**
   * The part with the words of a citation; the last one where it is for no words, or for none that
   * are left.
   */
  partOf({ place }: Citation): CitedPart | undefined {
    const held = place && this.#parts.findLast((part) => part.holds(place.start))
    return held ?? this.#parts.at(-1)
  }
}
