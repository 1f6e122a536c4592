/** Conversations behind answers of the Responses dialect, which clients go on from by the answer's id. */
import { and, eq, gt, lt } from 'drizzle-orm'
import { openDatabase } from './client.ts'
import { keptResponses } from './schema.ts'

export async function keepResponse(d1: D1Database, row: typeof keptResponses.$inferInsert): Promise<void> {
  const { items, expiresAt } = row
  await openDatabase(d1)
    .insert(keptResponses)
    .values(row)
    // Servers that repeat their ids exist: the newest answer is the one that is meant.
    .onConflictDoUpdate({ target: [keptResponses.owner, keptResponses.id], set: { items, expiresAt } })
}

/** The sealed items behind an answer; undefined where it is not kept, not any more, or somebody else's. */
export async function findKeptResponse(
  d1: D1Database,
  owner: string,
  id: string,
  now: number,
): Promise<string | undefined> {
  const [row] = await openDatabase(d1)
    .select({ items: keptResponses.items })
    .from(keptResponses)
    .where(and(eq(keptResponses.owner, owner), eq(keptResponses.id, id), gt(keptResponses.expiresAt, now)))
  return row?.items
}

export async function removeExpiredResponses(d1: D1Database, now: number): Promise<void> {
  await openDatabase(d1).delete(keptResponses).where(lt(keptResponses.expiresAt, now))
}
