/**
 * The configuration epoch of a user: it rises in the same transaction as every change that a warm
 * isolate must not miss.
 */
import { eq, sql } from 'drizzle-orm'
import type { Database } from './client.ts'
import { users } from './schema.ts'

/** The statement that a change carries along in its batch. */
export function raiseEpoch(db: Database, userId: string) {
  return db
    .update(users)
    .set({ epoch: sql`${users.epoch} + 1` })
    .where(eq(users.id, userId))
    .returning({ epoch: users.epoch })
}

/** The new epoch, out of the answer of `raiseEpoch`. */
export function epochOf(answer: { epoch: number }[] | undefined): number {
  return answer?.[0]?.epoch ?? 0
}
