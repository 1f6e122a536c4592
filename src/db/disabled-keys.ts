/** Keys that are there and not in use, for errors that say why nobody serves. */
import { and, count, eq, ne } from 'drizzle-orm'
import { BoundedMap } from '../isolate/bounded-map.ts'
import { openDatabase } from './client.ts'
import type { Configuration } from './configuration.ts'
import { accounts, keys } from './schema.ts'

/**
 * How long an answer is used, in milliseconds: keys that others share raise no epoch of the user.
 */
const freshMs = 30_000
/** How many users' answers are remembered. */
const mostRemembered = 2_000

interface Remembered {
  epoch: number
  readAt: number
  counts: Map<string, number>
}
const remembered = new BoundedMap<string, Remembered>(mostRemembered)

/**
 * Returns the same as `countDisabledKeys`, asked once in a while: a client that repeats a request
 * which no key can serve costs no more reads.
 */
export async function rememberDisabledKeys(
  d1: D1Database,
  { user, epoch }: Pick<Configuration, 'user' | 'epoch'>,
  now: number,
): Promise<Map<string, number>> {
  const known = remembered.get(user.id)
  if (known?.epoch === epoch && now - known.readAt < freshMs) return known.counts
  const counts = await countDisabledKeys(d1, user.id)
  remembered.set(user.id, { epoch, readAt: now, counts })
  return counts
}

/**
 * How many disabled keys a user could reach, by provider: their own, and those that others share.
 */
export async function countDisabledKeys(d1: D1Database, userId: string): Promise<Map<string, number>> {
  const db = openDatabase(d1)
  const columns = { provider: keys.provider, disabled: count() }
  const ofAccount = and(eq(keys.owner, accounts.owner), eq(keys.accountId, accounts.id))
  // Two questions, each by an index: never over everybody's keys.
  const [own, shared] = await db.batch([
    db
      .select(columns)
      .from(keys)
      .where(and(eq(keys.owner, userId), eq(keys.enabled, false)))
      .groupBy(keys.provider),
    db
      .select(columns)
      .from(accounts)
      .crossJoin(keys)
      .where(and(eq(accounts.shared, true), ofAccount, eq(keys.enabled, false), ne(keys.owner, userId)))
      .groupBy(keys.provider),
  ])
  const counts = new Map<string, number>()
  for (const { provider, disabled } of [...own, ...shared])
    counts.set(provider, (counts.get(provider) ?? 0) + disabled)
  return counts
}
