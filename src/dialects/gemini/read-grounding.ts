/**
 * Google's grounding: chunks, which are sources, and supports, which say for which words. Streams
 * deliver both late and in pieces, some of them again; a support counts the chunks of all messages.
 * Offsets count bytes.
 * https://ai.google.dev/gemini-api/docs/google-search#grounding-metadata
 */
import { append } from '../../chat/append.ts'
import { mostCitations, type Citation } from '../../chat/citation.ts'
import type { ChatEvent } from '../../chat/events.ts'
import type { Json, JsonObject } from '../../chat/json.ts'
import { CitationPlacer, type FoundCitation } from '../citation-placer.ts'
import { compact, listIn, numberIn, objectIn, textIn } from '../json-read.ts'

export class GroundingReader {
  readonly #placer: CitationPlacer
  /** The UTF-16 index at which each part begins in the text. */
  readonly #starts: number[] = []
  readonly #chunks: Json[] = []
  /** The same as JSON, to tell whether a message repeats them. */
  readonly #written: string[] = []
  readonly #supports = new Map<string, JsonObject>()

  constructor(choice: number) {
    this.#placer = new CitationPlacer(choice, 'bytes')
  }

  /** Notes a part of the answer. @param text what it says; empty for thoughts, calls and files. */
  addPart(text: string): void {
    this.#starts.push(this.#placer.text.length)
    if (text !== '') this.#placer.addText(text)
  }

  note(metadata: Json | undefined): void {
    const { groundingChunks, groundingSupports } = objectIn(metadata) ?? {}
    const chunks = listIn(groundingChunks)
    // A message either repeats the chunks so far, and may add some, or holds new ones only.
    const written = chunks.map((chunk) => JSON.stringify(chunk))
    const repeats = this.#written.every((chunk, at) => chunk === written[at])
    const known = repeats ? this.#written.length : 0
    for (const chunk of chunks.slice(known)) this.#chunks.push(chunk)
    for (const chunk of written.slice(known)) this.#written.push(chunk)
    for (const support of listIn(groundingSupports))
      this.#supports.set(JSON.stringify(support), objectIn(support) ?? {})
  }

  /** The citations of the whole text; sources that no words are traced to come last. */
  close(): ChatEvent[] {
    const cited = new Set<number>()
    const found: FoundCitation[] = []
    for (const support of this.#supports.values()) {
      if (found.length >= mostCitations) break
      append(found, this.#readSupport(support, cited))
    }
    const others = this.#chunks.filter((_, index) => !cited.has(index))
    append(
      found,
      others.map((chunk) => ({ citation: readChunk(chunk) })),
    )
    this.#chunks.length = 0
    this.#written.length = 0
    this.#supports.clear()
    return [...this.#placer.add(found), ...this.#placer.flush()]
  }

  #readSupport({ segment, groundingChunkIndices }: JsonObject, cited: Set<number>): FoundCitation[] {
    const { startIndex, endIndex, partIndex, text } = objectIn(segment) ?? {}
    const place = {
      // Zero is left out, as it is in all JSON of Google's.
      start: numberIn(startIndex) ?? 0,
      end: numberIn(endIndex),
      base: this.#starts[numberIn(partIndex) ?? 0] ?? 0,
      words: textIn(text),
    }
    return listIn(groundingChunkIndices)
      .slice(0, mostCitations)
      .flatMap((number): FoundCitation[] => {
        const index = numberIn(number) ?? -1
        const chunk = this.#chunks[index]
        if (chunk === undefined) return []
        cited.add(index)
        return [{ citation: readChunk(chunk), ...place }]
      })
  }
}

/** A source: a page, a place on the map, an image, or a document of a store. */
function readChunk(chunk: Json): Citation {
  const { web, maps, image, retrievedContext } = objectIn(chunk) ?? {}
  const { uri, sourceUri, title, text, documentName, fileSearchStore } =
    objectIn(web) ?? objectIn(maps) ?? objectIn(image) ?? objectIn(retrievedContext) ?? {}
  const address = textIn(uri) ?? textIn(sourceUri)
  const name = textIn(title)
  const quote = objectIn(retrievedContext) ? textIn(text) : undefined
  if (address !== undefined && /^https?:\/\//.test(address))
    return compact({ url: address, title: name === address ? undefined : name, quote })
  const id = address ?? textIn(documentName) ?? textIn(fileSearchStore)
  return compact({ quote, file: compact({ id, name }) })
}
