/** Gateway tokens, as questions. What is stored of a token is its hash. */
import { and, asc, eq, gt } from 'drizzle-orm'
import { type AuditEntry, record, recordIfAny } from './audit.ts'
import { openDatabase } from './client.ts'
import { epochOf, raiseEpoch } from './epoch.ts'
import { tokens } from './schema.ts'

export type StoredToken = typeof tokens.$inferSelect

export async function listTokens(d1: D1Database, owner: string): Promise<StoredToken[]> {
  return openDatabase(d1)
    .select()
    .from(tokens)
    .where(eq(tokens.owner, owner))
    .orderBy(tokens.createdAt, tokens.id)
}

/**
 * A page of everyone's tokens in the order of their ids.
 * @param after the id that the page begins after.
 */
export async function listAllTokens(d1: D1Database, after: string, limit: number): Promise<StoredToken[]> {
  return openDatabase(d1)
    .select()
    .from(tokens)
    .where(gt(tokens.id, after))
    .orderBy(asc(tokens.id))
    .limit(limit)
}

export async function findTokenById(
  d1: D1Database,
  owner: string,
  id: string,
): Promise<StoredToken | undefined> {
  const [token] = await openDatabase(d1)
    .select()
    .from(tokens)
    .where(and(eq(tokens.owner, owner), eq(tokens.id, id)))
  return token
}

export async function addToken(
  d1: D1Database,
  token: typeof tokens.$inferInsert,
  entry: AuditEntry,
): Promise<void> {
  const db = openDatabase(d1)
  await db.batch([db.insert(tokens).values(token), record(db, entry)])
}

/** Changes a token. @returns its owner's new epoch. */
export async function changeToken(
  d1: D1Database,
  owner: string,
  id: string,
  change: Partial<Omit<StoredToken, 'hash' | 'id' | 'owner' | 'prefix' | 'createdAt' | 'lastUsedAt'>>,
  entry: AuditEntry,
): Promise<number> {
  const db = openDatabase(d1)
  const which = and(eq(tokens.owner, owner), eq(tokens.id, id))
  const [, raised] = await db.batch([
    db.update(tokens).set(change).where(which),
    raiseEpoch(db, owner),
    recordIfAny(db, entry, tokens, which),
  ])
  return epochOf(raised)
}

/** Revokes a token. @returns its owner's new epoch. */
export async function removeToken(
  d1: D1Database,
  owner: string,
  id: string,
  entry: AuditEntry,
): Promise<number> {
  const db = openDatabase(d1)
  const which = and(eq(tokens.owner, owner), eq(tokens.id, id))
  const [, , raised] = await db.batch([
    recordIfAny(db, entry, tokens, which),
    db.delete(tokens).where(which),
    raiseEpoch(db, owner),
  ])
  return epochOf(raised)
}
