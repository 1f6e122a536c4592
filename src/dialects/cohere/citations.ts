/**
 * Citations of Cohere's: several sources for the words of one place.
 * https://docs.cohere.com/docs/rag-citations
 */
import type { Citation } from '../../chat/citation.ts'
import type { Json } from '../../chat/json.ts'
import type { FoundCitation } from '../citation-placer.ts'
import { compact, listIn, numberIn, objectIn, textIn } from '../json-read.ts'

/** A passage longer than this is a document, and no quote. In UTF-16 code units. */
const longestQuote = 2_000

/** Citations of an event, which holds one, or of an answer, which lists them. */
export function readCitations(value: Json | undefined): FoundCitation[] {
  return (objectIn(value) ? [value ?? null] : listIn(value)).flatMap(readOne)
}

function readOne(value: Json): FoundCitation[] {
  const { start, end, text, type, sources } = objectIn(value) ?? {}
  // What is said of a plan or in thought is no text of the answer.
  const isText = type === undefined || type === null || type === 'TEXT_CONTENT'
  const place = isText ? { start: numberIn(start), end: numberIn(end), words: textIn(text) } : {}
  return listIn(sources).map((source) => ({ citation: readSource(source), ...place }))
}

/** A document of the request, or the result of a tool; both are objects that their maker shaped. */
function readSource(value: Json): Citation {
  const { id, document, tool_output: output } = objectIn(value) ?? {}
  const fields = objectIn(document) ?? objectIn(output) ?? {}
  const inner = objectIn(fields.data) ?? fields
  const url = textIn(inner.url)
  const title = textIn(inner.title)
  const texts = [inner.snippet, inner.text, inner.content, inner.data].map(textIn)
  const quote = texts.find((text) => text !== undefined && text.length <= longestQuote)
  if (url !== undefined) return compact({ url, title, quote })
  return compact({ title, quote, file: compact({ id: textIn(id), name: title }) })
}
