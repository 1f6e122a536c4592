/**
 * Invitations, as questions. What is stored of one is its hash; whether it is still good is part of
 * the statement that uses it.
 */
import { and, desc, eq, isNull, lte, sql } from 'drizzle-orm'
import { type AuditEntry, record, recordIfAny } from './audit.ts'
import { openDatabase } from './client.ts'
import { toJson } from './json.ts'
import { invitations, users } from './schema.ts'
import type { NewUser } from './users.ts'

export type StoredInvitation = typeof invitations.$inferSelect

/** Every invitation that is remembered, the newest first. */
export async function listInvitations(d1: D1Database): Promise<StoredInvitation[]> {
  return openDatabase(d1)
    .select()
    .from(invitations)
    .orderBy(desc(invitations.createdAt), desc(invitations.id))
    .limit(500)
}

export async function addInvitation(
  d1: D1Database,
  invitation: typeof invitations.$inferInsert,
  entry: AuditEntry,
): Promise<void> {
  const db = openDatabase(d1)
  await db.batch([db.insert(invitations).values(invitation), record(db, entry)])
}

/** Whether an invitation may be used now: it is open, in time, and who gave it may still invite. */
export async function isInvitationGood(d1: D1Database, hash: string, now: number): Promise<boolean> {
  const rows = await openDatabase(d1).all(sql`SELECT 1 ${goodInvitation(hash, now)}`)
  return rows.length > 0
}

/**
 * Adds a user by invitation, in the role that it carries, and uses it up: both or neither, and once
 * however many try.
 * @returns what stands against it where it was not done.
 */
export async function addInvitedUser(
  d1: D1Database,
  user: NewUser,
  hash: string,
  entry: AuditEntry,
): Promise<'added' | 'taken' | 'not-good'> {
  const db = openDatabase(d1)
  const now = user.createdAt
  const [added] = await db.batch([
    db
      .insert(users)
      // In the order of the table's columns.
      .select(
        sql`SELECT ${user.id}, ${user.username}, ${user.email}, ${user.passwordHash}, invitations.role, 1, NULL, ${now}, FALSE,
          ${user.maxShare}, ${toJson(user.limits)}, ${user.maxConcurrent}, ${toJson(user.budget)}, NULL
          ${goodInvitation(hash, now)}`,
      )
      .onConflictDoNothing()
      .returning({ id: users.id }),
    db
      .update(invitations)
      .set({ usedAt: now, usedBy: user.id })
      .where(
        and(
          eq(invitations.hash, hash),
          isNull(invitations.usedAt),
          sql`EXISTS (SELECT 1 FROM users WHERE users.id = ${user.id})`,
        ),
      ),
    recordIfAny(db, entry, users, eq(users.id, user.id)),
  ])
  if (added.length > 0) return 'added'
  return (await isInvitationGood(d1, hash, now)) ? 'taken' : 'not-good'
}

/** Takes back an invitation. @returns the one that was there. */
export async function removeInvitation(
  d1: D1Database,
  id: string,
  entry: Omit<AuditEntry, 'detail'>,
): Promise<StoredInvitation | undefined> {
  const db = openDatabase(d1)
  const which = eq(invitations.id, id)
  const used = sql<string>`(SELECT json_object('used', json(iif(used_at IS NULL, 'false', 'true')))
    FROM invitations WHERE id = ${id})`
  const [, [removed]] = await db.batch([
    recordIfAny(db, { ...entry, detail: used }, invitations, which),
    db.delete(invitations).where(which).returning(),
  ])
  return removed
}

/** Forgets invitations that ended long ago, used or not. */
export async function removeOldInvitations(d1: D1Database, endedBefore: number): Promise<void> {
  const db = openDatabase(d1)
  await db.delete(invitations).where(lte(invitations.expiresAt, endedBefore))
}

function goodInvitation(hash: string, now: number) {
  return sql`FROM invitations
    WHERE invitations.hash = ${hash} AND invitations.used_at IS NULL AND invitations.expires_at > ${now}
      AND EXISTS (
        SELECT 1 FROM users AS inviter
        WHERE inviter.id = invitations.invited_by AND inviter.role = 'admin' AND inviter.disabled_at IS NULL
      )`
}
