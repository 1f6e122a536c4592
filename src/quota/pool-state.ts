/**
 * What a key pool knows: its keys as configured, and what has happened to their accounts since.
 * Plain data.
 */
import type { StoredKey } from '../db/pools.ts'
import type { RowBinding } from '../providers/provider.ts'
import type { Quarantine, Rest } from './cooldown.ts'
import type { Forbidden } from './forbidden-keys.ts'
import type { CallEstimate } from './amounts.ts'
import type { Pace } from './forecast.ts'
import type { KeySecret } from './rpc.ts'
import type { SharedAccount } from './shares.ts'
import { Slots } from './slots.ts'
import { type Window, windowName, type WindowRule } from './windows.ts'

/** A key as it may be chosen. */
export interface PoolKey extends Pick<
  StoredKey,
  'id' | 'enabled' | 'priority' | 'weight' | 'allowedModels' | 'defaultModel' | 'maxConcurrent' | 'free'
> {
  /** The account whose windows and rest it shares. */
  account: string
  /** The owner of the provider row that it goes with: a user's id, `hub` or `built-in`. */
  row: string
  secret: KeySecret
  /**
   * The row that its secret was entered for; absent where only its origin is known, or it has none.
   */
  boundTo?: RowBinding
  /** Tells this secret from the next one of the same key, and nothing else about it. */
  mark: string
  /**
   * When its provider's row got another address or dialect than the one that it was entered for, or
   * went; 0 where that is not known. Only entering the key again lifts that.
   */
  movedAt?: number
  /** Where it serves everyone: whose it is, and what its owner keeps. */
  shared?: SharedAccount
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
  /** How fast it has been used lately. */
  pace?: Pace
  /**
   * Which key a conversation was on last, and when: as long as the provider may hold its prompt.
   */
  conversations?: Record<string, { key: string; at: number }>
}

/** What happened to one key of an account. */
export interface KeyUse {
  /** The pool's count of admissions at this key's last one. */
  turn: number
  /** Its share of the work, in virtual time: each call adds the reciprocal of its weight. */
  pass?: number
  /** Usual time to the first content, and when it was last measured. */
  latency?: { ms: number; at: number }
  lastUsedAt?: number
  quarantine?: Quarantine
  /** A refusal that named nothing, since the key's last success. */
  forbidden?: Forbidden
  /** When the hub last tested it by itself. */
  testedAt?: number
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
  estimate: CallEstimate
  /** What was reserved, by the name of the window. */
  charges: Record<string, number>
  /** The user who asked, and their share, where the account serves everyone. */
  user?: string
  maxShare?: number
  /** It goes first after a rest. */
  probe?: true
  /** It is the first call with its key in an hour. */
  first?: true
  /** The request that it is for; absent in leases of older versions. */
  request?: string
  /** A person tests the key. */
  trial?: true
  /** It holds one of the calls at a time that its key may have, and its Worker renews that. */
  slot?: true
  /** When it was renewed last. */
  renewedAt?: number
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
  /** The virtual time of the key that was chosen last. */
  pass: number
  /** How many calls are under way, by key. */
  running: Map<string, number>
  /** The same of each person with a key that serves everyone, by `<key> <user>`. */
  runningOf: Map<string, number>
  /** The account that a conversation was on last. */
  conversations: Map<string, string>
  /** The leases that hold a slot of their key. */
  slots: Slots
  /** Open leases whose Workers are dead: their calls are not under way. */
  dead: Set<string>
}

/** A state in which nothing has happened. */
export function emptyState(): PoolState {
  return {
    accounts: new Map(),
    circuits: new Map(),
    leases: new Map(),
    turn: 0,
    pass: 0,
    running: new Map(),
    runningOf: new Map(),
    conversations: new Map(),
    slots: new Slots(),
    dead: new Set(),
  }
}

/** Notes that a lease was given: its call is under way. */
export function beginCall(state: PoolState, lease: OpenLease, now: number): void {
  countRunning(state, lease.keyId, 1, lease.user)
  if (lease.slot) state.slots.hear(lease.id, lease.keyId, now)
}

/**
 * Notes the leases out of storage. Their calls are under way where their Workers live.
 *
 * @param startedAt when the hub was started, where all Workers from before are known to be dead;
 *   else 0.
 */
export function recallCalls(state: PoolState, startedAt: number): void {
  const leases = [...state.leases.values()].toSorted((a, b) => heardAt(a) - heardAt(b))
  for (const lease of leases) {
    if (lease.admittedAt < startedAt) {
      state.dead.add(lease.id)
      continue
    }
    countRunning(state, lease.keyId, 1, lease.user)
    if (lease.slot) state.slots.hear(lease.id, lease.keyId, heardAt(lease))
  }
}

/** Notes that the Worker of a lease lives. @returns the lease as it is now. */
export function renewCall(state: PoolState, lease: OpenLease, now: number): OpenLease {
  const renewed = { ...lease, renewedAt: now }
  state.leases.set(lease.id, renewed)
  if (state.dead.delete(lease.id)) countRunning(state, lease.keyId, 1, lease.user)
  if (lease.slot) state.slots.hear(lease.id, lease.keyId, now)
  return renewed
}

function heardAt({ admittedAt, renewedAt = admittedAt }: OpenLease): number {
  return renewedAt
}

/** Frees the slots of Workers that are dead. @returns their leases. */
export function freeSlots(state: PoolState, now: number): OpenLease[] {
  const silent = state.slots.lapse(now).flatMap((id) => state.leases.get(id) ?? [])
  for (const lease of silent) {
    state.dead.add(lease.id)
    countRunning(state, lease.keyId, -1, lease.user)
  }
  return silent
}

/** Notes that a lease has ended, whatever was known of its Worker. */
export function endCall(state: PoolState, lease: OpenLease): void {
  state.slots.leave(lease.id)
  if (!state.dead.delete(lease.id)) countRunning(state, lease.keyId, -1, lease.user)
}

/**
 * Counts a call of a key that has begun (1) or ended (-1).
 * @param user who made it, where the key serves everyone.
 */
function countRunning(state: PoolState, keyId: string, change: 1 | -1, user?: string): void {
  addTo(state.running, keyId, change)
  if (user !== undefined) addTo(state.runningOf, runningName(keyId, user), change)
}

/** The calls of one person with a key that are under way. */
export function runningOf(state: PoolState, keyId: string, user: string): number {
  return state.runningOf.get(runningName(keyId, user)) ?? 0
}

function runningName(keyId: string, user: string): string {
  return `${keyId} ${user}`
}

function addTo(counts: Map<string, number>, name: string, change: 1 | -1): void {
  const count = (counts.get(name) ?? 0) + change
  if (count > 0) counts.set(name, count)
  else counts.delete(name)
}

/**
 * An account's state under its present rules: use that was counted under a rule stays with it,
 * whatever else about it changes, and so does what the provider stated. A window that only the
 * provider has named stays too.
 */
export function accountUnder(rules: readonly WindowRule[], account: Account | undefined): Account {
  const known = new Map(account?.windows.map((window) => [windowName(window), window]))
  const ruled = rules.map((rule): Window => {
    const { buckets = [], stated } = known.get(windowName(rule)) ?? {}
    known.delete(windowName(rule))
    return { ...rule, buckets, ...(stated && { stated }) }
  })
  const named = [...known.values()].filter(({ stated }) => stated?.limit !== undefined)
  return {
    ...account,
    windows: [...ruled, ...named.map(({ limit: _limit, ...window }) => window)],
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
  if (key.movedAt !== undefined) return { ...addressChanged, mark: key.mark, since: key.movedAt }
  const quarantine = account.keys[key.id]?.quarantine
  return quarantine?.mark === key.mark ? quarantine : undefined
}

const addressChanged = {
  verdict: 'address-changed',
  message: 'The provider’s base URL changed after this key was entered. Enter the key again.',
}
