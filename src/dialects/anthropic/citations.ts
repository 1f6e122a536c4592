/**
 * Citations on the wire. Anthropic cites in forms that lead back into its own search results and
 * into the documents of the request; a source that has neither gets the form that SDKs parse, with
 * a mark in the field that cannot be known.
 * https://platform.claude.com/docs/en/build-with-claude/citations
 */
import { titleOf, type Citation } from '../../chat/citation.ts'
import type { Json, JsonObject } from '../../chat/json.ts'
import { compact, listIn, numberIn, objectIn, textIn } from '../json-read.ts'

/**
 * Anthropic seals where in its search results the words are; of other sources there is nothing to
 * seal.
 */
const noIndex = ''
/** No document of the request. */
const noDocument = -1

/**
 * A citation of a text block, without its place, which is the block; undefined for forms that name
 * nothing.
 */
export function readCitation(value: Json): Citation | undefined {
  const read = objectIn(value) ?? {}
  const quote = textIn(read.cited_text)
  const title = textIn(read.title)
  switch (read.type) {
    case 'web_search_result_location':
      return pageOf(textIn(read.url), title, quote)
    case 'search_result_location': {
      const source = textIn(read.source)
      if (source !== undefined && /^https?:\/\//.test(source)) return pageOf(source, title, quote)
      return compact({ title, quote, file: compact({ id: source, name: title }) })
    }
    case 'char_location':
    case 'page_location':
    case 'content_block_location': {
      const number = (numberIn(read.document_index) ?? 0) + 1
      const name = textIn(read.document_title) ?? `Document ${number}`
      return compact({ quote, file: compact({ id: textIn(read.file_id), name }) })
    }
    default:
      return undefined
  }
}

function pageOf(url: string | undefined, title: string | undefined, quote: string | undefined): Citation {
  return compact({ url, title: title === url ? undefined : title, quote })
}

/**
 * A citation for a client. The AI SDK refuses an answer in which a title is null, or a form is new
 * to it.
 */
export function writeCitation(citation: Citation): JsonObject {
  const { url, quote = '', file } = citation
  if (url !== undefined) {
    const title = titleOf(citation)
    return { type: 'web_search_result_location', cited_text: quote, url, title, encrypted_index: noIndex }
  }
  return {
    type: 'char_location',
    cited_text: quote,
    document_index: noDocument,
    document_title: file?.name ?? titleOf(citation),
    file_id: file?.id ?? null,
    start_char_index: 0,
    end_char_index: 0,
  }
}

/** A text block of a history without the citations that we wrote: Anthropic cannot read them. */
export function withoutForeignCitations(block: JsonObject): JsonObject {
  const citations = listIn(block.citations)
  const own = citations.filter((citation) => !isOurs(objectIn(citation) ?? {}))
  if (own.length === citations.length) return block
  const { citations: _all, ...bare } = block
  return own.length > 0 ? { ...bare, citations: own } : bare
}

function isOurs({ encrypted_index: index, document_index: document }: JsonObject): boolean {
  return index === noIndex || document === noDocument
}

/** Sources as a text, for an answer that has no text to put them on. */
export function writeSources(citations: readonly Citation[]): string {
  const lines = citations.map((citation) => {
    const title = titleOf(citation)
    return citation.url === undefined ? `- ${title}` : `- [${title}](${citation.url})`
  })
  return ['Sources:', ...new Set(lines)].join('\n')
}
