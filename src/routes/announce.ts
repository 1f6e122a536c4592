/**
 * After a change is committed, the pools concerned and the user's object are told, and the answer waits until all have acknowledged: from then on
 * no lease is given on what was before. A pool that was told reads D1 itself, so the order in which it hears does not matter.
 */
import { poolsOfUser } from '../db/keys.ts'
import type { Env } from '../env.ts'
import { environmentProviders } from '../gateway/directory.ts'
import { poolStub } from '../quota/stub.ts'
import { userStub } from '../user/stub.ts'

interface PoolName {
  owner: string
  provider: string
}

/** @param also pools that the change concerns although the user's keys are not, or no longer, there. */
export async function announceChange(
  env: Env,
  userId: string,
  epoch: number,
  also: PoolName[] = [],
): Promise<void> {
  const pools = [...(await poolsOfUser(env.DB, userId)), ...impliedPools(env, userId), ...also]
  const distinct = new Map(pools.map((pool) => [`${pool.owner}/${pool.provider}`, pool]))
  await Promise.all([
    userStub(env, userId).raiseEpoch(epoch),
    ...[...distinct.values()].map(({ owner, provider }) =>
      poolStub(env, owner, provider).refresh({ user: userId, epoch }),
    ),
  ])
}

/** Pools that a user's requests may draw on although nobody entered a key: a token must not live on in those. */
function impliedPools(env: Env, userId: string): PoolName[] {
  const ofDeployment = environmentProviders(env).map((provider) => ({ owner: 'hub', provider }))
  return [...ofDeployment, { owner: userId, provider: 'sandbox' }]
}
