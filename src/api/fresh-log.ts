/** Has the pools bring their records to the log, for somebody who is about to read it. */
import type { Context } from 'hono'
import { findLog, type LogRow } from '../db/logs.ts'
import { listUsedPools } from '../db/usage.ts'
import type { Whose } from '../db/owner-filter.ts'
import { hourMs, minuteMs } from '../domain/time.ts'
import type { Env } from '../env.ts'
import { timeOfId } from '../ids.ts'
import { poolStub } from '../quota/stub.ts'
import type { HubContext } from './context.ts'
import { directoryOf } from './provider-directory.ts'
import { type PoolAddress, poolsInReach } from './pools.ts'

/**
 * Pools of others that an administrator's look asks, those of the present hour and the one before.
 */
const mostPools = 50

/**
 * Brings what the pools of these people hold to the log. A pool that does not answer is left out:
 * its records come later.
 */
export async function refreshLog(c: Context<HubContext>, whose: Whose): Promise<void> {
  const own = poolsInReach(directoryOf(c))
  await deliverRecords(c.env, [
    ...own,
    ...(await poolsOfOthers(c.env, c.var.caller.configuration.user.id, whose)),
  ])
}

/** The longest time from the beginning of a request until its pool has delivered its record. */
const longestWayMs = 20 * minuteMs

/** Whether a request with this id may have a record that is not in the log yet. */
export function mayBeOnItsWay(id: string, now: number): boolean {
  return /^req_[\da-z]{9}[\da-f]{16}$/.test(id) && Math.abs(now - timeOfId(id)) < longestWayMs
}

/** One request, which may have ended just now. Pools are asked only for ids of such a time. */
export async function findFreshLog(
  c: Context<HubContext>,
  whose: Whose,
  id: string,
): Promise<LogRow | undefined> {
  const row = await findLog(c.env.DB, whose, id)
  if (row || !mayBeOnItsWay(id, c.var.receivedAt)) return row
  await refreshLog(c, whose)
  return findLog(c.env.DB, whose, id)
}

/** Pools that served others lately; none where a person looks at what is theirs. */
export async function poolsOfOthers(env: Env, viewer: string, whose: Whose): Promise<PoolAddress[]> {
  if (whose !== 'everyone' && whose.owner === viewer) return []
  const now = Date.now()
  return listUsedPools(env.DB, whose, { since: now - (now % hourMs) - hourMs, limit: mostPools })
}

/** Has these pools deliver. Never rejects. */
export async function deliverRecords(env: Env, pools: PoolAddress[]): Promise<void> {
  const unique = new Map(pools.map((pool) => [`${pool.poolOwner}/${pool.provider}`, pool]))
  await Promise.allSettled(
    [...unique.values()].map(({ poolOwner, provider }) => poolStub(env, poolOwner, provider).deliver()),
  )
}
