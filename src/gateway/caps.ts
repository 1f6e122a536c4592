/** The caps that apply to a caller, and the questions about them to the objects that count. */
import type { Caller } from '../auth/caller.ts'
import { isOpen } from '../auth/open-access.ts'
import type { Env } from '../env.ts'
import { type HubError, toHubError } from '../errors.ts'
import { teamStub } from '../team/stub.ts'
import {
  hasCaps,
  type Grant,
  type Refusal,
  type RequestNeed,
  type Rules,
  rulesOf,
  type Spent,
} from '../user/rpc.ts'
import { userStub } from '../user/stub.ts'

/** The answer of one object. */
export type CapAnswer = { type: 'uncapped' } | Granted | Refusal | { type: 'failure'; error: HubError }

export interface Granted {
  type: 'granted'
  /** Set where the client set none: the budget pays for no longer answer. */
  outputLimit?: number | undefined
  /** Says that the request goes on; absent where nothing limits how many run at once. */
  renew?: () => Promise<boolean>
  /** Ends the reservation, where it was made. @param spent absent where no call was made. */
  end: (spent: Spent | undefined) => Promise<void>
}

/**
 * An answer, and the epoch of the object's user or team; 0 where it was not asked, infinite where
 * it is gone.
 */
export interface AskedCaps {
  answer: CapAnswer
  epoch: number
}

/** The rules of a caller's token, person and team, as far as they have caps. */
export function rulesFor(caller: Caller): Rules[] {
  const { token, configuration } = caller
  const { user, team } = configuration
  return [
    ...(token ? [rulesOf('token', token)] : []),
    rulesOf(isOpen(caller) ? 'open-access' : 'person', user),
    ...(team ? [rulesOf('team', team)] : []),
  ].filter(hasCaps)
}

/**
 * Asks the user's object about the token and the person. Never rejects.
 * @param wantsEpoch asks for the epoch even where nothing is capped.
 */
export async function askUser(
  env: Env,
  userId: string,
  rules: Rules[],
  need: RequestNeed,
  wantsEpoch: boolean,
): Promise<AskedCaps> {
  try {
    if (rules.length > 0) {
      const objectOf = () => userStub(env, userId)
      return toAsked(await objectOf().reserve(rules, need), objectOf)
    }
    const epoch = wantsEpoch ? await userStub(env, userId).currentEpoch() : 0
    return { answer: { type: 'uncapped' }, epoch }
  } catch (thrown) {
    return failed(thrown)
  }
}

/**
 * Asks the team's object. One without caps is asked too: its epoch says whether it still has none.
 * Never rejects.
 * @param rules absent where the team has no caps.
 */
export async function askTeam(
  env: Env,
  teamId: string,
  rules: Rules | undefined,
  need: RequestNeed,
): Promise<AskedCaps> {
  try {
    const objectOf = () => teamStub(env, teamId)
    if (!rules) {
      return { answer: { type: 'uncapped' }, epoch: (await objectOf().currentEpoch()) ?? Infinity }
    }
    const answer = await objectOf().reserve(rules, need)
    return answer.type === 'gone'
      ? { answer: { type: 'uncapped' }, epoch: Infinity }
      : toAsked(answer, objectOf)
  } catch (thrown) {
    return failed(thrown)
  }
}

function toAsked(
  answer: (Grant | Refusal) & { epoch: number },
  objectOf: () => {
    settle(id: string, spent: Spent | undefined): Promise<void>
    renew(id: string): Promise<boolean>
  },
): AskedCaps {
  if (answer.type === 'refusal') return { answer, epoch: answer.epoch }
  const { reservationId, outputLimit, slot, epoch } = answer
  return {
    answer: {
      type: 'granted',
      outputLimit,
      // Each question has a new stub: one that has failed once keeps failing.
      end: (spent) => objectOf().settle(reservationId, spent),
      ...(slot && { renew: () => objectOf().renew(reservationId) }),
    },
    epoch,
  }
}

function failed(thrown: unknown): AskedCaps {
  return { answer: { type: 'failure', error: toHubError(thrown) }, epoch: 0 }
}
