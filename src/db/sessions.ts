/** Sessions and the people they belong to, as questions. */
import { and, eq, gt, or, sql } from 'drizzle-orm'
import { openDatabase } from './client.ts'
import { type Role, sessions, users } from './schema.ts'

export type User = typeof users.$inferSelect

/** Whether a session is alive and belongs to this user. */
export async function hasSession(
  d1: D1Database,
  sessionId: string,
  userId: string,
  now: number,
): Promise<boolean> {
  const rows = await openDatabase(d1)
    .select({ id: sessions.id })
    .from(sessions)
    .where(and(eq(sessions.id, sessionId), eq(sessions.userId, userId), gt(sessions.expiresAt, now)))
  return rows.length > 0
}

export async function addSession(d1: D1Database, session: typeof sessions.$inferInsert): Promise<void> {
  await openDatabase(d1).insert(sessions).values(session)
}

export async function removeSession(d1: D1Database, sessionId: string): Promise<void> {
  await openDatabase(d1).delete(sessions).where(eq(sessions.id, sessionId))
}

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

export async function hasUsers(d1: D1Database): Promise<boolean> {
  const rows = await openDatabase(d1).select({ id: users.id }).from(users).limit(1)
  return rows.length > 0
}

/**
 * Adds the first user of the hub as its admin.
 * @returns false where somebody was first: the check and the insertion are one statement.
 */
export async function addFirstUser(
  d1: D1Database,
  user: {
    id: string
    username: string | null
    email: string | null
    passwordHash: string
    createdAt: number
  },
): Promise<boolean> {
  const admin: Role = 'admin'
  const result = await openDatabase(d1).run(sql`
    INSERT INTO users (id, username, email, password_hash, role, epoch, created_at)
    SELECT ${user.id}, ${user.username}, ${user.email}, ${user.passwordHash}, ${admin}, 1, ${user.createdAt}
    WHERE NOT EXISTS (SELECT 1 FROM users)`)
  return result.meta.changes > 0
}

/** Adds a user. @returns false where the username or the e-mail is taken. */
export async function addUser(d1: D1Database, user: typeof users.$inferInsert): Promise<boolean> {
  const result = await openDatabase(d1).insert(users).values(user).onConflictDoNothing()
  return result.meta.changes > 0
}

/** Stores a password's hash anew, with today's parameters or a new password. */
export async function setPasswordHash(d1: D1Database, userId: string, passwordHash: string): Promise<void> {
  await openDatabase(d1).update(users).set({ passwordHash }).where(eq(users.id, userId))
}
