/**
 * The user's object: what must be decided once per user, whatever isolate asks.
 *
 * This file is the object's verbs and nothing else: it reads the clock, hands state to pure
 * functions, and writes what they decide in one step, with no await in between. What is stored, and
 * what is promised, is in README.md.
 */
import { minuteMs } from '../domain/time.ts'
import { DurableObject } from 'cloudflare:workers'
import { readEpoch } from '../db/configuration.ts'
import { keepsTranscripts } from '../db/users.ts'
import { Alarms } from '../durable/alarms.ts'
import { SteadyClock } from '../durable/clock.ts'
import type { Env } from '../env.ts'
import { firstIdAt, randomId, timeOfId } from '../ids.ts'
import { Allowances } from './allowances.ts'
import { type ClaimAnswer, type ClaimedCall, claimMs, keepMs, leads, standingOf } from './idempotency.ts'
import { grantOf } from './joint-caps.ts'
import { KnownEpoch } from './known-epoch.ts'
import type { Answer, CapUse, RequestNeed, Rules, Spent } from './rpc.ts'
import { migrate } from './migrations.ts'
import { UserStore } from './tables.ts'
import { mostTranscripts, transcriptMs } from './transcripts.ts'

/**
 * What has expired is looked past at once and swept later: so many claims go at a time, and an
 * alarm costs a row.
 */
const sweepMs = minuteMs

export class UserObject extends DurableObject<Env> {
  /** The one clock of the object. Tests put their own here. */
  clock = (): number => Date.now()

  readonly #store: UserStore
  readonly #allowances: Allowances
  readonly #epoch: KnownEpoch
  readonly #steady = new SteadyClock(() => this.clock())
  readonly #alarms: Alarms
  /** How often all transcripts were forgotten since this instance woke. */
  #forgotten = 0

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    migrate(ctx.storage)
    const { sql } = ctx.storage
    this.#store = new UserStore(sql)
    this.#allowances = new Allowances(sql, Number(env.HUB_STARTED_AT ?? 0))
    this.#epoch = new KnownEpoch({
      sql,
      read: () => readEpoch(env.DB, ctx.id.name ?? ''),
      clock: () => this.#steady.now(),
    })
    this.#alarms = new Alarms(ctx.storage, this.#steady, {
      reservations: {
        dueAt: () => this.#allowances.nextDeadline(),
        run: (now) => this.#allowances.expire(now),
      },
      claims: {
        dueAt: () => (this.#store.nextExpiry() ?? Infinity) + sweepMs,
        run: (now) => this.#store.removeExpiredClaims(now),
      },
      transcripts: {
        dueAt: () => {
          const oldest = this.#store.oldestTranscript()
          return oldest ? timeOfId(oldest) + transcriptMs + sweepMs : undefined
        },
        run: (now) => this.#store.removeTranscripts(firstIdAt('req', now - transcriptMs)),
      },
    })
  }

  /**
   * The user's configuration has changed. D1 has it already; it may be told twice, and in any
   * order.
   */
  async raiseEpoch(epoch: number): Promise<void> {
    this.#epoch.raise(epoch)
  }

  /** The user's configuration epoch, for a caller whom no other answer of this object brings it. */
  async currentEpoch(): Promise<number> {
    return this.#readyEpoch()
  }

  /**
   * Gives a call to whoever asks for it first, and to all others with the same name what came of
   * it.
   */
  async claim(call: ClaimedCall): Promise<ClaimAnswer> {
    const { name, body } = call
    const epoch = await this.#readyEpoch()
    const now = this.#steady.now()
    const claim = this.#store.readClaim(name)
    const standing = standingOf(claim, call, now)
    switch (standing) {
      case 'free': {
        const ticket = randomId('claim')
        this.#store.removeClaim(name)
        this.#store.writeClaim({ name, body, ticket, outcome: 'running', expiresAt: now + claimMs })
        await this.#alarms.schedule(now + claimMs + sweepMs)
        return { type: 'lead', epoch, ticket }
      }
      case 'running':
        return { type: 'wait', epoch }
      case 'kept':
        return { type: 'kept', epoch, sealed: this.#store.readAnswer(name), ticket: claim?.ticket ?? '' }
      case 'too-large':
      case 'conflict':
        return { type: standing, epoch }
    }
  }

  /** The leader is still at it. */
  async renewClaim(name: string, ticket: string): Promise<void> {
    const claim = this.#store.readClaim(name)
    if (leads(claim, ticket)) this.#store.writeClaim({ ...claim, expiresAt: this.#steady.now() + claimMs })
  }

  /** Ends a claim with its answer; without one, where the answer was too large to keep. */
  async keepAnswer(name: string, ticket: string, sealed: string | undefined): Promise<void> {
    const claim = this.#store.readClaim(name)
    if (!leads(claim, ticket)) return
    const expiresAt = this.#steady.now() + keepMs
    if (sealed !== undefined) this.#store.writeAnswer(name, sealed)
    this.#store.writeClaim({ ...claim, outcome: sealed === undefined ? 'too-large' : 'kept', expiresAt })
    await this.#alarms.schedule(expiresAt + sweepMs)
  }

  /** Ends a claim that came to nothing: the call is anybody's again. */
  async releaseClaim(name: string, ticket: string): Promise<void> {
    if (leads(this.#store.readClaim(name), ticket)) this.#store.removeClaim(name)
  }

  /**
   * Lets one request through and reserves for it, or says why not and when.
   * @param rules of the token, the person, or both: the request is counted for all of them or for
   *   none.
   */
  async reserve(rules: Rules[], need: RequestNeed): Promise<Answer> {
    const epoch = await this.#readyEpoch()
    const decision = this.#allowances.reserve(rules, need, this.#steady.now())
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
   * @param spent absent where no call was made: all is given back.
   */
  async settle(reservationId: string, spent: Spent | undefined): Promise<void> {
    this.#allowances.settle(reservationId, spent, this.#steady.now())
  }

  /** The use of caps of tokens and of the person, in the order in which they are asked about. */
  async uses(rules: Rules[]): Promise<CapUse[]> {
    return this.#allowances.uses(rules, this.#steady.now())
  }

  /** Forgets a token that was revoked. */
  async forgetToken(id: string): Promise<void> {
    this.#allowances.forget(id)
  }

  /** Forgets everything that is kept for a person who was removed. */
  async forgetPerson(): Promise<void> {
    await this.forgetTranscripts()
    this.#allowances.forgetAll()
    this.#store.removeAll()
  }

  /**
   * Keeps what was said in one request, sealed, where its user wants that. The database is asked
   * each time: who has turned it off has turned it off, whatever an isolate remembers.
   */
  async keepTranscript(request: string, sealed: string): Promise<void> {
    const forgotten = this.#forgotten
    const wanted = await keepsTranscripts(this.env.DB, this.ctx.id.name ?? '')
    // It may have been turned off while the database was asked.
    if (!wanted || forgotten !== this.#forgotten) return
    this.#store.addTranscript(request, sealed, mostTranscripts)
    await this.#alarms.schedule(timeOfId(request) + transcriptMs + sweepMs)
  }

  /** What was said in one request, sealed; undefined where it is not kept, or not any more. */
  async readTranscript(request: string): Promise<string | undefined> {
    return timeOfId(request) < this.#steady.now() - transcriptMs
      ? undefined
      : this.#store.readTranscript(request)
  }

  async forgetTranscripts(): Promise<void> {
    this.#forgotten++
    this.#store.removeTranscripts()
  }

  /** Expires claims, transcripts, and reservations that were never settled. */
  override async alarm(): Promise<void> {
    await this.#alarms.ring()
  }

  async #readyEpoch(): Promise<number> {
    return (await this.#epoch.current()) ?? 0
  }
}
