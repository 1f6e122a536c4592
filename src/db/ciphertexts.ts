/**
 * What is stored sealed, as whoever seals it anew asks for it: provider keys, header values and
 * kept conversations. Whether something is sealed with an older master key stands at its beginning,
 * so nothing else has to be remembered for a rotation to go on where it stopped.
 */
import { and, eq, gt, lt, or, sql, type SQL } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { type AuditEntry, prepareRecord, record } from './audit.ts'
import { openDatabase, openSession } from './client.ts'
import { type KeyRow, keyRowColumns, rowOwner } from './key-rows.ts'
import { accounts, keptResponses, keys } from './schema.ts'

/** The place of a row in its table: rows are walked in the order of their keys. */
export interface Place {
  owner: string
  id: string
}

/** A provider key as it is stored, with the row that it goes with. */
export interface SealedKey extends Place, KeyRow {
  provider: string
  ciphertext: string
  origin: string | null
  shared: boolean
}

export interface SealedResponse extends Place {
  items: string
}

/**
 * Both the ciphertext and the fingerprint of a key name the master key that made them: this tells
 * those of another one.
 */
function keyIsOlder(current: string): SQL | undefined {
  const prefix = `${current}.`
  return or(isOther(keys.ciphertext, prefix), isOther(keys.fingerprint, prefix))
}

function isOther(column: SQLiteColumn, prefix: string): SQL {
  return sql`substr(${column}, 1, ${prefix.length}) <> ${prefix}`
}

function follows(table: typeof keys | typeof keptResponses, after: Place | undefined): SQL | undefined {
  if (!after) return undefined
  return or(gt(table.owner, after.owner), and(eq(table.owner, after.owner), gt(table.id, after.id)))
}

/** Keys that another master key than `current` sealed, in order from the one after `after`. */
export async function listOlderKeys(
  d1: D1Database,
  current: string,
  after: Place | undefined,
  limit: number,
): Promise<SealedKey[]> {
  return listSealedKeys(d1, and(keyIsOlder(current), follows(keys, after)), limit)
}

/** Keys whose ciphertext is bound to an origin alone, in order from the one after `after`. */
export async function listUnboundKeys(
  d1: D1Database,
  after: Place | undefined,
  limit: number,
): Promise<SealedKey[]> {
  return listSealedKeys(d1, and(lt(keys.bindingVersion, 2), follows(keys, after)), limit)
}

/** The keys of an owner that go with their own row of a provider. */
export async function listKeysOfRow(d1: D1Database, owner: string, provider: string): Promise<SealedKey[]> {
  const ofRow = and(eq(keys.owner, owner), eq(keys.provider, provider), eq(rowOwner, owner))
  return listSealedKeys(d1, ofRow, mostOfRow)
}

/**
 * A person has entered this many keys of one provider at most by hand or import; the rest would
 * follow.
 */
const mostOfRow = 10_000

async function listSealedKeys(d1: D1Database, where: SQL | undefined, limit: number): Promise<SealedKey[]> {
  return openDatabase(d1)
    .select({
      owner: keys.owner,
      id: keys.id,
      provider: keys.provider,
      ciphertext: keys.ciphertext,
      origin: keys.origin,
      ...keyRowColumns,
      shared: accounts.shared,
    })
    .from(keys)
    .innerJoin(accounts, and(eq(accounts.owner, keys.owner), eq(accounts.id, keys.accountId)))
    .where(where)
    .orderBy(keys.owner, keys.id)
    .limit(limit)
}

/**
 * Conversations that another master key than `current` sealed, in order from the one after `after`.
 */
export async function listOlderResponses(
  d1: D1Database,
  current: string,
  after: Place | undefined,
  limit: number,
): Promise<SealedResponse[]> {
  return openDatabase(d1)
    .select({ owner: keptResponses.owner, id: keptResponses.id, items: keptResponses.items })
    .from(keptResponses)
    .where(and(isOther(keptResponses.items, `${current}.`), follows(keptResponses, after)))
    .orderBy(keptResponses.owner, keptResponses.id)
    .limit(limit)
}

/** How many keys and conversations another master key than `current` sealed. */
export async function countOlder(
  d1: D1Database,
  current: string,
): Promise<{ keys: number; responses: number }> {
  const db = openDatabase(d1)
  const count = sql<number>`count(*)`
  const [ofKeys, ofResponses] = await db.batch([
    db.select({ count }).from(keys).where(keyIsOlder(current)),
    db
      .select({ count })
      .from(keptResponses)
      .where(isOther(keptResponses.items, `${current}.`)),
  ])
  return { keys: ofKeys[0]?.count ?? 0, responses: ofResponses[0]?.count ?? 0 }
}

/** A key that was sealed anew, with the ciphertext that it must still have to be replaced. */
export interface ResealedKey extends Place {
  before: string
  ciphertext: string
  fingerprint: string
  origin: string
  /**
   * Null where the row that it goes with is not known: then it is bound to its origin alone, as
   * before.
   */
  rowOwner: string | null
  baseUrl: string | null
  dialect: string | null
  bindingVersion: number
}

/**
 * Puts new ciphertexts in the place of old ones, each only where the old one is still there.
 *
 * @param entry to which their number is put; none is written where nothing is replaced, or it is
 *   absent.
 * @returns how many were replaced.
 */
export async function replaceKeys(
  d1: D1Database,
  resealed: ResealedKey[],
  entry?: Omit<AuditEntry, 'detail'>,
): Promise<number> {
  const fresh = JSON.stringify(resealed)
  const session = openSession(d1)
  const replace = session.prepare(replaceAll).bind(fresh)
  if (!entry) return (await replace.run()).meta.changes
  const due = sql`FROM json_each(${fresh}) AS fresh JOIN keys ON keys.owner = fresh.value ->> 'owner'
    AND keys.id = fresh.value ->> 'id' AND keys.ciphertext = fresh.value ->> 'before'`
  const detail = sql<string>`(SELECT json_object('keys', count(*), 'responses', 0) ${due})`
  const [, replaced] = await session.batch([
    prepareRecord(session, { ...entry, detail }, sql`EXISTS (SELECT 1 ${due})`),
    replace,
  ])
  return replaced?.meta.changes ?? 0
}

// One statement and one parameter, however many. The same key entered twice while isolates had
// different rings keeps both entries: nothing that a person entered is removed, so one gets another
// fingerprint.
const replaceAll = `
  UPDATE keys SET
    ciphertext = fresh.value ->> 'ciphertext',
    origin = fresh.value ->> 'origin',
    row_owner = coalesce(fresh.value ->> 'rowOwner', keys.row_owner),
    base_url = coalesce(fresh.value ->> 'baseUrl', keys.base_url),
    dialect = coalesce(fresh.value ->> 'dialect', keys.dialect),
    binding_version = fresh.value ->> 'bindingVersion',
    fingerprint = (fresh.value ->> 'fingerprint') || CASE WHEN EXISTS (
      SELECT 1 FROM keys AS other
      WHERE other.owner = keys.owner AND other.provider = keys.provider AND other.id <> keys.id
        AND other.fingerprint = fresh.value ->> 'fingerprint'
    ) THEN '/' || keys.id ELSE '' END
  FROM json_each(?1) AS fresh
  WHERE keys.owner = fresh.value ->> 'owner' AND keys.id = fresh.value ->> 'id'
    AND keys.ciphertext = fresh.value ->> 'before'`

/**
 * A conversation that was sealed anew, with the ciphertext that it must still have to be replaced.
 */
export interface ResealedResponse extends SealedResponse {
  before: string
}

/** So much of a ciphertext holds its random nonce: no other one begins with it. */
const beginning = 60

/** Does the same for conversations. @returns how many were replaced. */
export async function replaceResponses(
  d1: D1Database,
  resealed: ResealedResponse[],
  entry: Omit<AuditEntry, 'detail'>,
): Promise<number> {
  const db = openDatabase(d1)
  const before = JSON.stringify(
    resealed.map(({ owner, id, before: items }) => ({ owner, id, begin: items.slice(0, beginning) })),
  )
  const due = sql`FROM json_each(${before}) AS old JOIN kept_responses AS kept
    ON kept.owner = old.value ->> 'owner' AND kept.id = old.value ->> 'id'
    AND substr(kept.items, 1, ${beginning}) = old.value ->> 'begin'`
  const detail = sql<string>`(SELECT json_object('keys', 0, 'responses', count(*)) ${due})`
  const [, ...replaced] = await db.batch([
    record(db, { ...entry, detail }, sql`EXISTS (SELECT 1 ${due})`),
    ...resealed.map(({ owner, id, before: items, items: fresh }) =>
      db
        .update(keptResponses)
        .set({ items: fresh })
        .where(and(eq(keptResponses.owner, owner), eq(keptResponses.id, id), eq(keptResponses.items, items))),
    ),
  ])
  return replaced.reduce((sum, { meta }) => sum + meta.changes, 0)
}

/** A key's ciphertext, and the row that it was entered for as far as that is known. */
export interface StoredSeal {
  ciphertext: string
  origin: string | null
  rowOwner: string | null
  baseUrl: string | null
  dialect: string | null
}

/** What is stored of one key now, whatever a pool's copy says. */
export async function findSealedKey(
  d1: D1Database,
  owner: string,
  id: string,
): Promise<StoredSeal | undefined> {
  const [row] = await openDatabase(d1)
    .select({
      ciphertext: keys.ciphertext,
      origin: keys.origin,
      rowOwner: keys.rowOwner,
      baseUrl: keys.baseUrl,
      dialect: keys.dialect,
    })
    .from(keys)
    .where(and(eq(keys.owner, owner), eq(keys.id, id)))
  return row
}
