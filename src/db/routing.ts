/** Routes, custom providers and the order of keys inside a pool: what a user or an admin decides about where requests go. */
import { and, eq, inArray } from 'drizzle-orm'
import { type Database, openDatabase } from './client.ts'
import { epochOf, raiseEpoch } from './epoch.ts'
import { providers, providerSettings, routes } from './schema.ts'

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

/** Stores a route, new or changed. `actor` is whose epoch rises: their own isolates see it at once. */
export async function putRoute(
  d1: D1Database,
  route: typeof routes.$inferInsert,
  actor: string,
): Promise<number> {
  const db = openDatabase(d1)
  const { order, candidates, updatedAt } = route
  const [, raised] = await db.batch([
    db
      .insert(routes)
      .values(route)
      .onConflictDoUpdate({ target: [routes.owner, routes.name], set: { order, candidates, updatedAt } }),
    raiseEpoch(db, actor),
  ])
  return epochOf(raised)
}

/** Removes a route. @returns the actor's new epoch. */
export async function removeRoute(
  d1: D1Database,
  owner: string,
  name: string,
  actor: string,
): Promise<number> {
  const db = openDatabase(d1)
  const [, raised] = await db.batch([
    db.delete(routes).where(and(eq(routes.owner, owner), eq(routes.name, name))),
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
): Promise<number> {
  const db = openDatabase(d1)
  const [, raised] = await db.batch([db.insert(providers).values(provider), raiseEpoch(db, actor)])
  return epochOf(raised)
}

/** Changes a custom provider. @returns the actor's new epoch. */
export async function changeProvider(
  d1: D1Database,
  owner: string,
  id: string,
  change: Pick<Partial<StoredProvider>, 'name' | 'baseUrl' | 'models' | 'headers' | 'prices'>,
  actor: string,
): Promise<number> {
  const db = openDatabase(d1)
  const [, raised] = await db.batch([
    db
      .update(providers)
      .set({ ...change, updatedAt: Date.now() })
      .where(and(eq(providers.owner, owner), eq(providers.id, id))),
    raiseEpoch(db, actor),
  ])
  return epochOf(raised)
}

/** Removes a custom provider. @returns the actor's new epoch. */
export async function removeProvider(
  d1: D1Database,
  owner: string,
  id: string,
  actor: string,
): Promise<number> {
  const db = openDatabase(d1)
  const [, raised] = await db.batch([
    db.delete(providers).where(and(eq(providers.owner, owner), eq(providers.id, id))),
    raiseEpoch(db, actor),
  ])
  return epochOf(raised)
}

/** The strategies that an owner chose, by provider. */
export async function listStrategies(d1: D1Database, owner: string): Promise<Map<string, string>> {
  const rows = await openDatabase(d1).select().from(providerSettings).where(eq(providerSettings.owner, owner))
  return new Map(rows.flatMap((row) => (row.strategy === null ? [] : [[row.provider, row.strategy]])))
}

/** Chooses how the keys of one pool are ordered. @returns the actor's new epoch. */
export async function putStrategy(
  d1: D1Database,
  owner: string,
  provider: string,
  strategy: string,
  actor: string,
): Promise<number> {
  const db: Database = openDatabase(d1)
  const [, raised] = await db.batch([
    db
      .insert(providerSettings)
      .values({ owner, provider, strategy })
      .onConflictDoUpdate({ target: [providerSettings.owner, providerSettings.provider], set: { strategy } }),
    raiseEpoch(db, actor),
  ])
  return epochOf(raised)
}
