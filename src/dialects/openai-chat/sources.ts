/**
 * The sources that Perplexity and xAI list beside the choices of an answer. The text refers to them
 * by number, as in "[2]". Perplexity repeats the lists in every chunk: the last one counts.
 * https://docs.perplexity.ai/api-reference/chat-completions-post
 */
import type { Citation } from '../../chat/citation.ts'
import type { Json, JsonObject } from '../../chat/json.ts'
import type { FoundCitation } from '../citation-placer.ts'
import { compact, listIn, objectIn, textIn } from '../json-read.ts'

const reference = /\[(\d{1,3})\]/g

export class SourceList {
  #urls: Json[] = []
  #results: Json[] = []

  /** Notes the lists of a chunk or an answer. */
  note({ citations, search_results: results }: JsonObject): void {
    if (listIn(citations).length > 0) this.#urls = listIn(citations)
    if (listIn(results).length > 0) this.#results = listIn(results)
  }

  /**
   * Returns the sources as citations: one for each reference in a text, and one without a place for
   * each source without a reference.
   * @param cited addresses that the answer has cited in another way; the list only repeats them.
   */
  citationsOf(text: string, cited: ReadonlySet<string>): FoundCitation[] {
    const sources = this.#read()
    if (sources.length === 0) return []
    const places = [...text.matchAll(reference)].map((match) => ({
      number: Number(match[1]),
      place: { start: match.index, end: match.index + match[0].length },
    }))
    const numbers = new Set(places.map(({ number }) => number))
    const placed = places.flatMap(({ number, place }) => {
      const source = sources[number - 1]
      return source ? [{ ...source, place }] : []
    })
    const others = sources.filter((_, index) => !numbers.has(index + 1))
    return [...placed, ...others]
      .filter(({ url = '' }) => url !== '' && !cited.has(url))
      .map((citation) => ({ citation }))
  }

  /**
   * In the order in which the text counts them, which is that of the addresses where there are both
   * lists.
   */
  #read(): Citation[] {
    const results = this.#results.map(readResult)
    const known = new Map(results.map((result) => [result.url, result]))
    const urls = this.#urls.map((entry) => textIn(entry) ?? textIn(objectIn(entry)?.url))
    return urls.length === 0 ? results : urls.map((url) => known.get(url) ?? compact({ url }))
  }
}

function readResult(value: Json): Citation {
  const { url, title, snippet } = objectIn(value) ?? {}
  return compact({ url: textIn(url), title: textIn(title), quote: textIn(snippet) })
}
