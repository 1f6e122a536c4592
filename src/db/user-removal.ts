/**
 * What goes with a person who is removed. At once: everything that could be used. Their rows in the
 * log and its sums may be many, and pools may still hold some for the journal, so `departed`
 * remembers whose to remove, a part at a time (`retention.ts`). What stays: the audit log, which
 * says what was done here, by ids.
 */
import { and, eq, isNull, type SQL, sql } from 'drizzle-orm'
import { type AuditEntry, recordIfAny } from './audit.ts'
import { type Database, openDatabase } from './client.ts'
import {
  accounts,
  departed,
  invitations,
  keptResponses,
  keys,
  providers,
  providerSettings,
  routes,
  sessions,
  tokens,
  users,
} from './schema.ts'
import { isDispensable } from './users.ts'

/** Tables whose rows belong to a person as their owner, and go with them at once. */
const owned = [tokens, keys, accounts, routes, providers, providerSettings, keptResponses] as const

/** How many keys of a user serve everyone on the hub: those would be missed by others. */
export async function countSharedKeys(d1: D1Database, userId: string): Promise<number> {
  return openDatabase(d1).$count(
    keys,
    and(
      eq(keys.owner, userId),
      sql`EXISTS (SELECT 1 FROM ${accounts} WHERE ${accounts.owner} = ${userId}
        AND ${accounts.id} = ${keys.accountId} AND ${accounts.shared})`,
    ),
  )
}

/**
 * Removes a user and what is theirs, all or nothing.
 * @returns an epoch above every one that was theirs, for the pools; undefined where no
 *   administrator would be left, or nobody was there.
 */
export async function removeUser(
  d1: D1Database,
  id: string,
  now: number,
  entry: AuditEntry,
): Promise<number | undefined> {
  const db = openDatabase(d1)
  const which = and(eq(users.id, id), isDispensable(id))
  // The entry is written where the removal will be; the others ask whether it was.
  const [, removed] = await db.batch([
    recordIfAny(db, entry, users, which),
    db.delete(users).where(which).returning({ epoch: users.epoch }),
    ...owned.map((table) => db.delete(table).where(and(eq(table.owner, id), isGone(id)))),
    db.delete(sessions).where(and(eq(sessions.userId, id), isGone(id))),
    // An invitation that is still open would be a way back.
    db.delete(invitations).where(and(eq(invitations.invitedBy, id), isNull(invitations.usedAt), isGone(id))),
    rememberDeparture(db, id, now),
  ])
  const [user] = removed
  return user && user.epoch + 1
}

function rememberDeparture(db: Database, id: string, now: number) {
  return db
    .insert(departed)
    .select(
      db
        .select({ userId: sql<string>`${id}`.as('user_id'), at: sql<number>`${now}`.as('at') })
        .from(sql`(SELECT 1)`)
        .where(isGone(id)),
    )
    .onConflictDoNothing()
}

function isGone(id: string): SQL {
  return sql`NOT EXISTS (SELECT 1 FROM users AS gone WHERE gone.id = ${id})`
}
