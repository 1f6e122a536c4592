/** What passes between the pipeline and a key pool: plain data, because it crosses RPC. */
import type { Usage } from '../chat/events.ts'
import type { Fault } from '../errors.ts'
import type { RequestRecord } from '../observe/record.ts'

/** What one upstream call needs. */
export interface Need {
  /** The request's id: the record of a lease that is never settled bears it. */
  requestId: string
  /** The user whose token asks; the admission returns this user's configuration epoch. */
  user: string
  /** The provider's id of the model; absent means the key's default model, else `defaultModel`. */
  model?: string
  /** The provider's default model, for a need that names none. */
  defaultModel: string
  /** Input as estimated, and output as limited by the request or as usual for it. */
  estimate: { inputTokens: number; outputTokens: number }
  /** Priorities of keys that the client allows; absent means every one. */
  allowedPriorities?: number[]
  /** Keys that this request has tried already. */
  excludedKeys: string[]
  /** The record as far as it is known, for a lease that is never settled. */
  record: RequestRecord
}

/** The right to make one upstream call with one key. */
export interface Lease {
  id: string
  keyId: string
  /** Where the key's secret is: sealed in D1, in the Worker's environment, or not needed at all (the sandbox). */
  secret: KeySecret
  model: string
  /** When the lease expires by itself and its estimate counts as used, in milliseconds since the epoch. */
  deadlineAt: number
}

export type KeySecret =
  /** `owner` is the user who entered the key, also in a pool of shared accounts: the ciphertext is bound to them. */
  | { type: 'sealed'; owner: string; ciphertext: string }
  | { type: 'environment'; variable: string }
  | { type: 'none' }

export type Admission =
  | { type: 'lease'; epoch: number; lease: Lease }
  /** `retryAt` is the soonest time at which one of the keys may serve this need; absent means never. */
  | { type: 'refusal'; epoch: number; retryAt?: number; refusals: KeyRefusal[] }

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
    | 'larger-than-window'
    | 'busy'
  /** When the reason is over. Absent where it lasts, and for a key that was tried and does not rest. */
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

/** The end of a lease. With `record` it is also the end of the request, which is journalled in the same transaction. */
export interface Settlement {
  leaseId: string
  outcome: Outcome
  record?: RequestRecord
}

/** The state of one key as the API shows it. Times are milliseconds since the epoch. */
export interface KeyState {
  keyId: string
  status: 'active' | 'cooling' | 'quarantined' | 'disabled'
  /** The soonest end of what makes it rest, for `cooling`. */
  coolingUntil?: number
  /** Why it rests or is quarantined: a verdict and the provider's words. */
  reason?: { verdict: string; message: string; since: number }
  /** Models of its account that rest although the account does not. */
  restingModels: { model: string; until: number; verdict: string }[]
  windows: WindowState[]
  lastUsedAt?: number
}

export interface WindowState {
  unit: 'requests' | 'tokens'
  per: 'minute' | 'hour' | 'day' | 'month'
  model?: string
  /** Settled use. */
  used: number
  /** What open leases hold on top of it. */
  reserved: number
  /** Absent where it is counted but not limited. */
  limit?: number
  lastResetAt?: number
  resetsAt?: number
  /** How the limit is known. */
  source: 'entered' | 'counted'
}
