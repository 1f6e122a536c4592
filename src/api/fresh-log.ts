/** Has the pools bring their records to the log, for a reader who wants the newest. */
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
import { distinctPools, type PoolAddress, poolsInReach } from './pools.ts'

/** Pools of other people that are asked for an admin, of the present hour and the one before. */
const mostPools = 50

/**
 * Brings the records of these people's pools to the log. Records of a pool that does not answer
 * come later.
 */
export async function refreshLog(c: Context<HubContext>, whose: Whose): Promise<void> {
  const own = poolsInReach(directoryOf(c))
  const others = await poolsOfOthers(c.env, c.var.caller.configuration.user.id, whose)
  await deliverRecords(c.env, distinctPools([...own, ...others]))
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

/** Pools that served other people lately; none where a person reads their own log. */
export async function poolsOfOthers(env: Env, viewer: string, whose: Whose): Promise<PoolAddress[]> {
  if (whose !== 'everyone' && whose.owner === viewer) return []
  const now = Date.now()
  return listUsedPools(env.DB, whose, { since: now - (now % hourMs) - hourMs, limit: mostPools })
}

/** Has these pools deliver, of which each is named once. Never rejects. */
export async function deliverRecords(env: Env, pools: PoolAddress[]): Promise<void> {
  await Promise.allSettled(
    pools.map(({ poolOwner, provider }) => poolStub(env, poolOwner, provider).deliver()),
  )
}
