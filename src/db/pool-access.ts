/**
 * Which pools a user's requests may draw on: those of their own private accounts, and those that
 * administrators share with everyone. With many keys the first is the dearest part of a
 * configuration, so it is kept in the isolate for as long as the user's epoch stands.
 */
import { BoundedMap } from '../isolate/bounded-map.ts'
import { and, eq, ne, sql } from 'drizzle-orm'
import type { Database } from './client.ts'
import { rowOwner } from './key-rows.ts'
import { accounts, keys, users } from './schema.ts'

/** Keys of one pool that allow the same models, as one row: planning needs no more than this. */
export interface Reach {
  /** A user's id, or `hub` for accounts that an admin shares with everyone. */
  poolOwner: string
  provider: string
  /** The owner of the provider row that these keys go with: a user's id, `hub` or `built-in`. */
  rowOwner: string
  /** Null where every model is allowed. */
  allowedModels: string[] | null
  defaultModel: string | null
}

const columns = {
  provider: keys.provider,
  rowOwner,
  allowedModels: keys.allowedModels,
  defaultModel: keys.defaultModel,
}
const ofAccount = and(eq(keys.owner, accounts.owner), eq(keys.accountId, accounts.id))

/** How many users' own pools are remembered. */
const mostRemembered = 2_000
/** Epochs begin at 1. */
const unknownEpoch = 0
const remembered = new BoundedMap<string, { epoch: number; reach: Reach[] }>(mostRemembered)

/** The question after what is shared with everyone, whoever entered it. */
export function selectSharedReach(db: Database) {
  // From the shared accounts, which are few, to their keys: never over everybody's keys.
  return db
    .selectDistinct({ poolOwner: sql<string>`'hub'`, ...columns })
    .from(accounts)
    .crossJoin(keys)
    .where(and(eq(accounts.shared, true), ofAccount, eq(keys.enabled, true)))
}

/**
 * What only this user can reach: the question, to be asked in one batch with the user's epoch, and
 * how its answer is to be read. No keys are read where the epoch is the one that is remembered.
 */
export function askOwnReach(db: Database, userId: string) {
  // As it stands now: others may remember something newer before the answer is there.
  const known = remembered.get(userId)
  const question = db
    .selectDistinct({ poolOwner: keys.owner, ...columns })
    .from(users)
    .crossJoin(keys)
    .innerJoin(accounts, ofAccount)
    .where(
      and(
        eq(users.id, userId),
        ne(users.epoch, known?.epoch ?? unknownEpoch),
        eq(keys.owner, users.id),
        eq(accounts.shared, false),
        eq(keys.enabled, true),
      ),
    )
  const read = (epoch: number, answer: Reach[]): Reach[] => {
    if (known?.epoch === epoch) return known.reach
    remember(userId, epoch, answer)
    return answer
  }
  return { question, read }
}

function remember(userId: string, epoch: number, reach: Reach[]): void {
  remembered.set(userId, { epoch, reach })
}
