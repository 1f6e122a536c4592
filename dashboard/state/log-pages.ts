/** Pages of the log: looked for further back where nothing fits, and put together. Pure. */
import type { Log } from '../api.ts'

export interface LogPage {
  rows: Log[]
  nextCursor: string | null
  /** How far back was looked, where there is more. */
  searchedTo: string | null
  /** What the keys, tokens and people are called that these rows mention, by their ids. */
  names: Record<string, string>
}

/** So many pages without a match are asked for in a row; each is of up to 15,000 requests. */
const mostEmptyPages = 4

/**
 * Reads what lies before a cursor, or the newest without one. Where the hub finds nothing that fits
 * among the rows of a page, it is asked to look further back: not without end, as each page costs.
 */
export async function lookBack(
  ask: (cursor: string | undefined) => Promise<LogPage>,
  cursor: string | undefined,
): Promise<LogPage> {
  let page = await ask(cursor)
  for (let empty = 1; empty < mostEmptyPages && page.rows.length === 0; empty++) {
    if (page.nextCursor === null) break
    page = await ask(page.nextCursor)
  }
  return page
}

/** Rows further back stay, where nothing is missing between them and what was read. */
export function keepOlder(read: LogPage, known: LogPage): LogPage {
  const present = new Set(known.rows.map(({ id }) => id))
  const isNoneMissing = read.rows.length === 0 || read.rows.some(({ id }) => present.has(id))
  const joins = read.nextCursor !== null && isNoneMissing
  return joins ? { ...known, ...joinPages(read, known) } : read
}

type Rows = Pick<LogPage, 'rows' | 'names'>

/**
 * Rows of both, newest first, each once, and what they mention; those of the first stand for those
 * of the second.
 */
export function joinPages(first: Rows, second: Rows): Rows {
  const rows = new Map([...second.rows, ...first.rows].map((row) => [row.id, row]))
  return {
    rows: [...rows.values()].toSorted((a, b) => (a.id < b.id ? 1 : -1)),
    names: { ...second.names, ...first.names },
  }
}
