/**
 * The user's object: what must be decided once per user, whatever isolate asks.
 *
 * This file is the object's verbs and nothing else: it reads the clock, hands state to pure functions, and writes what they
 * decide in one step, with no await in between. What is stored, and what is promised, is in README.md.
 */
import { DurableObject } from 'cloudflare:workers'
import { readEpoch } from '../db/configuration.ts'
import { keepsTranscripts } from '../db/users.ts'
import type { Env } from '../env.ts'
import { firstIdAt, randomId, timeOfId } from '../ids.ts'
import { type Allowance, allowanceUnder, type Reservation, reserve, settle } from './allowance.ts'
import { type ClaimAnswer, type ClaimedCall, claimMs, keepMs, leads, standingOf } from './claims.ts'
import type { Spent, TokenAnswer, TokenNeed, TokenRules, TokenUse } from './reservation.ts'
import { migrate } from './schema.ts'
import { type KnownEpoch, UserStore } from './store.ts'
import { reportUse } from './token-report.ts'
import { mostTranscripts, transcriptMs } from './transcripts.ts'

/** What has expired is looked past at once and swept later: so many claims go at a time, and an alarm costs a row. */
const sweepMs = 60_000

/** News of a change that never arrived are made good after this long. */
const copyAgeMs = 60_000

/** What an object that is awake has in memory of tokens with limits: a copy of its storage, loaded when first needed. */
interface Tokens {
  allowances: Map<string, Allowance>
  /** Those that are open, in the order in which they end. */
  reservations: Map<string, Reservation>
}

export class UserObject extends DurableObject<Env> {
  /** The one clock of the object. Tests put their own here. */
  clock = (): number => Date.now()

  readonly #store: UserStore
  #tokens: Tokens | undefined
  #epoch: KnownEpoch | undefined
  #latest = 0
  /** How often all transcripts were forgotten since this instance woke. */
  #forgotten = 0
  /** The alarm that this instance knows to be set. */
  #alarmAt = Infinity

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    migrate(ctx.storage)
    this.#store = new UserStore(ctx.storage.sql)
  }

  /** The user's configuration has changed. D1 has it already; it may be told twice, and in any order. */
  async raiseEpoch(epoch: number): Promise<void> {
    const { epoch: before = 0, pulledAt = 0 } = this.#knownEpoch() ?? {}
    if (epoch > before) this.#saveEpoch({ epoch, pulledAt })
  }

  /** Gives a call to whoever asks for it first, and to all others with the same name what came of it. */
  async claim(call: ClaimedCall): Promise<ClaimAnswer> {
    const { name, body } = call
    const epoch = await this.#readyEpoch()
    const now = this.#now()
    const claim = this.#store.readClaim(name)
    const standing = standingOf(claim, call, now)
    switch (standing) {
      case 'free': {
        const ticket = randomId('claim')
        this.#store.removeClaim(name)
        this.#store.writeClaim({ name, body, ticket, outcome: 'running', expiresAt: now + claimMs })
        await this.#schedule(now + claimMs + sweepMs)
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

  /** Lets one request of a token through and reserves what it may need, or says why not and when. */
  async reserve(rules: TokenRules, need: TokenNeed): Promise<TokenAnswer> {
    const epoch = await this.#readyEpoch()
    const { allowances, reservations } = this.#awakeTokens()
    const now = this.#now()
    const running = this.#openOf(rules.id, now).length
    const allowance = allowanceUnder(rules, allowances.get(rules.id))
    const decision = reserve(rules, allowance, running, need, randomId('res'), now)
    if (decision.type === 'refusal') return { ...decision, epoch }
    const { reservation, outputLimit } = decision
    this.#saveToken(rules.id, decision.allowance)
    this.#store.addReservation(reservation)
    reservations.set(reservation.id, reservation)
    await this.#schedule(reservation.deadlineAt)
    return {
      type: 'grant',
      epoch,
      reservationId: reservation.id,
      ...(outputLimit !== undefined && { outputLimit }),
    }
  }

  /** Ends a reservation; a second time changes nothing. @param spent absent where no call was made: all is given back. */
  async settle(reservationId: string, spent: Spent | undefined): Promise<void> {
    const { allowances, reservations } = this.#awakeTokens()
    const reservation = reservations.get(reservationId)
    if (!reservation) return
    const allowance = allowances.get(reservation.tokenId)
    if (allowance) this.#saveToken(reservation.tokenId, settle(allowance, reservation, spent, this.#now()))
    this.#removeReservation(reservationId)
  }

  /** What is used of the limits of tokens, in the order in which they are asked about. */
  async uses(tokens: TokenRules[]): Promise<TokenUse[]> {
    const { allowances } = this.#awakeTokens()
    const now = this.#now()
    return tokens.map((rules) =>
      reportUse(rules, allowanceUnder(rules, allowances.get(rules.id)), this.#openOf(rules.id, now), now),
    )
  }

  /** Forgets a token that was revoked. */
  async forgetToken(id: string): Promise<void> {
    const { allowances, reservations } = this.#awakeTokens()
    for (const { id: reservationId, tokenId } of reservations.values()) {
      if (tokenId === id) this.#removeReservation(reservationId)
    }
    allowances.delete(id)
    this.#store.removeToken(id)
  }

  /**
   * Keeps what was said in one request, sealed, where its user wants that. The database is asked each time: who has turned it off
   * has turned it off, whatever an isolate remembers.
   */
  async keepTranscript(request: string, sealed: string): Promise<void> {
    const forgotten = this.#forgotten
    const wanted = await keepsTranscripts(this.env.DB, this.ctx.id.name ?? '')
    // It may have been turned off while the database was asked.
    if (!wanted || forgotten !== this.#forgotten) return
    this.#store.addTranscript(request, sealed, mostTranscripts)
    await this.#schedule(timeOfId(request) + transcriptMs + sweepMs)
  }

  /** What was said in one request, sealed; undefined where it is not kept, or not any more. */
  async readTranscript(request: string): Promise<string | undefined> {
    return timeOfId(request) < this.#now() - transcriptMs ? undefined : this.#store.readTranscript(request)
  }

  async forgetTranscripts(): Promise<void> {
    this.#forgotten++
    this.#store.removeTranscripts()
  }

  /** One alarm for all that must happen without being asked: claims and transcripts expire, and reservations that nobody settled. */
  override async alarm(): Promise<void> {
    this.#alarmAt = Infinity
    const now = this.#now()
    this.#store.removeExpiredClaims(now)
    this.#store.removeTranscripts(firstIdAt('req', now - transcriptMs))
    const { reservations } = this.#awakeTokens()
    // What they hold stays counted.
    for (const { id, deadlineAt } of reservations.values()) if (deadlineAt <= now) this.#removeReservation(id)
    const [oldest] = reservations.values()
    const expiry = this.#store.nextExpiry()
    const transcript = this.#store.oldestTranscript()
    if (oldest) await this.#schedule(oldest.deadlineAt)
    if (expiry !== undefined) await this.#schedule(expiry + sweepMs)
    if (transcript) await this.#schedule(timeOfId(transcript) + transcriptMs + sweepMs)
  }

  /** The user's configuration epoch, read in D1 where it is not known, or was not read for a while. */
  async #readyEpoch(): Promise<number> {
    const known = this.#knownEpoch()
    if (known && this.#now() - known.pulledAt < copyAgeMs) return known.epoch
    const pulled = await readEpoch(this.env.DB, this.ctx.id.name ?? '')
    // It may have risen while D1 was read.
    const epoch = Math.max(pulled, this.#knownEpoch()?.epoch ?? 0)
    this.#saveEpoch({ epoch, pulledAt: this.#now() })
    return epoch
  }

  #knownEpoch(): KnownEpoch | undefined {
    this.#epoch ??= this.#store.readKnownEpoch()
    return this.#epoch
  }

  #saveEpoch(known: KnownEpoch): void {
    this.#epoch = known
    this.#store.writeKnownEpoch(known)
  }

  #awakeTokens(): Tokens {
    this.#tokens ??= {
      allowances: this.#store.readTokens(),
      reservations: this.#store.readReservations(),
    }
    return this.#tokens
  }

  #openOf(tokenId: string, now: number): Reservation[] {
    return [...this.#awakeTokens().reservations.values()].filter(
      (reservation) => reservation.tokenId === tokenId && reservation.deadlineAt > now,
    )
  }

  #saveToken(id: string, allowance: Allowance): void {
    this.#store.writeToken(id, allowance)
    this.#awakeTokens().allowances.set(id, allowance)
  }

  #removeReservation(id: string): void {
    this.#store.removeReservation(id)
    this.#awakeTokens().reservations.delete(id)
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
