/**
 * Conversations behind answers of the Responses dialect, which clients go on from by the answer's
 * id, and items of answers, which they refer to one by one.
 */
import { and, eq, gt, lt, sql } from 'drizzle-orm'
import { openDatabase } from './client.ts'
import { keptResponses } from './schema.ts'

export type KeptRow = typeof keptResponses.$inferInsert

/** Keeps all of these or none. */
export async function keepResponses(d1: D1Database, rows: readonly KeptRow[]): Promise<void> {
  const db = openDatabase(d1)
  const [first, ...others] = rows.map((row) => {
    const { items, expiresAt } = row
    return (
      db
        .insert(keptResponses)
        .values(row)
        // Servers that repeat their ids exist: the newest answer is the one that is meant.
        .onConflictDoUpdate({ target: [keptResponses.owner, keptResponses.id], set: { items, expiresAt } })
    )
  })
  if (first) await db.batch([first, ...others])
}

/**
 * The sealed items by their ids, of those that are kept for this owner and have not expired. One
 * query, whatever their number.
 */
export async function findKeptResponses(
  d1: D1Database,
  owner: string,
  ids: readonly string[],
  now: number,
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const wanted = sql`(SELECT value FROM json_each(${JSON.stringify(ids)}))`
  const rows = await openDatabase(d1)
    .select({ id: keptResponses.id, items: keptResponses.items })
    .from(keptResponses)
    .where(
      and(
        eq(keptResponses.owner, owner),
        sql`${keptResponses.id} IN ${wanted}`,
        gt(keptResponses.expiresAt, now),
      ),
    )
  return new Map(rows.map(({ id, items }) => [id, items]))
}

export async function removeExpiredResponses(d1: D1Database, now: number): Promise<void> {
  await openDatabase(d1).delete(keptResponses).where(lt(keptResponses.expiresAt, now))
}
