/**
 * Routes, custom providers and the order of keys inside a pool: what a user or an admin decides
 * about where requests go.
 */
import { and, eq, inArray, sql } from 'drizzle-orm'
import { type AuditEntry, record, recordIfAny } from './audit.ts'
import { type Database, openDatabase } from './client.ts'
import { epochOf, raiseEpoch } from './epoch.ts'
import { keys, providers, providerSettings, routes } from './schema.ts'
import type { ResealedKey } from './ciphertexts.ts'

export type StoredRoute = typeof routes.$inferSelect
export type StoredProvider = typeof providers.$inferSelect

/** The routes that a user made and those made for the whole hub. */
export async function listRoutes(d1: D1Database, owner: string): Promise<StoredRoute[]> {
  return openDatabase(d1)
    .select()
    .from(routes)
    .where(inArray(routes.owner, [owner, 'hub']))
    .orderBy(routes.name)
}

/**
 * Stores a route, new or changed. `actor` is whose epoch rises: their own isolates see it at once.
 */
export async function putRoute(
  d1: D1Database,
  route: typeof routes.$inferInsert,
  actor: string,
  entry: AuditEntry,
): Promise<number> {
  const db = openDatabase(d1)
  const { order, candidates, updatedAt } = route
  const [, raised] = await db.batch([
    db
      .insert(routes)
      .values(route)
      .onConflictDoUpdate({ target: [routes.owner, routes.name], set: { order, candidates, updatedAt } }),
    raiseEpoch(db, actor),
    record(db, entry),
  ])
  return epochOf(raised)
}

/** Removes a route. @returns the actor's new epoch. */
export async function removeRoute(
  d1: D1Database,
  owner: string,
  name: string,
  actor: string,
  entry: AuditEntry,
): Promise<number> {
  const db = openDatabase(d1)
  const which = and(eq(routes.owner, owner), eq(routes.name, name))
  const [, , raised] = await db.batch([
    recordIfAny(db, entry, routes, which),
    db.delete(routes).where(which),
    raiseEpoch(db, actor),
  ])
  return epochOf(raised)
}

/** Custom providers: the user's own and the hub's. */
export async function listProviders(d1: D1Database, owner: string): Promise<StoredProvider[]> {
  return openDatabase(d1)
    .select()
    .from(providers)
    .where(inArray(providers.owner, [owner, 'hub']))
    .orderBy(providers.id)
}

/** Adds a custom provider. @returns the actor's new epoch. */
export async function addProvider(
  d1: D1Database,
  provider: typeof providers.$inferInsert,
  actor: string,
  entry: AuditEntry,
): Promise<number> {
  const db = openDatabase(d1)
  const [, raised] = await db.batch([
    db.insert(providers).values(provider),
    raiseEpoch(db, actor),
    record(db, entry),
  ])
  return epochOf(raised)
}

/**
 * What a person changes about a provider: its row where it is a custom one, and the order of its
 * keys.
 */
export interface ProviderChanges {
  row?:
    | {
        owner: string
        id: string
        change: Pick<
          Partial<StoredProvider>,
          | 'name'
          | 'baseUrl'
          | 'models'
          | 'headers'
          | 'headerNames'
          | 'sealedHeaders'
          | 'prices'
          | 'dialects'
          | 'modelFacts'
          | 'listedModels'
          | 'listedAt'
          | 'keyless'
        >
      }
    | undefined
  strategy?: { owner: string; provider: string; strategy: string } | undefined
}

/**
 * Changes a custom provider, how the keys of a pool are ordered, or both.
 * @returns the actor's new epoch.
 */
export async function changeProvider(
  d1: D1Database,
  { row, strategy }: ProviderChanges,
  actor: string,
  entry: AuditEntry,
): Promise<number> {
  const db = openDatabase(d1)
  const [raised] = await db.batch([
    raiseEpoch(db, actor),
    row ? recordIfAny(db, entry, providers, isRow(row)) : record(db, entry),
    ...(row ? [updateRow(db, row)] : []),
    ...(strategy ? [putStrategy(db, strategy)] : []),
  ])
  return epochOf(raised)
}

function updateRow(db: Database, row: NonNullable<ProviderChanges['row']>) {
  return db
    .update(providers)
    .set({ ...row.change, updatedAt: Date.now() })
    .where(isRow(row))
}

function isRow({ owner, id }: Pick<StoredProvider, 'owner' | 'id'>) {
  return and(eq(providers.owner, owner), eq(providers.id, id))
}

function putStrategy(db: Database, row: NonNullable<ProviderChanges['strategy']>) {
  return db
    .insert(providerSettings)
    .values(row)
    .onConflictDoUpdate({
      target: [providerSettings.owner, providerSettings.provider],
      set: { strategy: row.strategy },
    })
}

/**
 * Makes a person's custom provider the hub's, changed as `row` says, with the keys that were sealed
 * again for it, all or nothing.
 * @returns the actor's new epoch; undefined where the hub has a provider of that id.
 */
export async function moveProviderToHub(
  d1: D1Database,
  { row, strategy }: ProviderChanges & { row: NonNullable<ProviderChanges['row']> },
  resealed: ResealedKey[],
  actor: string,
  entry: AuditEntry,
): Promise<number | undefined> {
  const db = openDatabase(d1)
  const { owner, id, change } = row
  const fresh = JSON.stringify(
    resealed.map(({ id: keyId, before, ciphertext }) => ({ id: keyId, before, ciphertext })),
  )
  const isFree = sql`NOT EXISTS (SELECT 1 FROM providers AS other WHERE other.owner = 'hub' AND other.id = ${id})`
  const [, moved, , raised] = await db.batch([
    recordIfAny(db, entry, providers, and(isRow(row), isFree)),
    db
      .update(providers)
      .set({ ...change, owner: 'hub', updatedAt: Date.now() })
      .where(and(isRow(row), isFree))
      .returning({ id: providers.id }),
    db
      .update(keys)
      .set({
        ciphertext: sql`(SELECT value ->> 'ciphertext' FROM json_each(${fresh}) WHERE value ->> 'id' = keys.id)`,
        rowOwner: 'hub',
        bindingVersion: 2,
      })
      .where(
        and(
          eq(keys.owner, owner),
          sql`EXISTS (SELECT 1 FROM json_each(${fresh})
            WHERE value ->> 'id' = keys.id AND value ->> 'before' = keys.ciphertext)`,
          sql`NOT EXISTS (SELECT 1 FROM providers AS own WHERE own.owner = ${owner} AND own.id = ${id})`,
        ),
      ),
    raiseEpoch(db, actor),
    ...(strategy ? [putStrategy(db, strategy)] : []),
  ])
  return moved.length > 0 ? epochOf(raised) : undefined
}

/** Removes a custom provider. @returns the actor's new epoch. */
export async function removeProvider(
  d1: D1Database,
  owner: string,
  id: string,
  actor: string,
  entry: AuditEntry,
): Promise<number> {
  const db = openDatabase(d1)
  const which = and(eq(providers.owner, owner), eq(providers.id, id))
  const [, , raised] = await db.batch([
    recordIfAny(db, entry, providers, which),
    db.delete(providers).where(which),
    raiseEpoch(db, actor),
  ])
  return epochOf(raised)
}

/** The strategies that an owner chose, by provider. */
export async function listStrategies(d1: D1Database, owner: string): Promise<Map<string, string>> {
  const rows = await openDatabase(d1).select().from(providerSettings).where(eq(providerSettings.owner, owner))
  return new Map(rows.flatMap((row) => (row.strategy === null ? [] : [[row.provider, row.strategy]])))
}

/**
 * Stores the models that a provider listed. Every isolate knows them when its copy of the
 * configuration is read again; for the actor that is at once.
 *
 * @returns the actor's new epoch.
 */
export async function storeListedModels(
  d1: D1Database,
  { owner, id }: Pick<StoredProvider, 'owner' | 'id'>,
  listedModels: NonNullable<StoredProvider['listedModels']>,
  actor: string,
  now: number,
): Promise<number> {
  const db = openDatabase(d1)
  const [raised] = await db.batch([
    raiseEpoch(db, actor),
    db.update(providers).set({ listedModels, listedAt: now }).where(isRow({ owner, id })),
  ])
  return epochOf(raised)
}
