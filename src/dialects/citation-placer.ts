/**
 * Finds the places of citations in an answer that is being read. A provider may name a source
 * before, within or after the words that it is for; a citation is given out once its words are
 * there.
 */
import { mostCitations, namesSource, type Citation, type Place } from '../chat/citation.ts'
import type { ChatEvent } from '../chat/events.ts'
import { TextOffsets, type OffsetUnit } from './text-offsets.ts'

/** A citation as a provider counts its place. */
export interface FoundCitation {
  citation: Citation
  /** In the units of the dialect, from `base` on. */
  start?: number | undefined
  end?: number | undefined
  /** The UTF-16 index in the whole text from which the provider counts: where its part begins. */
  base?: number
  /**
   * The cited words of the answer, where the provider repeats them: they settle where it counts
   * otherwise.
   */
  words?: string | undefined
}

/** The most characters that are searched for cited words, all citations together. */
const mostSearched = 64 * 1024 * 1024

export class CitationPlacer {
  readonly #choice: number
  readonly #offsets: TextOffsets
  #waiting: FoundCitation[] = []
  /** How long the text must be for the first of them, in units. */
  #nextAt = Infinity
  #count = 0
  #searched = 0

  constructor(choice: number, unit: OffsetUnit) {
    this.#choice = choice
    this.#offsets = new TextOffsets(unit)
  }

  /** The text so far. */
  get text(): string {
    return this.#offsets.text
  }

  /** Notes more text of the answer. @returns the citations whose words are complete now. */
  addText(text: string): ChatEvent[] {
    this.#offsets.add(text)
    if (this.#waiting.length === 0 || this.#offsets.units < this.#nextAt) return []
    return this.#giveOut(this.#waiting)
  }

  /** A citation that names no source is none. @returns those whose words are there. */
  add(all: readonly FoundCitation[]): ChatEvent[] {
    const left = mostCitations - this.#count
    const found = all.filter(({ citation }) => namesSource(citation)).slice(0, left)
    this.#count += found.length
    return found.length === 0 ? [] : this.#giveOut([...this.#waiting, ...found])
  }

  /** The citations that still waited for their words: no more text comes. */
  flush(): ChatEvent[] {
    const rest = this.#waiting
    this.#waiting = []
    return rest.map((found) => this.#event(found))
  }

  #giveOut(all: readonly FoundCitation[]): ChatEvent[] {
    const ready: FoundCitation[] = []
    this.#waiting = []
    this.#nextAt = Infinity
    for (const found of all) {
      const endAt = this.#endOf(found)
      if (this.#offsets.units >= endAt) ready.push(found)
      else {
        this.#waiting.push(found)
        this.#nextAt = Math.min(this.#nextAt, endAt)
      }
    }
    return ready.map((found) => this.#event(found))
  }

  /** How long the text must be to hold the words of a citation, in units. */
  #endOf({ end, base = 0 }: FoundCitation): number {
    return end === undefined ? 0 : this.#offsets.unitsAt(base) + end
  }

  #event(found: FoundCitation): ChatEvent {
    const place = this.#placeOf(found)
    return {
      type: 'citation-add',
      choice: this.#choice,
      citation: { ...(place && { place }), ...found.citation },
    }
  }

  #placeOf({ start, end, base = 0, words = '' }: FoundCitation): Place | undefined {
    const { text } = this.#offsets
    const said = start === undefined || end === undefined ? undefined : this.#range(start, end, base)
    if (words === '' || (said && text.slice(said.start, said.end) === words)) return said
    if (this.#searched > mostSearched) return said
    this.#searched += text.length
    const near = text.indexOf(words, Math.max(0, (said?.start ?? 0) - words.length))
    const at = near === -1 ? text.indexOf(words) : near
    return at === -1 ? said : { start: at, end: at + words.length }
  }

  /**
   * Nothing at the very beginning is how a dialect that demands a place says that there is none.
   */
  #range(from: number, to: number, base: number): Place | undefined {
    if (from < 0 || to < from || to === 0) return undefined
    const start = this.#offsets.indexOf(from, base)
    return start > this.text.length ? undefined : { start, end: this.#offsets.indexOf(to, base) }
  }
}
