/**
 * The key pool: one object per owner and provider, where every decision about those keys is taken, one at a time.
 *
 * This file is the object's verbs and nothing else: it reads the clock, hands state to pure functions, and writes what they
 * decide to memory and storage in one step, with no await in between. What is stored, and why it is exact, is in README.md.
 */
import { DurableObject } from 'cloudflare:workers'
import { readPool } from '../db/pools.ts'
import type { Env } from '../env.ts'
import { randomId } from '../ids.ts'
import type { RequestRecord } from '../observe/record.ts'
import { decide, reserve } from './admission.ts'
import { calendarOf, configure } from './configure.ts'
import { isForgotten, type Rest } from './cooldown.ts'
import { Journal } from './journal.ts'
import type { Admission, KeyState, Need, Settlement } from './lease.ts'
import { type Account, accountOf, accountUnder, type Configuration, type PoolState } from './pool-state.ts'
import { reportKeys } from './report.ts'
import { migrate } from './schema.ts'
import { settle, unsettledRecord } from './settling.ts'
import { PoolStore } from './store.ts'
import { readPoolName } from './stub.ts'

/** A push that never arrived is made good after this long, in a pool that is in use. */
const copyAgeMs = 60_000

/** What a pool that is awake has in memory: a copy of its storage, loaded when first needed. */
interface Awake {
  address: { owner: string; provider: string }
  state: PoolState
  /** The newest configuration epoch that is known of each user who asked. */
  epochs: Map<string, number>
  journal: Journal
  /** Absent until D1 was read, and after a change that could not be read. */
  configuration: Configuration | undefined
  /** When D1 was read last. */
  pulledAt: number
}

export class KeyPool extends DurableObject<Env> {
  /** The one clock of the pool. Tests put their own here. */
  clock = (): number => Date.now()

  readonly #store: PoolStore
  #awake: Awake | undefined
  #latest = 0
  /** The alarm that this instance knows to be set. */
  #alarmAt = Infinity

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    migrate(ctx.storage)
    this.#store = new PoolStore(ctx.storage.sql)
  }

  /**
   * Gives the right to one upstream call, or says why not and when. The settlement of the previous attempt in this pool may
   * ride along and is applied first, so that a retry is one round trip.
   */
  async admit(need: Need, settlement?: Settlement): Promise<Admission> {
    if (settlement) await this.settle(settlement)
    const { configuration, epoch } = await this.#ready(need.user)
    const { state } = this.#wake()
    const now = this.#now()
    const decision = decide(configuration, state, need, now)
    if (decision.type === 'refusal') return { ...decision, epoch }
    const { lease, account } = reserve(state, decision, need, randomId('lease'), now)
    this.#store.addLease(lease, need.record)
    this.#saveAccount(lease.account, account)
    state.leases.set(lease.id, lease)
    state.turn++
    await this.#schedule()
    const { id, keyId, model, deadlineAt } = lease
    return { type: 'lease', epoch, lease: { id, keyId, secret: decision.key.secret, model, deadlineAt } }
  }

  /** Ends a lease; a second time changes nothing. Of a lease that is not known (any more) only the record is kept. */
  async settle({ leaseId, outcome, record }: Settlement): Promise<void> {
    const { address, state, journal } = this.#wake()
    const now = this.#now()
    const lease = state.leases.get(leaseId)
    if (lease) {
      const { account, circuit } = settle(calendarOf(address.provider), state, lease, outcome, now)
      if (record) journal.add(leaseId, record, now)
      else this.#store.removeRow(leaseId)
      this.#saveAccount(lease.account, account)
      this.#saveCircuit(circuit.model, circuit.rest)
      state.leases.delete(leaseId)
    } else if (record) {
      journal.add(record.id, record, now)
    }
    await this.#schedule()
  }

  /** Keeps the record of a request that got no lease. */
  async journal(record: RequestRecord): Promise<void> {
    this.#wake().journal.add(record.id, record, this.#now())
    await this.#schedule()
  }

  /**
   * Reads keys and epochs from D1 again. A change is committed there first and told here second; the pool pulls, so that what
   * is told may arrive twice or in any order.
   */
  async refresh(change?: { user: string; epoch: number }): Promise<void> {
    if (change) this.#raiseEpoch(change.user, change.epoch)
    try {
      await this.#pull([])
    } catch (error) {
      // What changed may be a key that was removed: better no admission than one with it.
      this.#wake().configuration = undefined
      this.#store.forgetCopy()
      throw error
    }
  }

  async state(): Promise<KeyState[]> {
    const configuration = this.#configured() ?? (await this.#pull([]))
    return reportKeys(configuration, this.#wake().state, this.#now())
  }

  /** Lifts the quarantine of a key and every rest of its account, by hand. */
  async restore(keyId: string): Promise<void> {
    const configuration = this.#configured() ?? (await this.#pull([]))
    const key = configuration.keys.find(({ id }) => id === keyId)
    if (!key) return
    const { rest: _rest, ...account } = accountOf(this.#wake().state, key.account)
    const { quarantine: _quarantine, ...use } = account.keys[keyId] ?? { turn: 0 }
    this.#saveAccount(key.account, { ...account, modelRests: {}, keys: { ...account.keys, [keyId]: use } })
  }

  /** One alarm for all that must happen without being asked: leases expire, records go to D1, a lost push is made good. */
  override async alarm(): Promise<void> {
    this.#alarmAt = Infinity
    const awake = this.#wake()
    this.#expireLeases()
    this.#forgetCircuits()
    await awake.journal.flush(this.env.DB, () => this.#now())
    if (this.#configured() && awake.pulledAt + copyAgeMs < this.#now()) {
      await this.#pull([]).catch((error: unknown) =>
        console.warn('A key pool could not look for changes.', error),
      )
    }
    await this.#schedule()
  }

  #expireLeases(): void {
    const { address, state, journal } = this.#wake()
    const now = this.#now()
    for (const lease of state.leases.values()) {
      if (lease.deadlineAt > now) continue
      const record = this.#store.readRecord(lease.id)
      if (record) journal.add(lease.id, unsettledRecord(record, address.provider, lease), now)
      state.leases.delete(lease.id)
    }
  }

  #forgetCircuits(): void {
    for (const [model, rest] of this.#wake().state.circuits) {
      if (isForgotten(rest, this.#now())) this.#saveCircuit(model, undefined)
    }
  }

  /** What an admission needs to know of D1, read there only where the pool has no copy or has not met this user. */
  async #ready(user: string): Promise<{ configuration: Configuration; epoch: number }> {
    const { epochs } = this.#wake()
    let configuration = this.#configured()
    if (!configuration || !epochs.has(user)) configuration = await this.#pull([user])
    return { configuration, epoch: epochs.get(user) ?? 0 }
  }

  /** The configuration, from memory or from the copy in storage. */
  #configured(): Configuration | undefined {
    const awake = this.#wake()
    if (awake.configuration) return awake.configuration
    const copy = this.#store.readCopy()
    if (!copy) return undefined
    awake.pulledAt = copy.pulledAt
    return this.#adopt(configure(awake.address, copy, this.env))
  }

  /** Reads D1 while nothing else happens here. @returns the configuration as it is there. */
  async #pull(users: string[]): Promise<Configuration> {
    // What is thrown inside would reset the object, so it is carried out and thrown again here.
    const result = await this.ctx.blockConcurrencyWhile(async () => {
      try {
        const awake = this.#wake()
        const known = [...new Set([...awake.epochs.keys(), ...users])]
        const { owner, provider } = awake.address
        const stored = await readPool(this.env.DB, owner, provider, known)
        awake.pulledAt = this.#now()
        this.#store.writeCopy({ ...stored, pulledAt: awake.pulledAt })
        for (const user of users) if (!awake.epochs.has(user)) awake.epochs.set(user, 0)
        for (const [user, epoch] of Object.entries(stored.epochs)) this.#raiseEpoch(user, epoch)
        return { configuration: this.#adopt(configure(awake.address, stored, this.env)) }
      } catch (error) {
        return { error }
      }
    })
    if ('error' in result) throw result.error
    return result.configuration
  }

  /** Puts accounts under the rules of a configuration. Storage follows when an account is next written. */
  #adopt(configuration: Configuration): Configuration {
    const awake = this.#wake()
    for (const [id, rules] of configuration.rules) {
      awake.state.accounts.set(id, accountUnder(rules, awake.state.accounts.get(id)))
    }
    awake.configuration = configuration
    return configuration
  }

  #wake(): Awake {
    this.#awake ??= {
      address: readPoolName(this.#store.learnName(this.ctx.id.name)),
      state: this.#store.readState(),
      epochs: this.#store.readEpochs(),
      journal: new Journal(this.#store, this.#now()),
      configuration: undefined,
      pulledAt: 0,
    }
    return this.#awake
  }

  #raiseEpoch(user: string, epoch: number): void {
    const { epochs } = this.#wake()
    if (epoch <= (epochs.get(user) ?? 0)) return
    epochs.set(user, epoch)
    this.#store.writeEpoch(user, epoch)
  }

  #saveAccount(id: string, account: Account): void {
    this.#store.writeAccount(id, account)
    this.#wake().state.accounts.set(id, account)
  }

  #saveCircuit(model: string, rest: Rest | undefined): void {
    const { circuits } = this.#wake().state
    if (circuits.get(model) === rest) return
    if (rest) circuits.set(model, rest)
    else circuits.delete(model)
    this.#store.writeCircuit(model, rest)
  }

  /** Sets the alarm for what is due first, unless an earlier one is set: each setting is a row written. */
  async #schedule(): Promise<void> {
    const { state, journal } = this.#wake()
    // Leases stand in the order in which they were given, and all last equally long.
    const [oldest] = state.leases.values()
    const dueAt = Math.min(journal.dueAt ?? Infinity, oldest?.deadlineAt ?? Infinity)
    if (dueAt >= this.#alarmAt) return
    this.#alarmAt = dueAt
    await this.ctx.storage.setAlarm(dueAt)
  }

  /** The time, which never runs backwards while the object lives. */
  #now(): number {
    this.#latest = Math.max(this.#latest, this.clock())
    return this.#latest
  }
}
