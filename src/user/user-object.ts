/**
 * The user's object: what must be decided once per user, whatever isolate asks.
 *
 * This file is the object's verbs and nothing else: it reads the clock, hands state to pure functions, and writes what they
 * decide in one step, with no await in between. What is stored, and what is promised, is in README.md.
 */
import { DurableObject } from 'cloudflare:workers'
import type { Env } from '../env.ts'
import { randomId } from '../ids.ts'
import { type ClaimAnswer, claimMs, keepMs, leads, standingOf } from './claims.ts'
import { migrate } from './schema.ts'
import { UserStore } from './store.ts'

/** What has expired is looked past at once and swept later: so many claims go at a time, and an alarm costs a row. */
const sweepMs = 60_000

export class UserObject extends DurableObject<Env> {
  /** The one clock of the object. Tests put their own here. */
  clock = (): number => Date.now()

  readonly #store: UserStore
  #latest = 0
  /** The alarm that this instance knows to be set. */
  #alarmAt = Infinity

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    migrate(ctx.storage)
    this.#store = new UserStore(ctx.storage.sql)
  }

  /** Gives a call to whoever asks for it first, and to all others with the same name what came of it. */
  async claim({ name, body }: { name: string; body: string }): Promise<ClaimAnswer> {
    const now = this.#now()
    const standing = standingOf(this.#store.readClaim(name), body, now)
    switch (standing) {
      case 'free': {
        const ticket = randomId('claim')
        this.#store.removeClaim(name)
        this.#store.writeClaim({ name, body, ticket, outcome: 'running', expiresAt: now + claimMs })
        await this.#schedule(now + claimMs + sweepMs)
        return { type: 'lead', ticket }
      }
      case 'running':
        return { type: 'wait' }
      case 'kept':
        return { type: 'kept', sealed: this.#store.readAnswer(name) }
      case 'too-large':
      case 'conflict':
        return { type: standing }
    }
  }

  /** The leader is still at it. */
  async renewClaim(name: string, ticket: string): Promise<void> {
    const claim = this.#store.readClaim(name)
    if (leads(claim, ticket)) this.#store.writeClaim({ ...claim, expiresAt: this.#now() + claimMs })
  }

  /** Ends a claim with its answer; without one, where the answer was too large to keep. */
  async keepAnswer(name: string, ticket: string, sealed: string | undefined): Promise<void> {
    const claim = this.#store.readClaim(name)
    if (!leads(claim, ticket)) return
    const expiresAt = this.#now() + keepMs
    if (sealed !== undefined) this.#store.writeAnswer(name, sealed)
    this.#store.writeClaim({ ...claim, outcome: sealed === undefined ? 'too-large' : 'kept', expiresAt })
    await this.#schedule(expiresAt + sweepMs)
  }

  /** Ends a claim that came to nothing: the call is anybody's again. */
  async releaseClaim(name: string, ticket: string): Promise<void> {
    if (leads(this.#store.readClaim(name), ticket)) this.#store.removeClaim(name)
  }

  /** One alarm for all that must happen without being asked: what has expired goes. */
  override async alarm(): Promise<void> {
    this.#alarmAt = Infinity
    this.#store.removeExpiredClaims(this.#now())
    const next = this.#store.nextExpiry()
    if (next !== undefined) await this.#schedule(next + sweepMs)
  }

  /** Sets the alarm, unless an earlier one is set: each setting is a row written. */
  async #schedule(dueAt: number): Promise<void> {
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
