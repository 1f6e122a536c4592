/**
 * What a key pool must know of D1: its keys, how they are chosen, and the epochs of the users who
 * ask it.
 */
import type { Limit, Reserve } from '../domain/limits.ts'
import { and, asc, eq, sql } from 'drizzle-orm'
import { openDatabase } from './client.ts'
import { type KeyRow, keyRowColumns, rowChangedAt } from './key-rows.ts'
import { accounts, keys, providerSettings, settings, users } from './schema.ts'

/** A key as a pool keeps a copy of it. */
export interface StoredKey extends KeyRow {
  id: string
  /** The user who entered it. */
  owner: string
  accountId: string
  ciphertext: string
  /** Rises when another secret is entered. */
  secretVersion: number
  /** Where the key is sent; null for a key from before this was stored. */
  origin: string | null
  /** When the row that it goes with was changed last; null where that is no custom row. */
  providerChangedAt: number | null
  enabled: boolean
  priority: number
  weight: number
  allowedModels: string[] | null
  defaultModel: string | null
  limits: Limit[] | null
  maxConcurrent: number | null
  /** It costs nothing. */
  free: boolean
  /** What the owner of its account keeps, where the account is shared. */
  reserve: Reserve | null
}

export interface StoredPool {
  /** The strategy that was set for this owner and provider, or else for the whole hub. */
  strategy: string | null
  /** In the order in which they were entered. */
  keys: StoredKey[]
  /** The configuration epoch of each user who was asked about and exists. */
  epochs: Record<string, number>
}

/**
 * Reads the pool of an owner at a provider: a user's own private accounts, or for `hub` every
 * shared one. One batch, so that keys and epochs are of the same moment.
 */
export async function readPool(
  d1: D1Database,
  owner: string,
  provider: string,
  askingUsers: string[],
): Promise<StoredPool> {
  const db = openDatabase(d1)
  const belongs =
    owner === 'hub' ? eq(accounts.shared, true) : and(eq(accounts.shared, false), eq(keys.owner, owner))
  const [settingRows, defaultRows, keyRows, userRows] = await db.batch([
    db
      .select({ strategy: providerSettings.strategy })
      .from(providerSettings)
      .where(and(eq(providerSettings.owner, owner), eq(providerSettings.provider, provider))),
    db.select({ value: settings.value }).from(settings).where(eq(settings.name, 'defaultStrategy')),
    db
      .select({
        id: keys.id,
        owner: keys.owner,
        accountId: keys.accountId,
        ciphertext: keys.ciphertext,
        secretVersion: keys.secretVersion,
        origin: keys.origin,
        ...keyRowColumns,
        providerChangedAt: rowChangedAt,
        enabled: keys.enabled,
        priority: keys.priority,
        weight: keys.weight,
        allowedModels: keys.allowedModels,
        defaultModel: keys.defaultModel,
        limits: keys.limits,
        maxConcurrent: keys.maxConcurrent,
        free: keys.free,
        reserve: accounts.reserve,
      })
      .from(keys)
      .innerJoin(accounts, and(eq(accounts.owner, keys.owner), eq(accounts.id, keys.accountId)))
      .where(and(eq(keys.provider, provider), belongs))
      .orderBy(asc(keys.createdAt), asc(keys.id)),
    db
      .select({ id: users.id, epoch: users.epoch })
      .from(users)
      // One parameter however many users ask.
      .where(sql`${users.id} IN (SELECT value FROM json_each(${JSON.stringify(askingUsers)}))`),
  ])
  return {
    // The settings routes write nothing else there.
    strategy: settingRows[0]?.strategy ?? (defaultRows[0]?.value as string | null | undefined) ?? null,
    keys: keyRows,
    epochs: Object.fromEntries(userRows.map((user) => [user.id, user.epoch])),
  }
}
