/** Pages of the log under one filter: reads them, adds new requests, and loads older ones. */
import { api, ask, type NamedLog } from '../../api.ts'
import { belongsTo, type LogFilter, logQuery } from '../../state/log-query.ts'
import { isContinuous, joinPages, keepOlder, lookBack, type LogPage } from '../../state/log-pages.ts'
import { change, refresh, type Source } from '../../state/resource.ts'

const rowsPerPage = '100'
const fewRows = '25'
export function logSource(filter: LogFilter): Source<LogPage> {
  return { name: `logs?${JSON.stringify(filter)}`, load: () => readPage(filter), merge: keepOlder }
}

interface PageAsked {
  cursor?: string
  limit?: string
  signal?: AbortSignal
}

/** Reads the requests before a cursor, or the newest without one. */
export function readPage(filter: LogFilter, { cursor, ...asked }: PageAsked = {}): Promise<LogPage> {
  return lookBack(
    (from) => askForPage(filter, { ...asked, ...(from !== undefined && { cursor: from }) }),
    cursor,
  )
}

async function askForPage(
  filter: LogFilter,
  { cursor, limit = rowsPerPage, signal }: PageAsked,
): Promise<LogPage> {
  const query = { limit, ...logQuery(filter, Date.now()), ...(cursor !== undefined && { cursor }) }
  const { data, ...page } = await ask(api.api.logs.$get({ query }, signal ? { init: { signal } } : undefined))
  return { rows: data, ...page }
}

/** Adds the new requests that match the filter. */
export function addNewer(source: Source<LogPage>, filter: LogFilter, rows: readonly NamedLog[]): void {
  const fitting = rows.filter((row) => belongsTo(row, filter))
  if (fitting.length === 0) return
  const names: LogPage['names'] = Object.assign({}, ...fitting.map((row) => row.names))
  change(source, (page) => ({ ...page, ...joinPages({ rows: fitting, names }, page) }))
}

/**
 * Adds the requests that the event stream missed. If they are more than a few rows, reloads the
 * page.
 */
export async function addMissed(source: Source<LogPage>, filter: LogFilter): Promise<void> {
  const newest = await askForPage(filter, { limit: fewRows })
  let joins = newest.nextCursor === null
  change(source, (page) => {
    joins ||= isContinuous(newest, page)
    return joins ? { ...page, ...joinPages(newest, page) } : page
  })
  if (!joins) await refresh(source)
}

/** Adds the next page further back. */
export async function addOlder(source: Source<LogPage>, filter: LogFilter, cursor: string): Promise<void> {
  const older = await readPage(filter, { cursor })
  change(source, (page) => ({ ...older, ...joinPages(page, older) }))
}
