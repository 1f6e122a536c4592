/** What passes between the pipeline and a key pool: plain data, because it crosses RPC. */
import type { LimitScope, Period, Reset, Unit } from '../domain/limits.ts'
import type { Usage } from '../chat/events.ts'
import type { Fault } from '../errors.ts'
import type { RequestRecord } from '../observe/record.ts'
import type { RowBinding } from '../providers/provider.ts'
import type { StatedLimit } from '../providers/stated-limits.ts'
import type { CallEstimate } from './amounts.ts'

/** What one upstream call needs. */
export interface Need {
  /** The request's id: the record of a lease that is never settled bears it. */
  requestId: string
  /** The user whose token asks; the admission returns this user's configuration epoch. */
  user: string
  /**
   * The share of each limit of a shared account that this user may use, 0 to 1; absent for all of
   * it.
   */
  maxShare?: number
  /** The provider's id of the model; absent means the key's default model, else `defaultModel`. */
  model?: string
  /** The provider's default model, for a need that names none. */
  defaultModel: string
  /**
   * The owner of the provider row that will be called: a user's id, `hub` or `built-in`. Only keys
   * that go with that row are given; absent where a person tests one key.
   */
  row?: string
  estimate: CallEstimate
  /** Priorities of keys that the client allows; absent means every one. */
  allowedPriorities?: number[]
  /** Keys that this request has tried already, and that may serve no model of it. */
  excludedKeys: string[]
  /** Keys that this request has tried at one model, and that may serve others. */
  failedAt?: { keyId: string; model: string }[]
  /** The one key that is to be tried, in quarantine or not: a person tests it. */
  onlyKey?: string
  /**
   * Tells one conversation from others, where the provider keeps its prompt in a cache: it stays on
   * its key.
   */
  conversation?: string
  /** How long the caller would wait for a slot, where it would. */
  wait?: Wait
  /** The record as far as it is known, for a lease that is never settled. */
  record: RequestRecord
}

/** Who waits for a slot, and how long. Times are milliseconds since the epoch. */
export interface Wait {
  /** Whoever it is fair to among the requests of one person: a token, or a session. */
  waiter: string
  until: number
  /** The place that this request has already. */
  place?: string
  /** It has the turn that it would have, and no place is kept for it yet. */
  asksOnly?: true
}

/** The right to make one upstream call with one key. */
export interface Lease {
  id: string
  keyId: string
  /** The account that the key is of; absent in a lease of an older release. */
  account?: string
  /**
   * Where the key's secret is: sealed in D1, in the Worker's environment, or not needed at all (the
   * sandbox).
   */
  secret: KeySecret
  /**
   * The provider row that a sealed secret was entered for; absent where only its origin is known.
   */
  boundTo?: RowBinding
  model: string
  /**
   * When the lease expires by itself and its estimate counts as used, in milliseconds since the
   * epoch.
   */
  deadlineAt: number
  /** The key costs nothing. */
  free?: true
  /**
   * This call goes first after a rest: the pool wants to hear at once when it is answered
   * (`prove`).
   */
  probe?: true
  /** It holds a slot of its key, and the pool wants to hear while it goes on (`renew`). */
  slot?: true
  /**
   * A success may be settled with the next call to the pool. Without it each end is settled at
   * once, as in a lease of an older release.
   */
  maySettleLater?: true
}

export type KeySecret =
  /**
   * `owner` is the user who entered the key, also in a pool of shared accounts: the ciphertext is
   * bound to them.
   */
  | { type: 'sealed'; owner: string; ciphertext: string }
  | { type: 'environment'; variable: string }
  | { type: 'none' }

export type Admission =
  | { type: 'lease'; epoch: number; hint: PoolHint; lease: Lease }
  /**
   * A slot is kept: ask again with the place at `notBefore`, or a little earlier. Who does not
   * loses it.
   */
  | { type: 'place'; epoch: number; hint: PoolHint; place: string; notBefore: number; ahead: number }
  /**
   * `retryAt` is the soonest time at which one of the keys may serve this need; absent means never.
   */
  | {
      type: 'refusal'
      epoch: number
      hint: PoolHint
      retryAt?: number
      refusals: KeyRefusal[]
      /** How many keys more were refused than are listed. */
      unlisted: number
    }

/**
 * What a pool lets others know in passing: good for an order of candidates, never for a decision.
 */
export interface PoolHint {
  /**
   * The share that is left of the tightest window of the key that would serve, 0 to 1; 1 without a
   * limit.
   */
  left: number
  /** Usual time to the first content with that key, in milliseconds. */
  latencyMs?: number
  /** Every key rests, whatever the size of the request, until then. */
  restsUntil?: number
}

/** Why one key cannot serve a need now: of several reasons the one that holds longest. */
export interface KeyRefusal {
  keyId: string
  reason:
    | 'tried'
    | 'disabled'
    | 'model-not-allowed'
    | 'priority-not-allowed'
    | 'quarantined'
    | 'account-rests'
    | 'model-rests'
    | 'provider-rests'
    | 'requests-used-up'
    | 'tokens-used-up'
    | 'audio-used-up'
    | 'money-used-up'
    /** The part of a subscription's plan that may be used. */
    | 'plan-used-up'
    /** Its money is limited, and nobody knows what the model costs. */
    | 'price-unknown'
    | 'larger-than-window'
    | 'busy'
    /** Its rest is over, and one call has gone first to prove it. */
    | 'probing'
    /** What is free of it is kept for those who wait. */
    | 'reserved'
    /** The person has used their share of it. */
    | 'share-used-up'
    /** What is free of it is kept for its owner. */
    | 'reserved-for-owner'
  /**
   * When the reason is over. Absent where it lasts, and for a key that was tried and does not rest.
   */
  retryAt?: number
  /** The verdict that put it to rest or into quarantine. */
  verdict?: string
  /** What happened before, in words: the provider's own for a rest, the window that is full. */
  detail?: string
}

/** How a leased call ended. */
export type Outcome =
  | { type: 'success'; usage: Usage; latencyMs: number }
  /** `usage` where some of the answer came before it failed. */
  | { type: 'failure'; fault: Fault; usage?: Usage }
  /** The client left; what was counted so far is charged. */
  | { type: 'cancelled'; usage: Usage }
  /** No call was made: everything that was reserved is given back. */
  | { type: 'unused' }

/**
 * The end of a lease. With `record` it is also the end of the request, which is journalled in the
 * same transaction.
 */
export interface Settlement {
  leaseId: string
  outcome: Outcome
  /** What the call cost by the price table, in nano-dollars; absent where no price is known. */
  money?: number
  /**
   * What the answer said of the account's limits, and when it was said; `refused` where it refused
   * the call for a limit, so that what it said is no mere claim.
   */
  stated?: { limits: StatedLimit[]; at: number; refused?: true }
  record?: RequestRecord
}

/** A key that the hub is to test by itself. */
export interface KeyToTest {
  id: string
  allowedModels: string[] | null
  defaultModel: string | null
}

/** The state of one key as the API shows it. Times are milliseconds since the epoch. */
export interface KeyState {
  keyId: string
  account: string
  status: 'active' | 'cooling' | 'quarantined' | 'disabled'
  /** When what makes it rest is over, for `cooling`. */
  coolingUntil?: number
  /** Why it rests or is quarantined: a verdict and the provider's words. */
  reason?: { verdict: string; message: string; since: number }
  /** Its rest is over, and the next call is to prove it. */
  halfOpen: boolean
  /** Models of its account that rest although the account does not. */
  restingModels: { model: string; until: number; verdict: string }[]
  windows: WindowState[]
  /** Calls under way. */
  running: number
  /** Usual time to the first content, in milliseconds. */
  latencyMs?: number
  lastUsedAt?: number
}

export interface WindowState {
  unit: Unit
  per: Period
  model?: string
  resets: Reset
  /** Whether it counts the account, or this one key of it. */
  scope: LimitScope
  /** Settled use. */
  used: number
  /** What open leases hold on top of it. */
  reserved: number
  /** The limit that binds. Absent where it is counted but not limited. */
  limit?: number
  /**
   * What can still be used of the limit; 0 where the provider says that it is used up. Absent
   * without one.
   */
  left?: number
  lastResetAt?: number
  resetsAt?: number
  /** How the limit is known: a person entered it, the provider stated it, or there is none. */
  source: 'entered' | 'stated' | 'counted'
  /**
   * What the provider said, and what a person entered, where both are known: a contradiction is
   * shown, never averaged.
   */
  stated?: { limit?: number; remaining?: number; resetsAt?: number; at: number }
  entered?: number
  /**
   * When it is used up at the pace of the last quarter of an hour; absent where it is not, or
   * nobody can tell.
   */
  dryAt?: number
  /** The amount of the limit that the account's owner keeps; absent where nothing is kept. */
  reserve?: number
  /** The part of each person, the largest first; absent where the account serves one person. */
  byPerson?: PersonUse[]
}

/** The part of a window that one person used. */
export interface PersonUse {
  /** The user's id; `hub` for open access, `*` for people who are counted together. */
  user: string
  /** Settled use. */
  used: number
  /** Held by open leases on top of it. */
  reserved: number
}

/** What a pool knows of itself beyond its keys. */
export interface PoolReport {
  strategy: string
  keys: KeyState[]
  /** Requests that wait for a slot. */
  waiting: number
  /**
   * When every limited account has run dry at the present pace; absent where that is not to be
   * foreseen.
   */
  dryAt?: number
  /** Accounts that look as if they were one: they rest at the same times. */
  suggestions: { accounts: string[]; times: number; lastAt: number }[]
  /**
   * Records of requests that D1 refused, and that are kept by the pool; absent where there are
   * none.
   */
  recordsSetAside?: number
}

/** What would happen to a need now, without a lease. */
export interface Explanation {
  keyId?: string
  retryAt?: number
  /** Every reason against every other key, at most 200 keys. */
  refusals: (KeyRefusal & { also: KeyRefusal['reason'][] })[]
}
