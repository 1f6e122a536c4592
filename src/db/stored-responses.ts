/**
 * Conversations behind answers of the Responses dialect, which clients go on from by the answer's
 * id, and items of answers, which they refer to one by one.
 */
import { sql } from 'drizzle-orm'
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

export interface FoundRow {
  id: string
  items: string | null
  characters: number
}

/**
 * The sealed items by their ids, of those that are kept for this owner and have not expired. One
 * query, whatever their number.
 * @param most characters of all of them together. Rows beyond it come without their items.
 * @returns each row with the number of characters up to and with it.
 */
export async function findKeptResponses(
  d1: D1Database,
  owner: string,
  ids: readonly string[],
  { now, most }: { now: number; most: number },
): Promise<FoundRow[]> {
  return openDatabase(d1).all(sql`
    WITH found AS (
      SELECT kept.id, sum(length(kept.items)) OVER (ORDER BY wanted.key) AS characters
      FROM json_each(${JSON.stringify(ids)}) AS wanted CROSS JOIN kept_responses AS kept
      WHERE kept.owner = ${owner} AND kept.id = wanted.value AND kept.expires_at > ${now})
    SELECT found.id AS id, kept.items AS items, found.characters AS characters
    FROM found LEFT JOIN kept_responses AS kept
      ON found.characters <= ${most} AND kept.owner = ${owner} AND kept.id = found.id
    ORDER BY found.characters`)
}

/**
 * Removes what an owner keeps beyond a number of bytes, the oldest first, and what has expired.
 * @param leastBytes what a row counts at least, so that many small ones have a bound too.
 */
export async function removeOldestResponses(
  d1: D1Database,
  owner: string,
  { now, mostBytes, leastBytes }: { now: number; mostBytes: number; leastBytes: number },
): Promise<void> {
  // Unlike `length`, `octet_length` does not read the text.
  await openDatabase(d1).run(sql`
    DELETE FROM kept_responses WHERE owner = ${owner} AND id IN (
      SELECT id FROM (
        SELECT id, expires_at, sum(max(octet_length(items), ${leastBytes}))
          OVER (ORDER BY expires_at DESC, id) AS bytes
        FROM kept_responses WHERE owner = ${owner})
      WHERE bytes > ${mostBytes} OR expires_at < ${now})`)
}
