/**
 * A pool's copy of what D1 says: its keys, and the configuration epoch of everyone who has asked.
 * D1 is read only where the copy lacks something, and while it is read nothing else happens in the
 * pool.
 */
import { minuteMs } from '../domain/time.ts'
import { readPool } from '../db/pools.ts'
import type { Env } from '../env.ts'
import type { Pool } from './admission.ts'
import { configure } from './configure.ts'
import { accountUnder, type Configuration, type PoolState } from './pool-state.ts'
import { Roster } from './key-index.ts'
import type { PoolStore } from './tables.ts'

/** A push that never arrived is made good after this long, in a pool that is in use. */
const copyAgeMs = minuteMs

interface CopyInput {
  env: Env
  store: PoolStore
  address: { owner: string; provider: string }
  /** What has happened in the pool: accounts are put under the rules of the copy. */
  state: PoolState
  clock: () => number
  /**
   * Lets nothing else happen in the object until some work is done. What is thrown inside resets
   * the object.
   */
  alone: DurableObjectState['blockConcurrencyWhile']
}

export class Copy {
  readonly #input: CopyInput
  /** The newest configuration epoch that is known of each user who asked. */
  readonly #epochs: Map<string, number>
  #pool: Pool | undefined
  /** When D1 was read last. */
  #pulledAt = 0

  constructor(input: CopyInput) {
    this.#input = input
    this.#epochs = input.store.readEpochs()
  }

  /**
   * The pool as it stands in memory: absent until it was first asked for, and after a change that
   * could not be read.
   */
  get loaded(): Pool | undefined {
    return this.#pool
  }

  /** The pool as it is configured, from memory, from storage or from D1. */
  async read(): Promise<Pool> {
    return this.#stored() ?? (await this.#pull([]))
  }

  /**
   * What an admission needs to know, read in D1 only where there is no copy or this user was not
   * met.
   */
  async readFor(user: string): Promise<{ pool: Pool; epoch: number }> {
    let pool = this.#stored()
    if (!pool || !this.#epochs.has(user)) pool = await this.#pull([user])
    return { pool, epoch: this.#epochs.get(user) ?? 0 }
  }

  /**
   * Reads D1 again, for a change that was committed there.
   * @throws when D1 cannot be read; then there is no copy any more.
   */
  async renew(change?: { user: string; epoch: number }): Promise<void> {
    if (change) this.#raiseEpoch(change.user, change.epoch)
    try {
      await this.#pull([])
    } catch (error) {
      // What changed may be a key that was removed: better no admission than one with it.
      this.#pool = undefined
      this.#input.store.forgetCopy()
      throw error
    }
  }

  /**
   * Looks for changes whose news may have been lost, where that was not done lately. Never throws.
   */
  async lookForChanges(): Promise<void> {
    if (!this.#stored() || this.#pulledAt + copyAgeMs >= this.#input.clock()) return
    await this.#pull([]).catch((error: unknown) =>
      console.warn('A key pool could not look for changes.', error),
    )
  }

  #stored(): Pool | undefined {
    if (this.#pool) return this.#pool
    const { store, address, env } = this.#input
    const copy = store.readCopy()
    // A copy from before says nothing of the rows that its keys go with.
    if (!copy || copy.keys.some(({ rowOwner }) => rowOwner === undefined)) return undefined
    this.#pulledAt = copy.pulledAt
    return this.#adopt(configure(address, copy, env))
  }

  /** Reads D1, with the epochs of these users too. */
  async #pull(users: string[]): Promise<Pool> {
    const { alone, store, address, env, clock } = this.#input
    // What is thrown inside would reset the object, so it is carried out and thrown again here.
    const result = await alone(async () => {
      try {
        const known = [...new Set([...this.#epochs.keys(), ...users])]
        const stored = await readPool(env.DB, address.owner, address.provider, known)
        this.#pulledAt = clock()
        store.writeCopy({ ...stored, pulledAt: this.#pulledAt })
        for (const user of users) if (!this.#epochs.has(user)) this.#epochs.set(user, 0)
        for (const [user, epoch] of Object.entries(stored.epochs)) this.#raiseEpoch(user, epoch)
        return { pool: this.#adopt(configure(address, stored, env)) }
      } catch (error) {
        return { error }
      }
    })
    if ('error' in result) throw result.error
    return result.pool
  }

  /**
   * Puts accounts under the rules of a configuration. Storage follows when an account is next
   * written.
   */
  #adopt(configuration: Configuration): Pool {
    const { state } = this.#input
    for (const [id, rules] of configuration.rules) {
      state.accounts.set(id, accountUnder(rules, state.accounts.get(id)))
    }
    this.#pool = { configuration, state, roster: new Roster(configuration, state) }
    return this.#pool
  }

  #raiseEpoch(user: string, epoch: number): void {
    if (epoch <= (this.#epochs.get(user) ?? 0)) return
    this.#epochs.set(user, epoch)
    this.#input.store.writeEpoch(user, epoch)
  }
}
