/**
 * What the hub must know to serve a caller: who they are, and everything that decides where their
 * requests may go.
 */
import type { DialectId } from '../domain/dialects.ts'
import type { Caps } from '../domain/limits.ts'
import type { Role } from '../domain/roles.ts'
import type { CandidateOrder, RouteCandidate } from '../domain/routes.ts'
import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { ModelFacts, Price } from '../chat/model.ts'
import { type Database, openDatabase } from './client.ts'
import { askOwnReach, type Reach, selectSharedReach } from './pool-access.ts'
import { providers, routes, settings, teams, tokens, users } from './schema.ts'
import { type HubSettings, toSettings } from './settings.ts'

/**
 * A user's configuration as of `epoch`. Cached by isolates, and checked against the epoch that each
 * lease brings.
 */
export interface Configuration {
  user: ConfiguredUser
  epoch: number
  /** The user's team; null where they have none. */
  team: ConfiguredTeam | null
  /** The user's own routes and the hub's, the user's first. */
  routes: ConfiguredRoute[]
  /**
   * Custom providers: the user's own, the hub's, and those of administrators who share keys of
   * them.
   */
  providers: CustomProvider[]
  /** Which pools hold keys for this user, and which models those keys name. */
  reach: Reach[]
  settings: HubSettings
}

/** A person; with the caps over everything they use. */
export interface ConfiguredUser extends Caps {
  id: string
  name: string
  role: Role
  /** What they ask and are answered is kept, for themselves alone. */
  keepTranscripts: boolean
  /** The share of each limit of a shared account that they may use, 0 to 1; null for all of it. */
  maxShare: number | null
}

/** A team as of its own epoch, which its object compares. */
export interface ConfiguredTeam extends Caps {
  id: string
  name: string
  epoch: number
}

export interface ConfiguredRoute {
  owner: string
  name: string
  order: CandidateOrder
  candidates: RouteCandidate[]
}

export interface CustomProvider {
  owner: string
  id: string
  name: string
  baseUrl: string
  dialect: DialectId
  models: string[]
  /** Headers in the clear, of a row that was not sealed yet. */
  headers: Record<string, string>
  /** Its headers, sealed for this row; null where it has none, or has them in the clear. */
  sealedHeaders: string | null
  /**
   * Whether an administrator made it: such a row may have a private address, where the deployment
   * allows any.
   */
  byAdmin: boolean
  /** What its models cost, by their ids. */
  prices: Record<string, Price>
  /** Further dialects with their base URLs. */
  dialects: Partial<Record<DialectId, string>>
  /** What is known of its models, by their ids: entered, and listed by the provider itself. */
  modelFacts: Record<string, ModelFacts>
  listedModels: Record<string, ModelFacts>
  /** It is called without a key. */
  keyless: boolean
}

/** What is stored of a gateway token. */
export interface TokenRecord extends Caps {
  id: string
  owner: string
  allowedModels: string[] | null
  expiresAt: number | null
  /** Seconds that a request waits for a slot when everything rests, unless it says otherwise. */
  defaultWait: number | null
}

/**
 * The token with this hash, and its owner's configuration unless the owner is disabled; undefined
 * where there is no such token.
 */
export async function findToken(
  d1: D1Database,
  hash: string,
): Promise<{ token: TokenRecord; configuration: Configuration | undefined } | undefined> {
  const db = openDatabase(d1)
  const [token] = await db
    .select({
      id: tokens.id,
      owner: tokens.owner,
      allowedModels: tokens.allowedModels,
      expiresAt: tokens.expiresAt,
      limits: tokens.limits,
      maxConcurrent: tokens.maxConcurrent,
      budget: tokens.budget,
      defaultWait: tokens.defaultWait,
    })
    .from(tokens)
    .where(eq(tokens.hash, hash))
  if (!token) return undefined
  return { token, configuration: await readConfiguration(d1, token.owner) }
}

/** A user's configuration; undefined where the user does not exist or is disabled. */
export async function readConfiguration(d1: D1Database, userId: string): Promise<Configuration | undefined> {
  const { user, ...rest } = await readFor(d1, userId)
  if (!user) return undefined
  const { epoch, id, username, email, ...known } = user
  return { user: { id, name: username ?? email ?? id, ...known }, epoch, ...rest }
}

/**
 * The configuration of those who bring no credential: what is the whole hub's, and shared accounts.
 * They are written down under `hub`, which no user is called; it has no epoch, so whoever keeps
 * this asks again. Undefined where open access is off.
 */
export async function readOpenConfiguration(d1: D1Database): Promise<Configuration | undefined> {
  const { user: _user, ...rest } = await readFor(d1, 'hub')
  if (!rest.settings.openAccess) return undefined
  const nobody: ConfiguredUser = {
    id: 'hub',
    name: 'open access',
    role: 'user',
    keepTranscripts: false,
    ...rest.settings.openAccessCaps,
    maxShare: null,
  }
  return { user: nobody, epoch: 0, ...rest }
}

/** What a user, or `hub` for nobody, can reach: all of one moment. */
async function readFor(d1: D1Database, userId: string) {
  const db = openDatabase(d1)
  const owners = [userId, 'hub']
  const own = askOwnReach(db, userId)
  const [userRows, [team = null], routeRows, providerRows, ownReach, sharedReach, settingRows] =
    await db.batch([
      db
        .select({
          id: users.id,
          username: users.username,
          email: users.email,
          role: users.role,
          epoch: users.epoch,
          keepTranscripts: users.keepTranscripts,
          limits: users.limits,
          maxConcurrent: users.maxConcurrent,
          budget: users.budget,
          maxShare: users.maxShare,
        })
        .from(users)
        .where(and(eq(users.id, userId), isNull(users.disabledAt))),
      db
        .select({
          id: teams.id,
          name: teams.name,
          epoch: teams.epoch,
          limits: teams.limits,
          maxConcurrent: teams.maxConcurrent,
          budget: teams.budget,
        })
        .from(teams)
        .where(eq(teams.id, db.select({ team: users.team }).from(users).where(eq(users.id, userId)))),
      db.select().from(routes).where(inArray(routes.owner, owners)),
      db
        .select({ row: providers, role: users.role })
        .from(providers)
        .leftJoin(users, eq(users.id, providers.owner))
        .where(inArray(providers.owner, owners)),
      own.question,
      selectSharedReach(db),
      db.select().from(settings),
    ])
  const [user] = userRows
  return {
    user,
    team,
    routes: routeRows.toSorted((a, b) => Number(a.owner === 'hub') - Number(b.owner === 'hub')),
    // A name means the user's own row, then the hub's; others are for the keys that go with them.
    providers: [
      ...providerRows.toSorted((a, b) => Number(a.row.owner === 'hub') - Number(b.row.owner === 'hub')),
      ...(await readSharedRows(db, sharedReach, userId)),
    ].map(toCustomProvider),
    reach: [...(user ? own.read(user.epoch, ownReach) : []), ...sharedReach],
    settings: toSettings(settingRows),
  }
}

type ProviderRow = { row: typeof providers.$inferSelect; role: Role | null }

/**
 * The rows that shared keys go with and that are neither the hub's nor built in: people's own. No
 * new key of such a row can be shared; those that are from before go on.
 */
async function readSharedRows(db: Database, reach: readonly Reach[], userId: string): Promise<ProviderRow[]> {
  const others = reach.filter(({ rowOwner }) => ![userId, 'hub', 'built-in'].includes(rowOwner))
  if (others.length === 0) return []
  const names = others.map(({ rowOwner, provider }) => [rowOwner, provider])
  return db
    .select({ row: providers, role: users.role })
    .from(providers)
    .leftJoin(users, eq(users.id, providers.owner))
    .where(
      sql`(${providers.owner}, ${providers.id}) IN
        (SELECT value ->> 0, value ->> 1 FROM json_each(${JSON.stringify(names)}))`,
    )
}

/** A stored row as a configuration holds it. `role` is its owner's. */
export function toCustomProvider({ row, role }: ProviderRow): CustomProvider {
  return {
    ...row,
    models: row.models ?? [],
    headers: row.headers ?? {},
    prices: row.prices ?? {},
    dialects: row.dialects ?? {},
    modelFacts: row.modelFacts ?? {},
    listedModels: row.listedModels ?? {},
    byAdmin: row.owner === 'hub' || role === 'admin',
  }
}

/**
 * The epoch of a user, or 0 where there is no such user: a cheap question whether a cached
 * configuration still holds.
 */
export async function readEpoch(d1: D1Database, userId: string): Promise<number> {
  const [row] = await openDatabase(d1).select({ epoch: users.epoch }).from(users).where(eq(users.id, userId))
  return row?.epoch ?? 0
}
