/**
 * The annotations of an answer. They come as events of their own, and again in the whole of their
 * part, their item and the answer; each is read once. Their offsets count from the beginning of
 * their part.
 */
import type { ChatEvent } from '../../chat/events.ts'
import type { Json, JsonObject } from '../../chat/json.ts'
import { readAnnotation } from '../annotations.ts'
import { CitationPlacer } from '../citation-placer.ts'
import { listIn, numberIn, objectIn } from '../json-read.ts'

interface AnnotatedPart {
  /**
   * The UTF-16 index in the text of the whole answer at which the part begins; unknown until it
   * says something.
   */
  base: number | undefined
  read: number
}

export class CitationReader {
  readonly #placer: CitationPlacer
  readonly #parts = new Map<string, AnnotatedPart>()

  constructor(choice: number) {
    this.#placer = new CitationPlacer(choice, 'code-points')
  }

  /**
   * Notes more text of a part.
   * @param place of the item. @param index of the part in its item.
   * @param lead what the answer has before the text that the part has not: a new paragraph.
   */
  addText(place: number, index: number, text: string, lead: string): ChatEvent[] {
    const part = this.#at(place, index)
    part.base ??= this.#placer.text.length + lead.length
    return this.#placer.addText(lead + text)
  }

  /** Reads one annotation that came by itself. */
  add(place: number, event: JsonObject): ChatEvent[] {
    const part = this.#at(place, numberIn(event.content_index) ?? 0)
    part.read++
    return this.#cite(part, [event.annotation ?? null])
  }

  /** Reads those of a part that have not come before. */
  complete(place: number, index: number, part: JsonObject): ChatEvent[] {
    const annotations = listIn(part.annotations)
    const known = this.#at(place, index)
    const others = annotations.slice(known.read)
    known.read = Math.max(known.read, annotations.length)
    return this.#cite(known, others)
  }

  /** Reads those of a message that have not come before. */
  completeItem(place: number, item: JsonObject): ChatEvent[] {
    if (item.type !== 'message') return []
    return listIn(item.content).flatMap((part, index) => this.complete(place, index, objectIn(part) ?? {}))
  }

  /** What still waited for its words. */
  flush(): ChatEvent[] {
    return this.#placer.flush()
  }

  #cite({ base }: AnnotatedPart, annotations: Json[]): ChatEvent[] {
    const start = base ?? this.#placer.text.length
    return this.#placer.add(annotations.flatMap((annotation) => readAnnotation(annotation, start) ?? []))
  }

  #at(place: number, index: number): AnnotatedPart {
    const key = `${place}/${index}`
    const known = this.#parts.get(key)
    if (known) return known
    const part: AnnotatedPart = { base: undefined, read: 0 }
    this.#parts.set(key, part)
    return part
  }
}
