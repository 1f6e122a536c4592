/**
 * Citations as OpenAI's two dialects say them, in which the same annotation is nested (Chat) or
 * flat (Responses). Offsets count code points. What is not known of a place is 0 and 0, since SDKs
 * demand numbers.
 * https://platform.openai.com/docs/guides/tools-web-search#output-and-citations
 */
import { titleOf, type Citation } from '../chat/citation.ts'
import type { Json, JsonObject } from '../chat/json.ts'
import type { FoundCitation } from './citation-placer.ts'
import { compact, numberIn, objectIn, textIn } from './json-read.ts'
import type { TextOffsets } from './text-offsets.ts'

/**
 * Reads an annotation of either form; undefined where it names neither a page nor a file.
 * @param base the UTF-16 index in the whole text at which the annotated part begins.
 */
export function readAnnotation(value: Json, base = 0): FoundCitation | undefined {
  const outer = objectIn(value) ?? {}
  const page = objectIn(outer.url_citation)
  const nested = objectIn(outer.file_citation) ?? objectIn(outer.container_file_citation)
  const inner = { ...outer, ...page, ...nested }
  const id = textIn(inner.file_id)
  const name = textIn(inner.filename)
  const isFile = nested !== undefined || id !== undefined || outer.type === 'file_citation'
  const url = isFile ? undefined : textIn(inner.url)
  if (url === undefined && !isFile) return undefined
  const title = isFile ? undefined : textIn(inner.title)
  const citation = compact({
    url,
    title: title === url ? undefined : title,
    quote: textIn(inner.quote) ?? textIn(inner.content),
    file: isFile ? compact({ id, name }) : undefined,
  })
  // The `index` of a path counts files, that of a citation is a place in the text.
  const point = outer.type === 'file_path' ? undefined : numberIn(inner.index)
  const start = numberIn(inner.start_index) ?? point
  return { citation, start, end: numberIn(inner.end_index) ?? point, base }
}

/** Offsets of a citation in a text, in the units of that text, from the UTF-16 index `base` on. */
function offsetsOf({ place }: Citation, offsets: TextOffsets): { start_index: number; end_index: number } {
  if (!place) return { start_index: 0, end_index: 0 }
  return { start_index: offsets.unitsAt(place.start), end_index: offsets.unitsAt(place.end) }
}

/**
 * Writes a citation for a Chat client. Chat knows pages only, and the AI SDK refuses a whole answer
 * for an annotation of another type: a file is a page with the file's fields beside it.
 * @param offsets of the text of the message. Quotes are in `content`, where OpenRouter has them.
 */
export function writeChatAnnotation(citation: Citation, offsets: TextOffsets): JsonObject {
  const { url, file, quote } = citation
  const place = offsetsOf(citation, offsets)
  // Half a character cannot be encoded.
  const address = url ?? `file:${encodeURIComponent((file?.id ?? file?.name ?? '').toWellFormed())}`
  const page = compact({ ...place, url: address, title: titleOf(citation), content: quote })
  const fields = file && compact({ file_id: file.id, filename: file.name })
  return {
    type: 'url_citation',
    url_citation: page,
    ...(fields && url === undefined && { file_citation: fields }),
  }
}

/**
 * Writes a citation for a Responses client.
 * @param offsets of the part; the place counts from its beginning.
 */
export function writeAnnotation(citation: Citation, offsets: TextOffsets): JsonObject {
  const { url, file, quote } = citation
  const place = offsetsOf(citation, offsets)
  if (url !== undefined)
    return compact({ type: 'url_citation', ...place, url, title: titleOf(citation), quote })
  const filename = file?.name ?? titleOf(citation)
  // The form has a point only; what it is for is said beside it.
  const range = place.start_index < place.end_index ? place : {}
  const fields = { file_id: file?.id ?? '', filename, index: place.end_index, ...range }
  return compact({ type: 'file_citation', ...fields, quote })
}
