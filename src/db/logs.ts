/**
 * The request log. Its key is owner and time-ordered id, so a page is a range; filters look at a
 * bounded number of rows.
 */
import { and, desc, eq, getTableColumns, gte, or, type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { firstIdAt } from '../ids.ts'
import { logColumnList } from '../observe/log-columns.ts'
import { type Database, openDatabase } from './client.ts'
import { requests } from './schema.ts'
import { peopleOf, type Whose } from './owner-filter.ts'

export type LogRow = typeof requests.$inferSelect

export interface LogFilter {
  /** Times in milliseconds since the epoch; `to` is exclusive. */
  from?: number | undefined
  to?: number | undefined
  provider?: string | undefined
  model?: string | undefined
  keyId?: string | undefined
  tokenId?: string | undefined
  status?: number | undefined
  /** Whether it went well, went well after somebody had failed at it, or failed. */
  outcome?: 'ok' | 'rescued' | 'error' | undefined
  /** Looked for in each column that is `searched`. */
  text?: string | undefined
  /** The id after which this page begins. */
  cursor?: string | undefined
  limit: number
}

/**
 * How many rows of one owner are looked at for a page, look by look, until something fits: what a
 * filter costs is bounded, however rare its matches are.
 */
const scannedRows = [1_000, 2_000, 4_000, 8_000]

/** A page of the log, and the cursor of the next one; null where there is none. */
interface LogPage {
  rows: LogRow[]
  nextCursor: string | null
}

/**
 * The newest matching rows, and the cursor of the next page. A page is empty with a cursor only
 * where nothing fits in 15,000 rows of an owner.
 */
export async function listLogs(d1: D1Database, whose: Whose, filter: LogFilter): Promise<LogPage> {
  const db = openDatabase(d1)
  let page: LogPage = { rows: [], nextCursor: filter.cursor ?? '' }
  for (const scanned of scannedRows) {
    const { nextCursor: cursor } = page
    if (page.rows.length > 0 || cursor === null) break
    page = await look(db, whose, { ...filter, cursor }, scanned)
  }
  return page
}

/**
 * Looks at the next rows of each owner.
 * @param scanned how many of them, where there is a filter.
 */
async function look(db: Database, whose: Whose, filter: LogFilter, scanned: number): Promise<LogPage> {
  const conditions = conditionsOf(filter)
  const floor = conditions.length > 0 ? await findScanFloor(db, whose, filter, scanned) : undefined
  // Without a filter no owner's rows below the page's length can be on it.
  const looked = conditions.length > 0 ? scanned : filter.limit + 1
  const rows = await db
    .select(getTableColumns(requests))
    .from(peopleOf(whose))
    .crossJoin(requests)
    .where(
      and(
        sql`requests.owner = people.person`,
        sql`requests.id IN (${newestIds(filter, looked)})`,
        floor === undefined ? undefined : gte(requests.id, floor),
        ...conditions,
      ),
    )
    .orderBy(desc(requests.id))
    .limit(filter.limit + 1)
  const page = rows.slice(0, filter.limit)
  return { rows: page, nextCursor: (rows.length > filter.limit ? page.at(-1)?.id : floor) ?? null }
}

/** The newest ids of one of the people, in the span that is asked about. */
function newestIds({ cursor, from, to }: LogFilter, limit: number, offset = 0): SQL {
  const bounds = [
    cursor === undefined || cursor === '' ? undefined : sql`AND newest.id < ${cursor}`,
    from === undefined ? undefined : sql`AND newest.id >= ${firstIdAt('req', from)}`,
    to === undefined ? undefined : sql`AND newest.id < ${firstIdAt('req', to)}`,
  ].filter((bound) => bound !== undefined)
  return sql`
    SELECT newest.id FROM requests AS newest
    WHERE newest.owner = people.person ${sql.join(bounds, sql` `)}
    ORDER BY newest.id DESC LIMIT ${limit} OFFSET ${offset}`
}

/**
 * The id below which a look does not go: there, rows of somebody were not looked at. Undefined
 * where nobody has so many.
 */
async function findScanFloor(
  db: Database,
  whose: Whose,
  filter: LogFilter,
  scanned: number,
): Promise<string | undefined> {
  const [row] = await db.all<{ floor: string | null }>(
    sql`SELECT max((${newestIds(filter, 1, scanned - 1)})) AS floor FROM ${peopleOf(whose)}`,
  )
  return row?.floor ?? undefined
}

export async function findLog(d1: D1Database, whose: Whose, id: string): Promise<LogRow | undefined> {
  const [row] = await openDatabase(d1)
    .select(getTableColumns(requests))
    .from(peopleOf(whose))
    .crossJoin(requests)
    .where(and(sql`requests.owner = people.person`, eq(requests.id, id)))
  return row
}

const outcomes = {
  ok: sql`requests.status < 400 AND requests.attempts <= 1`,
  rescued: sql`requests.status < 400 AND requests.attempts > 1`,
  error: sql`requests.status >= 400`,
}

function conditionsOf(filter: LogFilter): SQL[] {
  const { text } = filter
  return [
    filter.provider && eq(requests.provider, filter.provider),
    filter.model && eq(requests.model, filter.model),
    filter.keyId && eq(requests.keyId, filter.keyId),
    filter.tokenId && eq(requests.tokenId, filter.tokenId),
    filter.status !== undefined && eq(requests.status, filter.status),
    filter.outcome && outcomes[filter.outcome],
    text && or(...searchedColumns.map((column) => holds(column, text))),
  ].filter((condition): condition is SQL => Boolean(condition))
}

const searchedColumns = logColumnList.filter(({ searched }) => searched).map(({ name }) => requests[name])

/**
 * Whether a column holds a text, without regard to the case of ASCII. D1 takes no LIKE pattern
 * above 50 bytes.
 */
function holds(column: SQLiteColumn, text: string): SQL {
  return sql`instr(lower(${column}), lower(${text})) > 0`
}
