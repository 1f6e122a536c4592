/** A citation: the source that an answer names for some of its words. No wire format is implied. */

/**
 * A place in the text of an answer: all texts of one choice, joined. In UTF-16 code units, the end
 * excluded.
 */
export interface Place {
  start: number
  /** Equal to `start` where a provider only says where a mark for the source belongs. */
  end: number
}

/** It names a URL, a file, or both. */
export interface Citation {
  /** The words that the source is for; absent where it is for the answer as a whole. */
  place?: Place
  url?: string
  title?: string
  /** The words of the source. */
  quote?: string
  /** What was cited instead of a page: a file, or the result of a tool. */
  file?: CitedFile
}

export interface CitedFile {
  id?: string
  name?: string
}

/** More sources than any answer names; bounds what a provider can make the hub look for. */
export const mostCitations = 1_000

/** Whether there is anything by which a reader could find the source. */
export function namesSource({ url, file }: Citation): boolean {
  return url !== undefined || file?.id !== undefined || file?.name !== undefined
}

/** What to call the source, for dialects that demand a title. */
export function titleOf({ title, url, file }: Citation): string {
  return title ?? file?.name ?? url ?? file?.id ?? ''
}

/**
 * Citations in the order in which their places begin; those for the answer as a whole come last.
 */
export function byPlace(citations: readonly Citation[]): Citation[] {
  const startOf = ({ place }: Citation): number => place?.start ?? Infinity
  return citations.toSorted((a, b) => (startOf(a) === startOf(b) ? 0 : startOf(a) - startOf(b)))
}
