/**
 * Accounts that people made, so that several keys share one quota. A key's own account, which has
 * no name, is none of them.
 */
import { and, eq, isNotNull, sql } from 'drizzle-orm'
import { type AuditEntry, record, recordIfAny } from './audit.ts'
import { openDatabase } from './client.ts'
import { epochOf, raiseEpoch } from './epoch.ts'
import { accounts, keys } from './schema.ts'

export type AccountRow = typeof accounts.$inferSelect

/** An account with a name, and the keys that are in it. */
export interface NamedAccount extends AccountRow {
  name: string
  keys: { id: string; name: string | null; masked: string }[]
}

/** The accounts that a user made, by name. */
export async function listAccounts(d1: D1Database, owner: string): Promise<NamedAccount[]> {
  return readAccounts(d1, and(eq(accounts.owner, owner), isNotNull(accounts.name)))
}

/** One of the accounts that a user made. */
export async function findNamedAccount(
  d1: D1Database,
  owner: string,
  id: string,
): Promise<NamedAccount | undefined> {
  const [account] = await readAccounts(
    d1,
    and(eq(accounts.owner, owner), eq(accounts.id, id), isNotNull(accounts.name)),
  )
  return account
}

async function readAccounts(d1: D1Database, where: ReturnType<typeof and>): Promise<NamedAccount[]> {
  const rows = await openDatabase(d1)
    .select({ account: accounts, key: { id: keys.id, name: keys.name, masked: keys.masked } })
    .from(accounts)
    .leftJoin(keys, and(eq(keys.owner, accounts.owner), eq(keys.accountId, accounts.id)))
    .where(where)
    .orderBy(accounts.name, accounts.id, keys.createdAt, keys.id)
  const found = new Map<string, NamedAccount>()
  for (const { account, key } of rows) {
    const known = found.get(account.id) ?? { ...account, name: account.name ?? '', keys: [] }
    if (key) known.keys.push(key)
    found.set(account.id, known)
  }
  return [...found.values()]
}

/** Adds an account. It is empty, so that no pool has to know. */
export async function addAccount(d1: D1Database, account: AccountRow, entry: AuditEntry): Promise<void> {
  const db = openDatabase(d1)
  await db.batch([db.insert(accounts).values(account), record(db, entry)])
}

/** Changes an account. @returns the owner's new epoch. */
export async function changeAccount(
  d1: D1Database,
  { owner, id }: Pick<AccountRow, 'owner' | 'id'>,
  change: Pick<AccountRow, 'name' | 'shared' | 'reserve'>,
  entry: AuditEntry,
): Promise<number> {
  const db = openDatabase(d1)
  const which = and(eq(accounts.owner, owner), eq(accounts.id, id))
  const [, raised] = await db.batch([
    db.update(accounts).set(change).where(which),
    raiseEpoch(db, owner),
    recordIfAny(db, entry, accounts, which),
  ])
  return epochOf(raised)
}

/**
 * Removes an account that is empty.
 * @returns whether it was: a key may have joined it a moment ago.
 */
export async function removeAccount(
  d1: D1Database,
  owner: string,
  id: string,
  entry: AuditEntry,
): Promise<boolean> {
  const db = openDatabase(d1)
  const which = and(eq(accounts.owner, owner), eq(accounts.id, id), isEmpty)
  const [, removed] = await db.batch([
    recordIfAny(db, entry, accounts, which),
    db.delete(accounts).where(which).returning({ id: accounts.id }),
  ])
  return removed.length > 0
}

/** Whether no key is in an account. */
export const isEmpty = sql`NOT EXISTS (SELECT 1 FROM keys WHERE keys.owner = accounts.owner AND keys.account_id = accounts.id)`
