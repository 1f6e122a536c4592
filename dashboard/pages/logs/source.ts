/** Pages of the log under one filter: read, added to by what comes in, and continued further back. */
import { api, ask, type Log, type NamedLog } from '../../api.ts'
import { belongsTo, type LogFilter, logQuery } from '../../state/log-query.ts'
import { change, refresh, type Source } from '../../state/resource.ts'

export interface LogPage {
  rows: Log[]
  nextCursor: string | null
  /** What the keys, tokens and people are called that these rows mention, by their ids. */
  names: Record<string, string>
}

const rowsPerPage = '100'
const fewRows = '25'

export function logSource(filter: LogFilter): Source<LogPage> {
  return { name: `logs?${JSON.stringify(filter)}`, load: () => readPage(filter), merge: keepOlder }
}

/** Rows further back stay, where nothing is missing between them and what was read. */
function keepOlder(read: LogPage, known: LogPage): LogPage {
  const present = new Set(known.rows.map(({ id }) => id))
  const joins = read.nextCursor !== null && read.rows.some(({ id }) => present.has(id))
  return joins ? { ...join(read, known), nextCursor: known.nextCursor } : read
}

/** Reads what lies before a cursor, or the newest without one. */
export async function readPage(
  filter: LogFilter,
  { cursor, limit = rowsPerPage, signal }: { cursor?: string; limit?: string; signal?: AbortSignal } = {},
): Promise<LogPage> {
  const query = { limit, ...logQuery(filter, Date.now()), ...(cursor !== undefined && { cursor }) }
  const { data, nextCursor, names } = await ask(
    api.api.logs.$get({ query }, signal ? { init: { signal } } : undefined),
  )
  return { rows: data, nextCursor, names }
}

/** Puts what came in on top, as far as it belongs there. */
export function addNewer(source: Source<LogPage>, filter: LogFilter, rows: readonly NamedLog[]): void {
  const fitting = rows.filter((row) => belongsTo(row, filter))
  if (fitting.length === 0) return
  const names: LogPage['names'] = Object.assign({}, ...fitting.map((row) => row.names))
  change(source, (page) => ({ ...page, ...join({ rows: fitting, names }, page) }))
}

/** Puts on top what came in while nobody heard of it; where that is more than a few rows, all is read anew. */
export async function addMissed(source: Source<LogPage>, filter: LogFilter): Promise<void> {
  const newest = await readPage(filter, { limit: fewRows })
  let joins = newest.nextCursor === null
  change(source, (page) => {
    const present = new Set(page.rows.map(({ id }) => id))
    joins ||= newest.rows.some(({ id }) => present.has(id))
    return joins ? { ...page, ...join(newest, page) } : page
  })
  if (!joins) await refresh(source)
}

/** Adds the next page further back. */
export async function addOlder(source: Source<LogPage>, filter: LogFilter, cursor: string): Promise<void> {
  const older = await readPage(filter, { cursor })
  change(source, (page) => ({ ...join(page, older), nextCursor: older.nextCursor }))
}

/** Rows of both, newest first, each once, and what they mention; those of the first stand for those of the second. */
function join(first: Omit<LogPage, 'nextCursor'>, second: Omit<LogPage, 'nextCursor'>) {
  const rows = new Map([...second.rows, ...first.rows].map((row) => [row.id, row]))
  return {
    rows: [...rows.values()].toSorted((a, b) => (a.id < b.id ? 1 : -1)),
    names: { ...second.names, ...first.names },
  }
}
