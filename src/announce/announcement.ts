/** Announcements of committed changes to Durable Objects, and how each is delivered. */
import { poolsOfUser } from '../db/keys.ts'
import type { Env } from '../env.ts'
import { poolStub } from '../quota/stub.ts'
import { teamStub } from '../team/stub.ts'
import { userStub } from '../user/stub.ts'

/**
 * Plain data, because it is stored until it arrives. Each may arrive twice, late, and in any order.
 */
export type Announcement =
  /** A pool reads its keys again, for a change of this user. */
  | { type: 'pool-changed'; owner: string; provider: string; user: string; epoch: number }
  /** The same for all of the user's pools, where it is not known which these are. */
  | { type: 'pools-changed'; user: string; epoch: number }
  | { type: 'user-changed'; user: string; epoch: number }
  | { type: 'team-changed'; team: string; epoch: number }
  | { type: 'team-removed'; team: string }
  | { type: 'person-removed'; user: string }
  | { type: 'token-revoked'; user: string; token: string }
  /** What a person said and was answered is not to be kept. */
  | { type: 'transcripts-forgotten'; user: string }

/** Tells the object concerned. @throws where it did not hear. */
export async function deliver(env: Env, announcement: Announcement): Promise<void> {
  switch (announcement.type) {
    case 'pool-changed': {
      const { owner, provider, user, epoch } = announcement
      return poolStub(env, owner, provider).refresh({ user, epoch })
    }
    case 'pools-changed': {
      const { user, epoch } = announcement
      const pools = await poolsOfUser(env.DB, user)
      await Promise.all(
        pools.map(({ owner, provider }) => poolStub(env, owner, provider).refresh({ user, epoch })),
      )
      return
    }
    case 'user-changed':
      return userStub(env, announcement.user).raiseEpoch(announcement.epoch)
    case 'team-changed':
      return teamStub(env, announcement.team).raiseEpoch(announcement.epoch)
    case 'team-removed':
      return teamStub(env, announcement.team).forget()
    case 'person-removed':
      return userStub(env, announcement.user).forgetPerson()
    case 'token-revoked':
      return userStub(env, announcement.user).forgetToken(announcement.token)
    case 'transcripts-forgotten':
      return userStub(env, announcement.user).forgetTranscripts()
  }
}
