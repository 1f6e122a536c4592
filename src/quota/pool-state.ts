/** What a key pool knows: its keys as configured, and what has happened to their accounts since. Plain data. */
import type { StoredKey } from '../db/pools.ts'
import type { Quarantine, Rest } from './cooldown.ts'
import type { KeySecret } from './lease.ts'
import { type Window, windowName, type WindowRule } from './windows.ts'

/** A key as it may be chosen. */
export interface PoolKey extends Omit<StoredKey, 'owner' | 'accountId' | 'ciphertext' | 'limits'> {
  /** The account whose windows and rest it shares. */
  account: string
  secret: KeySecret
  /** Tells this secret from the next one of the same key, and nothing else about it. */
  mark: string
}

/** What a person has set. Made anew from the copy of D1 whenever the object wakes. */
export interface Configuration {
  strategy: string
  /** In the order in which they were entered. */
  keys: PoolKey[]
  /** The windows of each account: what is always counted, and the limits entered on its keys. */
  rules: Map<string, WindowRule[]>
}

/** What happened to an account. Stored as one row, because an admission changes most of it. */
export interface Account {
  windows: Window[]
  rest?: Rest
  /** Models that rest although the account does not. */
  modelRests: Record<string, Rest>
  keys: Record<string, KeyUse>
}

/** What happened to one key of an account. */
export interface KeyUse {
  /** The pool's count of admissions at this key's last one. */
  turn: number
  lastUsedAt?: number
  quarantine?: Quarantine
}

/** A lease that has not been settled. */
export interface OpenLease {
  id: string
  keyId: string
  account: string
  model: string
  admittedAt: number
  deadlineAt: number
  /** The mark of the secret that the call is made with. */
  mark: string
  estimate: { inputTokens: number; outputTokens: number }
  /** What was reserved, by the name of the window. */
  charges: Record<string, number>
}

/** What has happened in a pool. Survives eviction. */
export interface PoolState {
  accounts: Map<string, Account>
  /** By model: the circuit of this provider. */
  circuits: Map<string, Rest>
  /** In the order in which they end. */
  leases: Map<string, OpenLease>
  /** How many leases have been given, as far as keys remember. */
  turn: number
}

/** An account's state under its present rules: use that was counted under a rule stays with it, whatever else about it changes. */
export function accountUnder(rules: readonly WindowRule[], account: Account | undefined): Account {
  const counted = new Map(account?.windows.map((window) => [windowName(window), window.buckets]))
  return {
    ...account,
    windows: rules.map((rule) => ({ ...rule, buckets: counted.get(windowName(rule)) ?? [] })),
    modelRests: account?.modelRests ?? {},
    keys: account?.keys ?? {},
  }
}

/** An account's state; that of one which nothing has happened to yet, where there is none. */
export function accountOf(state: PoolState, id: string): Account {
  return state.accounts.get(id) ?? { windows: [], modelRests: {}, keys: {} }
}

/** Why a key is in quarantine, if it is. A new secret is not judged by what the old one did. */
export function quarantineOf(account: Account, key: PoolKey): Quarantine | undefined {
  const quarantine = account.keys[key.id]?.quarantine
  return quarantine?.mark === key.mark ? quarantine : undefined
}

/** Whether a model is meant by a pattern: an exact id, or `prefix*`. */
export function matchesModel(pattern: string, model: string): boolean {
  return pattern.endsWith('*') ? model.startsWith(pattern.slice(0, -1)) : model === pattern
}
