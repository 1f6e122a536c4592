/**
 * After a change is committed, the pools concerned and the user's object are told, and the answer
 * waits until all have acknowledged: from then on no lease is given on what was before. A pool that
 * was told reads D1 itself, so the order in which it hears does not matter. What does not arrive is
 * kept, and made again until it does.
 */
import { poolsOfUser } from '../db/keys.ts'
import type { Env } from '../env.ts'
import { environmentProviders } from '../gateway/provider-directory.ts'
import { type Announcement, deliver } from './announcement.ts'

interface PoolName {
  owner: string
  provider: string
}

/**
 * Announces a change of a user's configuration. Never throws, because the change is made.
 *
 * @param also pools that the change concerns although the user's keys are not, or no longer, there.
 */
export async function announceChange(
  env: Env,
  user: string,
  epoch: number,
  also: PoolName[] = [],
): Promise<void> {
  const known = await poolsOfUser(env.DB, user).catch(() => undefined)
  const pools = [...(known ?? []), ...impliedPools(env, user), ...also]
  const distinct = new Map(pools.map((pool) => [`${pool.owner}/${pool.provider}`, pool]))
  await announce(env, [
    { type: 'user-changed', user, epoch },
    ...(known === undefined ? [{ type: 'pools-changed', user, epoch } as const] : []),
    ...[...distinct.values()].map(({ owner, provider }): Announcement => ({
      type: 'pool-changed',
      owner,
      provider,
      user,
      epoch,
    })),
  ])
}

/**
 * Makes announcements of a change that is committed. Never throws: what does not arrive now arrives
 * later.
 */
export async function announce(env: Env, announcements: Announcement[]): Promise<void> {
  const made = await Promise.allSettled(announcements.map((announcement) => deliver(env, announcement)))
  const owed = announcements.filter((_, index) => made[index]?.status === 'rejected')
  if (owed.length === 0) return
  console.warn(`${owed.length} announcements of a change did not arrive, and are made again.`, made)
  await env.ANNOUNCER.getByName('announcer')
    .keep(owed)
    .catch((error: unknown) =>
      // Pools and objects look for changes by themselves, within a minute of use.
      console.error('Announcements of a change could not be kept.', error),
    )
}

/**
 * Pools that a user's requests may use without an entered key. They are told too, so that a revoked
 * token does not stay valid in them.
 */
function impliedPools(env: Env, userId: string): PoolName[] {
  const ofDeployment = environmentProviders(env).map((provider) => ({ owner: 'hub', provider }))
  return [...ofDeployment, { owner: userId, provider: 'sandbox' }]
}
