/** Provider keys and the accounts whose quota they share, as questions. */
import { and, eq, inArray, isNull, ne, type SQL, sql } from 'drizzle-orm'
import { type AccountRow, isEmpty } from './accounts.ts'
import { type AuditEntry, record, recordIfAny } from './audit.ts'
import { type Database, openDatabase } from './client.ts'
import { epochOf, raiseEpoch } from './epoch.ts'
import { rowOwner } from './key-rows.ts'
import { accounts, keys } from './schema.ts'

type KeyRow = typeof keys.$inferSelect

/**
 * A key with what its account says about sharing, and the owner of the provider row that it goes
 * with.
 */
export type StoredKey = KeyRow &
  Pick<AccountRow, 'shared' | 'reserve'> & { rowOwner: string; accountName: string | null }

const columns = {
  key: keys,
  rowOwner,
  shared: accounts.shared,
  reserve: accounts.reserve,
  accountName: accounts.name,
}
const ofAccount = and(eq(accounts.owner, keys.owner), eq(accounts.id, keys.accountId))

/** All keys that a user entered, oldest first. */
export async function listKeys(d1: D1Database, owner: string): Promise<StoredKey[]> {
  const rows = await openDatabase(d1)
    .select(columns)
    .from(keys)
    .innerJoin(accounts, ofAccount)
    .where(eq(keys.owner, owner))
    .orderBy(keys.createdAt, keys.id)
  return rows.map(({ key, ...more }) => ({ ...key, ...more }))
}

/**
 * One page of the keys that a user entered, oldest first.
 *
 * @param after the cursor of the page before, `<createdAt>.<id>` of its last key; empty for the
 *   first page.
 */
export async function listKeyPage(
  d1: D1Database,
  owner: string,
  after: string,
  limit: number,
): Promise<{ keys: StoredKey[]; nextCursor: string | null }> {
  const db = openDatabase(d1)
  const [createdAt = '0', id = ''] = after.split('.', 2)
  const rows = await db
    .select(columns)
    .from(keys)
    .innerJoin(accounts, ofAccount)
    .where(
      and(
        eq(keys.owner, owner),
        sql`(${keys.createdAt}, ${keys.id}) > (CAST(${createdAt} AS INTEGER), ${id})`,
      ),
    )
    .orderBy(keys.createdAt, keys.id)
    .limit(limit + 1)
  const page = rows.slice(0, limit).map(({ key, ...more }) => ({ ...key, ...more }))
  const last = page.at(-1)
  return {
    keys: page,
    nextCursor: rows.length > limit && last ? `${last.createdAt}.${last.id}` : null,
  }
}

export async function findKey(d1: D1Database, owner: string, id: string): Promise<StoredKey | undefined> {
  const [row] = await openDatabase(d1)
    .select(columns)
    .from(keys)
    .innerJoin(accounts, ofAccount)
    .where(and(eq(keys.owner, owner), eq(keys.id, id)))
  if (!row) return undefined
  const { key, ...more } = row
  return { ...key, ...more }
}

/** Whether an owner has another key than `id` with one of these fingerprints at a provider. */
export async function hasSameKey(
  d1: D1Database,
  { owner, provider, id }: Pick<KeyRow, 'owner' | 'provider' | 'id'>,
  fingerprints: string[],
): Promise<boolean> {
  const rows = await openDatabase(d1)
    .select({ id: keys.id })
    .from(keys)
    .where(
      and(
        eq(keys.owner, owner),
        eq(keys.provider, provider),
        inArray(keys.fingerprint, fingerprints),
        ne(keys.id, id),
      ),
    )
  return rows.length > 0
}

/**
 * Adds a key, with the account that it is in: its own, or one that was there. That is written
 * again, so that a key is never in an account that was removed a moment ago.
 *
 * @param fingerprints under which the same key may stand there already.
 * @returns the owner's new epoch, or undefined where the same key was entered before.
 */
export async function addKey(
  d1: D1Database,
  key: typeof keys.$inferInsert & { origin: string },
  account: AccountRow,
  entry: AuditEntry,
  fingerprints: string[] = [key.fingerprint],
): Promise<number | undefined> {
  if (await hasSameKey(d1, key, fingerprints)) return undefined
  const db = openDatabase(d1)
  // Two entries at once may both pass this check; the unique index decides, and the second one
  // fails as a whole.
  const [, , raised] = await db.batch([
    db.insert(accounts).values(account).onConflictDoNothing(),
    db.insert(keys).values(key),
    raiseEpoch(db, key.owner),
    record(db, entry),
  ])
  return epochOf(raised)
}

/** What becomes of a key's account: who may use it changes, or the key goes to another one. */
export type AccountChange =
  | { type: 'share'; change: Partial<Pick<AccountRow, 'shared' | 'reserve'>> }
  | { type: 'join'; account: AccountRow }

/** Changes a key, and its account. @returns the owner's new epoch. */
export async function changeKey(
  d1: D1Database,
  stored: StoredKey,
  change: Partial<typeof keys.$inferInsert>,
  accountChange: AccountChange | undefined,
  entry: AuditEntry,
): Promise<number> {
  const db = openDatabase(d1)
  const which = and(eq(keys.owner, stored.owner), eq(keys.id, stored.id))
  const raise = raiseEpoch(db, stored.owner)
  const written = recordIfAny(db, entry, keys, which)
  const update = (fields: Partial<typeof keys.$inferInsert>) =>
    db
      .update(keys)
      .set({ ...fields, updatedAt: Date.now() })
      .where(which)
  switch (accountChange?.type) {
    case undefined:
      return epochOf((await db.batch([update(change), raise, written]))[1])
    case 'share': {
      const share = db
        .update(accounts)
        .set(accountChange.change)
        .where(and(eq(accounts.owner, stored.owner), eq(accounts.id, stored.accountId)))
      return epochOf((await db.batch([update(change), share, raise, written]))[2])
    }
    case 'join': {
      const { account } = accountChange
      const [, , , raised] = await db.batch([
        db.insert(accounts).values(account).onConflictDoNothing(),
        update({ ...change, accountId: account.id }),
        removeOwnAccount(db, stored),
        raise,
        written,
      ])
      return epochOf(raised)
    }
  }
}

/** Removes a key, and its account if it was the key's own. @returns the owner's new epoch. */
export async function removeKey(d1: D1Database, stored: StoredKey, entry: AuditEntry): Promise<number> {
  const db = openDatabase(d1)
  const which = and(eq(keys.owner, stored.owner), eq(keys.id, stored.id))
  const [, , , raised] = await db.batch([
    recordIfAny(db, entry, keys, which),
    db.delete(keys).where(which),
    removeOwnAccount(db, stored),
    raiseEpoch(db, stored.owner),
  ])
  return epochOf(raised)
}

/** An account without a name is of no use to anyone when the key has left it. */
function removeOwnAccount(db: Database, { owner, accountId }: StoredKey) {
  return db
    .delete(accounts)
    .where(and(eq(accounts.owner, owner), eq(accounts.id, accountId), isNull(accounts.name), isEmpty))
}

/** The pools that hold keys for a provider, whoever entered them. */
export function poolsOfProvider(d1: D1Database, provider: string): Promise<PoolAddress[]> {
  return poolsWhere(d1, eq(keys.provider, provider))
}

/** The pools whose keys a user's requests may draw on: those are told of the user's changes. */
export function poolsOfUser(d1: D1Database, userId: string): Promise<PoolAddress[]> {
  return poolsWhere(d1, sql`${keys.owner} = ${userId} OR ${accounts.shared}`)
}

/** A pool as it is named: by its owner, a user or `hub`, and its provider. */
interface PoolAddress {
  owner: string
  provider: string
}

async function poolsWhere(d1: D1Database, condition: SQL): Promise<PoolAddress[]> {
  return openDatabase(d1)
    .selectDistinct({
      owner: sql<string>`CASE WHEN ${accounts.shared} THEN 'hub' ELSE ${keys.owner} END`,
      provider: keys.provider,
    })
    .from(keys)
    .innerJoin(accounts, ofAccount)
    .where(condition)
}
