/** Gateway tokens, as questions. What is stored of a token is its hash. */
import { and, eq } from 'drizzle-orm'
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

export async function addToken(d1: D1Database, token: typeof tokens.$inferInsert): Promise<void> {
  await openDatabase(d1).insert(tokens).values(token)
}

/** Changes a token. @returns its owner's new epoch. */
export async function changeToken(
  d1: D1Database,
  owner: string,
  id: string,
  change: Partial<Omit<StoredToken, 'hash' | 'id' | 'owner' | 'prefix' | 'createdAt' | 'lastUsedAt'>>,
): Promise<number> {
  const db = openDatabase(d1)
  const [, raised] = await db.batch([
    db
      .update(tokens)
      .set(change)
      .where(and(eq(tokens.owner, owner), eq(tokens.id, id))),
    raiseEpoch(db, owner),
  ])
  return epochOf(raised)
}

/** Revokes a token. @returns its owner's new epoch. */
export async function removeToken(d1: D1Database, owner: string, id: string): Promise<number> {
  const db = openDatabase(d1)
  const [, raised] = await db.batch([
    db.delete(tokens).where(and(eq(tokens.owner, owner), eq(tokens.id, id))),
    raiseEpoch(db, owner),
  ])
  return epochOf(raised)
}
