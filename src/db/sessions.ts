/** Open sessions, as questions. Without its row a signed session is worth nothing. */
import { and, desc, eq, gt, lt, ne } from 'drizzle-orm'
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

export async function addSession(d1: D1Database, session: typeof sessions.$inferInsert): Promise<void> {
  await openDatabase(d1).insert(sessions).values(session)
}

/**
 * Makes another token the newest of a session.
 * @returns false where it was not of this generation any more: of several who renew at once one does.
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
export async function removeSession(d1: D1Database, userId: string, id: string): Promise<boolean> {
  const result = await openDatabase(d1)
    .delete(sessions)
    .where(and(eq(sessions.id, id), eq(sessions.userId, userId)))
  return result.meta.changes > 0
}

/** Ends every session of a user but one. @returns how many. */
export async function removeOtherSessions(d1: D1Database, userId: string, kept: string): Promise<number> {
  const result = await openDatabase(d1)
    .delete(sessions)
    .where(and(eq(sessions.userId, userId), ne(sessions.id, kept)))
  return result.meta.changes
}

export async function removeExpiredSessions(d1: D1Database, now: number): Promise<void> {
  await openDatabase(d1).delete(sessions).where(lt(sessions.expiresAt, now))
}
