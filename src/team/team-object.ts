/**
 * The team's object: it counts for the common caps of a team, whichever member and isolate asks.
 *
 * This file is the object's verbs. Counting is shared with the user's object
 * (`user/allowances.ts`).
 */
import { DurableObject } from 'cloudflare:workers'
import { readTeamEpoch } from '../db/teams.ts'
import { Alarms } from '../durable/alarms.ts'
import { SteadyClock } from '../durable/clock.ts'
import type { Env } from '../env.ts'
import { Allowances } from '../user/allowances.ts'
import { grantOf } from '../user/joint-caps.ts'
import { KnownEpoch } from '../user/known-epoch.ts'
import type { Answer, CapUse, RequestNeed, Rules, Spent } from '../user/rpc.ts'
import { migrate } from './migrations.ts'

/** A team that was removed has no epoch. */
export type TeamAnswer = Answer | { type: 'gone' }

export class TeamObject extends DurableObject<Env> {
  /** The one clock of the object. Tests put their own here. */
  clock = (): number => Date.now()

  readonly #allowances: Allowances
  readonly #epoch: KnownEpoch
  readonly #steady = new SteadyClock(() => this.clock())
  readonly #alarms: Alarms

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    migrate(ctx.storage)
    const { sql } = ctx.storage
    this.#allowances = new Allowances(sql, Number(env.HUB_STARTED_AT ?? 0))
    this.#epoch = new KnownEpoch({
      sql,
      read: () => readTeamEpoch(env.DB, ctx.id.name ?? ''),
      clock: () => this.#steady.now(),
    })
    this.#alarms = new Alarms(ctx.storage, this.#steady, {
      reservations: {
        dueAt: () => this.#allowances.nextDeadline(),
        run: (now) => this.#allowances.expire(now),
      },
    })
  }

  /** Notes a change of the team. D1 has it already. */
  async raiseEpoch(epoch: number): Promise<void> {
    this.#epoch.raise(epoch)
  }

  /**
   * The team's epoch, for a member of a team that has no caps; undefined where the team was
   * removed.
   */
  async currentEpoch(): Promise<number | undefined> {
    return this.#epoch.current()
  }

  /** Lets one request of a member through and reserves for it, or says why not and when. */
  async reserve(rules: Rules, need: RequestNeed): Promise<TeamAnswer> {
    const epoch = await this.#epoch.current()
    if (epoch === undefined) return { type: 'gone' }
    const decision = this.#allowances.reserve([rules], need, this.#steady.now())
    if (decision.type === 'refusal') return { ...decision, epoch }
    await this.#alarms.schedule(decision.deadlineAt)
    return { ...grantOf(decision), epoch }
  }

  /** A request that holds a slot goes on. @returns false where its reservation has ended. */
  async renew(reservationId: string): Promise<boolean> {
    return this.#allowances.renew(reservationId, this.#steady.now())
  }

  /**
   * Ends a reservation; a second time changes nothing.
   * @param spent absent where no call was made.
   */
  async settle(reservationId: string, spent: Spent | undefined): Promise<void> {
    this.#allowances.settle(reservationId, spent, this.#steady.now())
  }

  /** The use of the team's caps. */
  async use(rules: Rules): Promise<CapUse | undefined> {
    return this.#allowances.uses([rules], this.#steady.now())[0]
  }

  /** Forgets a team that was removed. D1 has it no longer. */
  async forget(): Promise<void> {
    this.#allowances.forgetAll()
    this.#epoch.forget()
  }

  /** Ends reservations that were never settled; what they hold stays counted. */
  override async alarm(): Promise<void> {
    await this.#alarms.ring()
  }
}
