/**
 * Who a request is made for, as the newest configuration that this request has heard of knows them.
 */
import { type Caller, renewCaller } from '../auth/caller.ts'
import { readEpoch } from '../db/configuration.ts'
import type { Env } from '../env.ts'

/**
 * What changed for the whole hub raises nobody's epoch; a configuration younger than this is taken
 * to have it, in milliseconds.
 */
const freshMs = 1_000
/** How often one request follows a configuration that changes under it. */
const maxRenewals = 3

export class CurrentCaller {
  readonly #env: Env
  #caller: Caller
  #renewals = 0
  #confirmed = false

  constructor(env: Env, caller: Caller) {
    this.#env = env
    this.#caller = caller
  }

  get caller(): Caller {
    return this.#caller
  }

  get userId(): string {
    return this.#caller.configuration.user.id
  }

  /**
   * Whether the configuration is older than these epochs of the user and their team, and is to be
   * read again.
   */
  isBehind(epoch: number, teamEpoch = 0): boolean {
    const { epoch: known, team } = this.#caller.configuration
    const isOld = epoch > known || (team !== null && teamEpoch > team.epoch)
    return isOld && this.#renewals < maxRenewals
  }

  /** Reads who asks again. @throws {HubError} where they may not ask any more. */
  async renew(): Promise<void> {
    this.#renewals++
    this.#caller = await renewCaller(this.#env, this.#caller, Date.now())
  }

  /** Notes that a pool knew nothing newer. */
  confirm(): void {
    this.#confirmed = true
  }

  /**
   * Whether nobody could serve only because what this isolate knew was old. A pool that was asked
   * has confirmed what is known; where none was, the database is.
   */
  async hasChanged(): Promise<boolean> {
    if (this.#confirmed || this.#renewals >= maxRenewals) return false
    const { configuration, readAt } = this.#caller
    const now = Date.now()
    const isCurrent = (await readEpoch(this.#env.DB, this.userId)) === configuration.epoch
    if (isCurrent && now - readAt < freshMs) return false
    await this.renew()
    return JSON.stringify(this.#caller.configuration) !== JSON.stringify(configuration)
  }
}
