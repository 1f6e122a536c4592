/**
 * Cuts the text of an answer into blocks. A citation of this dialect stands on a block and is for
 * all of its text, so a block begins where cited words begin and ends where they end, as far as
 * that is known in time.
 */
import type { Citation } from '../../chat/citation.ts'

export interface CitedPiece {
  text: string
  /** Set where the piece begins a block. */
  begins: boolean
  /** What the block is cited for, after this piece of it. */
  citations: Citation[]
}

export class CitedText {
  /** How much of the text was cut so far, in UTF-16 code units. */
  #said = 0
  /** Citations of words that are still to come. */
  #waiting: Citation[] = []

  /** Whether the words of a citation are said already; if not, it waits for them. */
  takesNow(citation: Citation): boolean {
    if ((citation.place?.end ?? 0) <= this.#said) return true
    this.#waiting.push(citation)
    return false
  }

  cut(text: string): CitedPiece[] {
    if (this.#waiting.length === 0) {
      this.#said += text.length
      return [{ text, begins: false, citations: [] }]
    }
    const pieces: CitedPiece[] = []
    for (let left = text; left !== '';) {
      const begins = this.#waiting.some(({ place }) => place?.start === this.#said)
      const end = Math.min(this.#said + left.length, ...this.#bounds())
      const piece = left.slice(0, end - this.#said)
      left = left.slice(piece.length)
      this.#said = end
      pieces.push({ text: piece, begins, citations: this.#complete() })
    }
    return pieces
  }

  /** Citations whose words did not come. */
  rest(): Citation[] {
    return this.#waiting.splice(0)
  }

  /** Where blocks begin and end from here on. */
  #bounds(): number[] {
    const all = this.#waiting.flatMap(({ place }) => (place ? [place.start, place.end] : []))
    return all.filter((bound) => bound > this.#said)
  }

  #complete(): Citation[] {
    const isWaiting = ({ place }: Citation): boolean => (place?.end ?? 0) > this.#said
    const complete = this.#waiting.filter((citation) => !isWaiting(citation))
    if (complete.length > 0) this.#waiting = this.#waiting.filter(isWaiting)
    return complete
  }
}
