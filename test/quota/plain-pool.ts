/** A pool as the object keeps it, without the object: pure functions over plain state. */
import type { Limit } from '../../src/domain/limits.ts'
import type { StoredKey } from '../../src/db/pools.ts'
import { type Decision, decide } from '../../src/quota/admission.ts'
import { calendarOf, configure } from '../../src/quota/configure.ts'
import { reserve } from '../../src/quota/reserve.ts'
import type { Need, Outcome } from '../../src/quota/rpc.ts'
import {
  accountUnder,
  type Configuration,
  beginCall,
  endCall,
  emptyState,
  type OpenLease,
  type PoolState,
} from '../../src/quota/pool-state.ts'
import { Roster } from '../../src/quota/key-index.ts'
import { settle } from '../../src/quota/settle.ts'
import { usedAt } from '../../src/quota/windows.ts'
import { makeNeed } from './fixtures.ts'

/** A key as a pool keeps a copy of it. */
export function makeStoredKey(change: Partial<StoredKey>): StoredKey {
  return {
    id: 'k1',
    owner: 'u1',
    accountId: 'a1',
    ciphertext: '',
    secretVersion: 1,
    origin: null,
    rowOwner: 'built-in',
    baseUrl: null,
    dialect: null,
    rowBaseUrl: null,
    rowDialect: null,
    providerChangedAt: null,
    enabled: true,
    priority: 1,
    weight: 1,
    allowedModels: null,
    defaultModel: null,
    limits: null,
    maxConcurrent: null,
    free: false,
    reserve: null,
    ...change,
  }
}

export class PlainPool {
  readonly provider: string
  readonly configuration: Configuration
  readonly state: PoolState = emptyState()
  readonly roster: Roster

  /**
   * @param keys how many keys it has, each with an account of its own.
   * @param pool whose pool it is, and what the owner of its accounts, `u1`, keeps.
   */
  constructor(
    limits: Limit[],
    keys = 1,
    provider = 'custom',
    { owner = 'u1', reserve: kept = null }: { owner?: string; reserve?: StoredKey['reserve'] } = {},
  ) {
    this.provider = provider
    const stored = Array.from({ length: keys }, (_, index) =>
      makeStoredKey({ id: `k${index + 1}`, accountId: `a${index + 1}`, limits, reserve: kept }),
    )
    this.configuration = configure({ owner, provider }, { strategy: null, keys: stored }, {})
    for (const [id, rules] of this.configuration.rules)
      this.state.accounts.set(id, accountUnder(rules, undefined))
    this.roster = new Roster(this.configuration, this.state)
  }

  decide(need: Partial<Need>, now: number): Decision {
    return decide(this, makeNeed(need), now)
  }

  admit(need: Partial<Need>, now: number): OpenLease | undefined {
    const decision = this.decide(need, now)
    if (decision.type === 'refusal') return undefined
    const { lease, account, circuit } = reserve(
      this.state,
      decision,
      makeNeed(need),
      `lease_${this.state.turn}`,
      now,
    )
    this.state.turn++
    this.state.leases.set(lease.id, lease)
    this.state.accounts.set(lease.account, account)
    if (circuit) this.state.circuits.set(lease.model, circuit)
    beginCall(this.state, lease, now)
    this.roster.touch(lease.account, now)
    return lease
  }

  /** @param money what the call cost, in nano-dollars. */
  settle(lease: OpenLease, outcome: Outcome, now: number, money?: number): void {
    this.state.leases.delete(lease.id)
    endCall(this.state, lease)
    const end = { outcome, ...(money !== undefined && { money }) }
    const { account, circuit } = settle(calendarOf(this.provider), this.state, lease, end, now)
    this.state.accounts.set(lease.account, account)
    if (circuit.rest) this.state.circuits.set(circuit.model, circuit.rest)
    else this.state.circuits.delete(circuit.model)
    this.roster.touch(lease.account, now)
  }

  used(unit: string, now: number, per = 'minute'): number {
    const windows = this.state.accounts.get('u1/a1')?.windows ?? []
    const window = windows.find((candidate) => candidate.unit === unit && candidate.per === per)
    return window ? usedAt(window, now) : Number.NaN
  }
}
