/** Provider keys and the accounts whose quota they share, as questions. */
import { and, eq, sql } from 'drizzle-orm'
import { openDatabase } from './client.ts'
import { epochOf, raiseEpoch } from './epoch.ts'
import { accounts, keys } from './schema.ts'

type KeyRow = typeof keys.$inferSelect
type AccountRow = typeof accounts.$inferSelect

/** A key with what its account says about sharing. */
export type StoredKey = KeyRow & { shared: boolean; accountName: string | null }

const columns = { key: keys, shared: accounts.shared, accountName: accounts.name }
const ofAccount = and(eq(accounts.owner, keys.owner), eq(accounts.id, keys.accountId))

/** The keys that a user entered, oldest first. */
export async function listKeys(d1: D1Database, owner: string): Promise<StoredKey[]> {
  const rows = await openDatabase(d1)
    .select(columns)
    .from(keys)
    .innerJoin(accounts, ofAccount)
    .where(eq(keys.owner, owner))
    .orderBy(keys.createdAt, keys.id)
  return rows.map(({ key, shared, accountName }) => ({ ...key, shared, accountName }))
}

export async function findKey(d1: D1Database, owner: string, id: string): Promise<StoredKey | undefined> {
  const [row] = await openDatabase(d1)
    .select(columns)
    .from(keys)
    .innerJoin(accounts, ofAccount)
    .where(and(eq(keys.owner, owner), eq(keys.id, id)))
  return row && { ...row.key, shared: row.shared, accountName: row.accountName }
}

export async function findAccount(
  d1: D1Database,
  owner: string,
  id: string,
): Promise<AccountRow | undefined> {
  const [row] = await openDatabase(d1)
    .select()
    .from(accounts)
    .where(and(eq(accounts.owner, owner), eq(accounts.id, id)))
  return row
}

/**
 * Adds a key, and its own account where it joins none.
 * @returns the owner's new epoch, or undefined where the same key was entered before.
 */
export async function addKey(
  d1: D1Database,
  key: typeof keys.$inferInsert,
  ownAccount: typeof accounts.$inferInsert | undefined,
): Promise<number | undefined> {
  const db = openDatabase(d1)
  const [same] = await db
    .select({ id: keys.id })
    .from(keys)
    .where(
      and(eq(keys.owner, key.owner), eq(keys.provider, key.provider), eq(keys.fingerprint, key.fingerprint)),
    )
  if (same) return undefined
  // Two entries at once may both pass this check; the unique index decides, and the second one fails as a whole.
  const insertKey = db.insert(keys).values(key)
  const raise = raiseEpoch(db, key.owner)
  if (!ownAccount) return epochOf((await db.batch([insertKey, raise]))[1])
  return epochOf((await db.batch([db.insert(accounts).values(ownAccount), insertKey, raise]))[2])
}

/** Changes a key, and whether its own account is shared. @returns the owner's new epoch. */
export async function changeKey(
  d1: D1Database,
  stored: StoredKey,
  change: Partial<typeof keys.$inferInsert>,
  shared: boolean | undefined,
): Promise<number> {
  const db = openDatabase(d1)
  const update = db
    .update(keys)
    .set({ ...change, updatedAt: Date.now() })
    .where(and(eq(keys.owner, stored.owner), eq(keys.id, stored.id)))
  const raise = raiseEpoch(db, stored.owner)
  if (shared === undefined) return epochOf((await db.batch([update, raise]))[1])
  const share = db
    .update(accounts)
    .set({ shared })
    .where(and(eq(accounts.owner, stored.owner), eq(accounts.id, stored.accountId)))
  return epochOf((await db.batch([update, share, raise]))[2])
}

/** Removes a key, and its account if it was the key's own. @returns the owner's new epoch. */
export async function removeKey(d1: D1Database, stored: StoredKey): Promise<number> {
  const db = openDatabase(d1)
  const [, , raised] = await db.batch([
    db.delete(keys).where(and(eq(keys.owner, stored.owner), eq(keys.id, stored.id))),
    db
      .delete(accounts)
      .where(
        and(
          eq(accounts.owner, stored.owner),
          eq(accounts.id, stored.accountId),
          sql`${accounts.name} IS NULL`,
        ),
      ),
    raiseEpoch(db, stored.owner),
  ])
  return epochOf(raised)
}

/** The pools whose keys a user's requests may draw on, as owner and provider: those are told of the user's changes. */
export async function poolsOfUser(
  d1: D1Database,
  userId: string,
): Promise<{ owner: string; provider: string }[]> {
  return openDatabase(d1)
    .selectDistinct({
      owner: sql<string>`CASE WHEN ${accounts.shared} THEN 'hub' ELSE ${keys.owner} END`,
      provider: keys.provider,
    })
    .from(keys)
    .innerJoin(accounts, ofAccount)
    .where(sql`${keys.owner} = ${userId} OR ${accounts.shared}`)
}
