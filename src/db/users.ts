/**
 * People, as questions. Whoever changes them leaves the hub with an administrator: each check is
 * part of the statement that changes.
 */
import type { Caps } from '../domain/limits.ts'
import type { Role } from '../domain/roles.ts'
import { and, asc, eq, gt, or, type SQL, sql } from 'drizzle-orm'
import { type AuditEntry, prepareRecord, recordIfAny } from './audit.ts'
import { openDatabase, openSession } from './client.ts'
import { sessions, users } from './schema.ts'
import { hasRoom } from './teams.ts'

export type User = typeof users.$inferSelect

/** The user whose username or e-mail this is. Both are compared without regard to case. */
export async function findUserByLogin(d1: D1Database, login: string): Promise<User | undefined> {
  const name = login.toLowerCase()
  const [user] = await openDatabase(d1)
    .select()
    .from(users)
    .where(or(eq(users.username, name), eq(users.email, name)))
  return user
}

export async function findUser(d1: D1Database, id: string): Promise<User | undefined> {
  const [user] = await openDatabase(d1).select().from(users).where(eq(users.id, id))
  return user
}

/** Whether what they ask and are answered is kept; not for somebody who is not there. */
export async function keepsTranscripts(d1: D1Database, id: string): Promise<boolean> {
  const [user] = await openDatabase(d1)
    .select({ keeps: users.keepTranscripts })
    .from(users)
    .where(eq(users.id, id))
  return user?.keeps ?? false
}

/**
 * A page of users in the order of their ids.
 * @param after the id that the page begins after.
 * @param team lists the members of one team.
 */
export async function listUsers(
  d1: D1Database,
  after: string,
  limit: number,
  team?: string,
): Promise<User[]> {
  return openDatabase(d1)
    .select()
    .from(users)
    .where(and(gt(users.id, after), team === undefined ? undefined : eq(users.team, team)))
    .orderBy(asc(users.id))
    .limit(limit)
}

export async function hasUsers(d1: D1Database): Promise<boolean> {
  const rows = await openDatabase(d1).select({ id: users.id }).from(users).limit(1)
  return rows.length > 0
}

/** What is stored of somebody new. */
export type NewUser = Pick<User, 'id' | 'username' | 'email' | 'passwordHash' | 'createdAt' | 'maxShare'> &
  Caps

/**
 * Adds the first user of the hub as its admin.
 * @returns false where somebody was first: the check and the insertion are one statement.
 */
export async function addFirstUser(d1: D1Database, user: NewUser, entry: AuditEntry): Promise<boolean> {
  const admin: Role = 'admin'
  const { id, username, email, passwordHash, createdAt } = user
  const session = openSession(d1)
  const [added] = await session.batch([
    session
      .prepare(
        `INSERT INTO users (id, username, email, password_hash, role, epoch, created_at)
        SELECT ?1, ?2, ?3, ?4, ?5, 1, ?6 WHERE NOT EXISTS (SELECT 1 FROM users)`,
      )
      .bind(id, username, email, passwordHash, admin, createdAt),
    prepareRecord(session, entry, sql`EXISTS (SELECT 1 FROM users WHERE id = ${id})`),
  ])
  return (added?.meta.changes ?? 0) > 0
}

/** Adds a user. @returns false where the username or the e-mail is taken. */
export async function addUser(
  d1: D1Database,
  user: NewUser & { role: Role },
  entry: AuditEntry,
): Promise<boolean> {
  const db = openDatabase(d1)
  const [result] = await db.batch([
    db.insert(users).values(user).onConflictDoNothing(),
    recordIfAny(db, entry, users, eq(users.id, user.id)),
  ])
  return result.meta.changes > 0
}

/** What may be changed of a user. */
export type UserChange = Partial<
  Pick<
    User,
    'username' | 'email' | 'role' | 'disabledAt' | 'passwordHash' | 'keepTranscripts' | 'team' | 'maxShare'
  > &
    Caps
>

/**
 * Changes a user. Who is disabled, or has another password, has no session left.
 * @returns their new epoch; `taken` where another has the name; undefined where no administrator
 * would be left, the new team is gone or full, or the user is gone.
 */
export async function changeUser(
  d1: D1Database,
  id: string,
  change: UserChange,
  entry: AuditEntry,
): Promise<number | 'taken' | undefined> {
  const db = openDatabase(d1)
  const weakens = change.role === 'user' || typeof change.disabledAt === 'number'
  const which = and(
    eq(users.id, id),
    weakens ? isDispensable(id) : undefined,
    typeof change.team === 'string' ? hasRoom(change.team, id) : undefined,
  )
  const update = db
    .update(users)
    .set({ ...change, epoch: sql`${users.epoch} + 1` })
    .where(which)
    .returning({ epoch: users.epoch })
  const endSessions = db.delete(sessions).where(
    and(
      eq(sessions.userId, id),
      sql`EXISTS (SELECT 1 FROM ${users} WHERE ${users.id} = ${id}
          AND (${users.disabledAt} IS NOT NULL OR ${users.passwordHash} = ${change.passwordHash ?? ''}))`,
    ),
  )
  try {
    // The entry comes first: the change may take away what its condition asks.
    const [, changed] = await db.batch([recordIfAny(db, entry, users, which), update, endSessions])
    return changed[0]?.epoch
  } catch (error) {
    if (isTaken(error)) return 'taken'
    throw error
  }
}

/** Stores the same password's hash anew, with today's parameters. */
export async function renewPasswordHash(d1: D1Database, id: string, passwordHash: string): Promise<void> {
  await openDatabase(d1).update(users).set({ passwordHash }).where(eq(users.id, id))
}

/** Whether the hub has an enabled administrator without this user, or this user is none. */
export function isDispensable(id: string): SQL {
  return sql`(
    EXISTS (SELECT 1 FROM users AS other WHERE other.id <> ${id} AND other.role = 'admin' AND other.disabled_at IS NULL)
    OR NOT EXISTS (SELECT 1 FROM users AS this WHERE this.id = ${id} AND this.role = 'admin' AND this.disabled_at IS NULL)
  )`
}

/**
 * The unique indexes decide who has a name first; what they say is in the words of SQLite, under
 * wrappers of drizzle and D1.
 */
function isTaken(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return error.message.includes('UNIQUE constraint failed: users.') || isTaken(error.cause)
}
