/** Pages of the log: searches further back for matches, and joins pages. Pure. */
import type { Log } from '../api.ts'

export interface LogPage {
  rows: Log[]
  nextCursor: string | null
  /** The start time of the oldest row that was searched, if there are more. */
  searchedTo: string | null
  /** The names of the keys, tokens and users of these rows, by id. */
  names: Record<string, string>
}

/** The most pages without a match that are searched in a row. Each covers up to 15,000 requests. */
const mostEmptyPages = 4

/**
 * Reads the page before a cursor, or the newest without one. If it has no match, reads further
 * back, up to a bound, because each page costs reads.
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

/** Whether no row can be missing between a page of the newest rows and the known ones. */
export function isContinuous(newest: LogPage, known: LogPage): boolean {
  const present = new Set(known.rows.map(({ id }) => id))
  return newest.rows.length === 0 || newest.rows.some(({ id }) => present.has(id))
}

/** Keeps older rows if no row is missing between them and the new page. */
export function keepOlder(read: LogPage, known: LogPage): LogPage {
  const joins = read.nextCursor !== null && isContinuous(read, known)
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
