/** Open sessions, as questions. Without its row a signed session is worth nothing. */
import { and, desc, eq, gt, lt, ne, sql } from 'drizzle-orm'
import { type AuditEntry, record, recordIfAny } from './audit.ts'
import { openDatabase } from './client.ts'
import { sessions } from './schema.ts'

export type StoredSession = typeof sessions.$inferSelect

/** A session that is alive and belongs to this user. */
export async function findSession(
  d1: D1Database,
  id: string,
  userId: string,
  now: number,
): Promise<StoredSession | undefined> {
  const [session] = await openDatabase(d1)
    .select()
    .from(sessions)
    .where(and(eq(sessions.id, id), eq(sessions.userId, userId), gt(sessions.expiresAt, now)))
  return session
}

/** A user's sessions that are alive, the newest first. */
export async function listSessions(d1: D1Database, userId: string, now: number): Promise<StoredSession[]> {
  return openDatabase(d1)
    .select()
    .from(sessions)
    .where(and(eq(sessions.userId, userId), gt(sessions.expiresAt, now)))
    .orderBy(desc(sessions.createdAt), desc(sessions.id))
}

/** Whether a user has a session that is alive and was opened at this address. */
export async function hasSessionFrom(
  d1: D1Database,
  userId: string,
  address: string,
  now: number,
): Promise<boolean> {
  const rows = await openDatabase(d1)
    .select({ id: sessions.id })
    .from(sessions)
    .where(and(eq(sessions.userId, userId), eq(sessions.address, address), gt(sessions.expiresAt, now)))
    .limit(1)
  return rows.length > 0
}

/** Adds a session. @param entry absent where what opens it is in the log already. */
export async function addSession(
  d1: D1Database,
  session: typeof sessions.$inferInsert,
  entry: AuditEntry | undefined,
): Promise<void> {
  const db = openDatabase(d1)
  const added = db.insert(sessions).values(session)
  await (entry ? db.batch([added, record(db, entry)]) : added)
}

/**
 * Makes another token the newest of a session.
 * @returns false where it was not of this generation any more: of several who renew at once one
 *   does.
 */
export async function renewSession(
  d1: D1Database,
  { id, generation }: Pick<StoredSession, 'id' | 'generation'>,
  renewedAt: number,
  expiresAt: number,
): Promise<boolean> {
  const result = await openDatabase(d1)
    .update(sessions)
    .set({ generation: generation + 1, renewedAt, expiresAt })
    .where(and(eq(sessions.id, id), eq(sessions.generation, generation)))
  return result.meta.changes > 0
}

export async function touchSession(d1: D1Database, id: string, lastSeenAt: number): Promise<void> {
  await openDatabase(d1).update(sessions).set({ lastSeenAt }).where(eq(sessions.id, id))
}

/** Ends one session of a user. @returns false where the user has no such session. */
export async function removeSession(
  d1: D1Database,
  userId: string,
  id: string,
  entry: AuditEntry,
): Promise<boolean> {
  const db = openDatabase(d1)
  const which = and(eq(sessions.id, id), eq(sessions.userId, userId))
  const [, result] = await db.batch([
    recordIfAny(db, entry, sessions, which),
    db.delete(sessions).where(which),
  ])
  return result.meta.changes > 0
}

/** Ends every session of a user but one. The entry says how many. */
export async function removeOtherSessions(
  d1: D1Database,
  userId: string,
  kept: string,
  entry: Omit<AuditEntry, 'detail'>,
): Promise<void> {
  const db = openDatabase(d1)
  const which = and(eq(sessions.userId, userId), ne(sessions.id, kept))
  const ended = sql<string>`(SELECT json_object('ended', count(*)) FROM ${sessions} WHERE ${which})`
  await db.batch([record(db, { ...entry, detail: ended }), db.delete(sessions).where(which)])
}

export async function removeExpiredSessions(d1: D1Database, now: number): Promise<void> {
  await openDatabase(d1).delete(sessions).where(lt(sessions.expiresAt, now))
}
