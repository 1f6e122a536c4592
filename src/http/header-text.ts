/**
 * Texts of others as values of headers (RFC 9110, 5.5), where line breaks and most of Unicode have
 * no place.
 */

const mostCharacters = 1_000

/**
 * A text as a header can hold it: what is not printable ASCII is percent-encoded, and a long text
 * is cut.
 */
export function headerText(text: string): string {
  const cut = text.slice(0, mostCharacters).toWellFormed()
  return cut.replaceAll(/[^ -~]+/gu, encodeURIComponent)
}

/** Names that may be the client's own, as a header can hold them. */
export function namesForHeader(names: readonly string[]): string {
  const list = [...new Set(names)].map((name) => name.replaceAll(/[^\x21-\x7e]/g, '?')).join(', ')
  return list.length > mostCharacters ? `${list.slice(0, mostCharacters)}...` : list
}
