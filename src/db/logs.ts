/** The request log. Its key is owner and time-ordered id, so a page is a range; filters look at a bounded number of rows. */
import { and, desc, eq, gte, like, lt, or, type SQL } from 'drizzle-orm'
import { firstIdAt } from '../ids.ts'
import { type Database, openDatabase } from './client.ts'
import { requests } from './schema.ts'

export type LogRow = typeof requests.$inferSelect

export interface LogFilter {
  owner: string
  /** Times in milliseconds since the epoch; `to` is exclusive. */
  from?: number | undefined
  to?: number | undefined
  provider?: string | undefined
  model?: string | undefined
  keyId?: string | undefined
  tokenId?: string | undefined
  status?: number | undefined
  /** Looked for in what was asked, the model, the code and the trail. */
  text?: string | undefined
  /** The id after which this page begins. */
  cursor?: string | undefined
  limit: number
}

/** How many rows one page looks at, at most: what a filter costs is bounded, however rare its matches are. */
const scannedRows = 1_000

/** The newest matching rows, and the cursor of the next page, which may have rows even where this one has none. */
export async function listLogs(
  d1: D1Database,
  filter: LogFilter,
): Promise<{ rows: LogRow[]; nextCursor: string | null }> {
  const db = openDatabase(d1)
  const range = and(
    eq(requests.owner, filter.owner),
    filter.cursor ? lt(requests.id, filter.cursor) : undefined,
    filter.from === undefined ? undefined : gte(requests.id, firstIdAt('req', filter.from)),
    filter.to === undefined ? undefined : lt(requests.id, firstIdAt('req', filter.to)),
  )
  const conditions = conditionsOf(filter)
  const floor = conditions.length > 0 ? await findScanFloor(db, range) : undefined
  const rows = await db
    .select()
    .from(requests)
    .where(and(range, floor === undefined ? undefined : gte(requests.id, floor), ...conditions))
    .orderBy(desc(requests.id))
    .limit(filter.limit + 1)
  const page = rows.slice(0, filter.limit)
  return { rows: page, nextCursor: (rows.length > filter.limit ? page.at(-1)?.id : floor) ?? null }
}

/** The id below which a filtered page does not look; undefined where the range ends before that. */
async function findScanFloor(db: Database, range: SQL | undefined): Promise<string | undefined> {
  const [row] = await db
    .select({ id: requests.id })
    .from(requests)
    .where(range)
    .orderBy(desc(requests.id))
    .limit(1)
    .offset(scannedRows - 1)
  return row?.id
}

export async function findLog(d1: D1Database, owner: string, id: string): Promise<LogRow | undefined> {
  const [row] = await openDatabase(d1)
    .select()
    .from(requests)
    .where(and(eq(requests.owner, owner), eq(requests.id, id)))
  return row
}

function conditionsOf(filter: LogFilter): SQL[] {
  const pattern = filter.text && `%${filter.text.replaceAll(/[\\%_]/g, '')}%`
  return [
    filter.provider && eq(requests.provider, filter.provider),
    filter.model && eq(requests.model, filter.model),
    filter.keyId && eq(requests.keyId, filter.keyId),
    filter.tokenId && eq(requests.tokenId, filter.tokenId),
    filter.status !== undefined && eq(requests.status, filter.status),
    pattern &&
      or(
        like(requests.asked, pattern),
        like(requests.model, pattern),
        like(requests.code, pattern),
        like(requests.trail, pattern),
      ),
  ].filter((condition): condition is SQL => Boolean(condition))
}
