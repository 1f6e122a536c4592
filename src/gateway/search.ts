/**
 * The search for a key that serves: candidate after candidate, pool after pool, key after key, until one answers or nothing is
 * left to try; then, for who would wait, in the pool that is free soonest. What was learned on the way is told to the pools at
 * once; a retry in the same pool carries it along.
 */
import { type Caller, renewCaller } from '../auth/caller.ts'
import { estimatedUsage } from '../chat/events.ts'
import type { ChatRequest, DialectId } from '../chat/request.ts'
import { outbound } from '../dialects/index.ts'
import { readEpoch } from '../db/configuration.ts'
import { writeRecords } from '../db/records.ts'
import type { Env } from '../env.ts'
import { type Fault, HubError, toHubError, type TrailEntry } from '../errors.ts'
import type { Admission, Lease, Need, Outcome as CallOutcome, Settlement } from '../quota/lease.ts'
import { poolStub } from '../quota/stub.ts'
import { attempt, type AttemptResult } from './attempt.ts'
import { budgets } from './budgets.ts'
import type { Resumed } from './conversation.ts'
import { nameConversation } from './conversation-name.ts'
import { makeDirectory } from './directory.ts'
import { estimateTokens } from './estimate.ts'
import { hintName, isSaidToRest, latencyOf, leftOf, noteHint } from './hints.ts'
import { clientLeftStatus, Ledger } from './ledger.ts'
import { needsOf } from './needs.ts'
import { type Candidate, type LeftOut, makePlan, type Plan } from './plan.ts'
import { pause } from './pause.ts'
import { TokenGate } from './token-gate.ts'
import { explainFailure, type Refusal } from './verdict.ts'

export interface SearchInput {
  env: Env
  caller: Caller
  request: ChatRequest
  requestId: string
  receivedAt: number
  /** The request as it came, for the one who keeps what it goes on from. */
  original?: NonNullable<Resumed['original']>
  /** Whether this deployment offers the sandbox to this request. */
  sandbox: boolean
  clientLeft: AbortSignal
  deadline: AbortSignal
  /** How long the client would wait for a slot when everything rests, in milliseconds. */
  maxWaitMs: number
  /** Keeps work alive after the answer has been sent. */
  background: (work: Promise<unknown>) => void
}

/** Someone who serves: the answer has its first content. The lease is still to be settled. */
export interface Served {
  candidate: Candidate
  lease: Lease
  poolOwner: string
  entry: TrailEntry
  answer: Extract<AttemptResult, { type: 'whole' | 'stream' }>
}

/** How the search ended, or is to be gone on with: planned anew, or not at all. Undefined where the client left. */
type Outcome = Served | 'nobody' | 'renewed' | undefined
/** The same of one pool: it may have no key (left) for this request. */
type Step = Outcome | 'next'

/** What changed for the whole hub raises nobody's epoch; a configuration younger than this is taken to have it, in milliseconds. */
const freshMs = 1_000
/** How often one request follows a configuration that changes under it. */
const maxRenewals = 3

let turn = 0

type Pool = ReturnType<typeof poolStub>

export class Search {
  readonly ledger: Ledger
  readonly estimate: { inputTokens: number; outputTokens: number }
  /** What the caller's token may use and spend. */
  readonly gate: TokenGate
  readonly #input: SearchInput
  #caller: Caller
  readonly #tried: string[] = []
  #leftOut: LeftOut[] = []
  /** The last refusal of each pool, by its name. */
  readonly #refusals = new Map<string, Refusal>()
  readonly #conversation: string | undefined
  readonly #waitUntil: number
  /** Time that went by in waiting is not counted as time spent on failing. */
  #waitedMs = 0
  /** A provider's verdict on the request itself, kept while another model may still be able to serve it. */
  #requestFault: Fault | undefined
  /** The first refusal of a dialect to say this request in its words. */
  #unfit: HubError | undefined
  /** What the first pool that did not answer failed with. */
  #broken: unknown
  /** Why the caller's token may not make this request. */
  #refused: HubError | undefined
  #renewals = 0
  /** A pool has said that the configuration is the newest. */
  #confirmed = false
  /** The pool that answered last. */
  #lastPool: Pool | undefined

  constructor(input: SearchInput) {
    this.#input = input
    this.#caller = input.caller
    this.estimate = estimateTokens(input.request)
    this.gate = new TokenGate({ ...input, estimate: this.estimate })
    const { user } = input.caller.configuration
    this.#conversation = nameConversation(user.id, input.request, this.estimate.inputTokens)
    this.#waitUntil = input.receivedAt + input.maxWaitMs
    this.ledger = new Ledger(input.requestId, input.receivedAt, input.caller, input.request)
  }

  /** The caller as the newest configuration knows them. */
  get caller(): Caller {
    return this.#caller
  }

  /**
   * The first answer that can be had, or undefined where the client left.
   * @throws {HubError} when nobody can serve; the request is then in the log.
   */
  async run(): Promise<Served | undefined> {
    turn++
    for (;;) {
      const plan = this.#plan()
      let outcome: Outcome = plan instanceof HubError ? 'nobody' : await this.#walk(plan)
      if (outcome === 'nobody') outcome = await this.#waitForSlot()
      if (outcome === 'renewed') continue
      if (outcome !== 'nobody') return outcome
      if (await this.#hasChanged()) continue
      const error = plan instanceof HubError ? plan : this.#explain()
      this.#journal(error)
      throw error
    }
  }

  /** The plan, or why there can be none. */
  #plan(): Plan | HubError {
    const { env, request, sandbox } = this.#input
    const { configuration, token } = this.#caller
    this.#leftOut = []
    this.#refusals.clear()
    const now = Date.now()
    const plan = makePlan({
      asked: request.model,
      routes: configuration.routes,
      directory: makeDirectory(configuration, env, sandbox),
      clientDialect: request.origin.dialect,
      // The registry's names are dialects by construction; Object.keys forgets it.
      spoken: Object.keys(outbound) as DialectId[],
      allowedModels: token?.allowedModels ?? null,
      needs: needsOf(request, this.estimate),
      allowedProviders: request.allowedProviders ?? null,
      turn,
      heardOf: ({ provider, model }) => {
        const names = [configuration.user.id, 'hub'].map((owner) => hintName(owner, provider, model))
        return {
          latencyMs: names.map((name) => latencyOf(name, now)).find((ms) => ms !== undefined),
          left: names.map((name) => leftOf(name, now)).find((left) => left !== undefined),
        }
      },
    })
    if (plan instanceof HubError) return plan
    const payable = this.gate.narrow(this.#caller, plan)
    this.#leftOut = payable.leftOut
    return payable
  }

  /** Asks pool after pool. Those that have just said that they rest are asked last: they may have changed their mind. */
  async #walk(plan: Plan): Promise<Outcome> {
    const pools = plan.candidates.flatMap((candidate) =>
      candidate.poolOwners.map((poolOwner) => ({ candidate, poolOwner })),
    )
    const { epoch } = this.#caller.configuration
    const rests = ({ candidate, poolOwner }: (typeof pools)[number]): boolean =>
      isSaidToRest(hintName(poolOwner, candidate.providerId, candidate.model), epoch, Date.now())
    for (const { candidate, poolOwner } of [
      ...pools.filter((pool) => !rests(pool)),
      ...pools.filter(rests),
    ]) {
      const step = await this.#tryPool(candidate, poolOwner)
      if (step !== 'next') return step
    }
    return 'nobody'
  }

  /** Waits in the pool that is free soonest, as long as the client would wait. */
  async #waitForSlot(): Promise<Outcome> {
    for (;;) {
      const [soonest] = [...this.#refusals]
        .filter(([, { retryAt }]) => retryAt !== undefined && retryAt <= this.#waitUntil)
        .toSorted(([, a], [, b]) => (a.retryAt ?? 0) - (b.retryAt ?? 0))
      if (!soonest || this.#refused || this.#requestFault || Date.now() >= this.#waitUntil || this.#spent())
        return 'nobody'
      const [name, { candidate, poolOwner }] = soonest
      this.#refusals.delete(name)
      // A key that failed may be tried again when its rest is over, which is what is waited for.
      this.#tried.length = 0
      const step = await this.#tryPool(candidate, poolOwner, true)
      if (step !== 'next') return step
    }
  }

  /** Tries the keys of one pool until one serves or the pool has none left for this request. */
  async #tryPool(candidate: Candidate, poolOwner: string, waits = false): Promise<Step> {
    const { env, background } = this.#input
    const pool = poolStub(env, poolOwner, candidate.providerId)
    const name = hintName(poolOwner, candidate.providerId, candidate.model)
    let previous: Settlement | undefined
    let place: string | undefined
    for (;;) {
      if (this.#spent() && this.ledger.trail.length > 0) {
        if (previous) background(pool.settle(previous))
        return 'nobody'
      }
      const isLikelyRefused = this.gate.isLikelyRefused(this.#caller)
      const reserving = this.gate.reserve(this.#caller)
      if (isLikelyRefused && (await reserving)) {
        this.#lastPool = pool
        return (await this.#hear(this.gate.epoch, reserving)) ?? 'nobody'
      }
      let admission: Admission
      try {
        admission = await pool.admit(this.#need(candidate, waits, place), previous)
      } catch (thrown) {
        // One pool that is down does not take the others along. What it was to settle is sent again, by a stub that has not failed.
        if (previous) background(poolStub(env, poolOwner, candidate.providerId).settle(previous))
        console.error(`${this.#input.requestId} found no pool of ${candidate.providerId}`, thrown)
        this.#broken ??= thrown
        this.#leftOut.push({
          provider: candidate.providerId,
          model: null,
          reason: 'its key pool did not answer',
        })
        return 'next'
      }
      this.#lastPool = pool
      previous = undefined
      noteHint(name, admission.hint, admission.epoch, Date.now())
      const answer = admission
      const heard = await this.#hear(admission.epoch, reserving, () => this.#decline(pool, answer))
      if (heard) return heard
      if (admission.type === 'refusal') {
        const { refusals, unlisted, retryAt } = admission
        this.#refusals.set(name, { candidate, poolOwner, refusals, unlisted, retryAt })
        return 'next'
      }
      if (admission.type === 'place') {
        place = admission.place
        const step = await this.#pause(pool, place, admission.notBefore)
        if (step !== 'go-on') return step
        continue
      }
      place = undefined
      const step = await this.#call(candidate, poolOwner, pool, admission.lease)
      if (step === undefined || typeof step === 'string' || 'answer' in step) return step
      previous = step
    }
  }

  /**
   * What the user's epoch and the limits of their token make of the search: it is planned anew where this isolate knows old things, and
   * over where the token may not make the request. What a pool has given is given back before.
   */
  async #hear(
    epoch: number,
    reserving: Promise<HubError | undefined>,
    giveBack = (): void => {},
  ): Promise<'renewed' | 'nobody' | undefined> {
    if (epoch > this.#caller.configuration.epoch && this.#renewals++ < maxRenewals) {
      giveBack()
      this.gate.giveBack(this.#caller.configuration.user.id)
      this.#caller = await renewCaller(this.#input.env, this.#caller, Date.now())
      return 'renewed'
    }
    this.#confirmed = true
    this.#refused = await reserving
    if (!this.#refused) return undefined
    giveBack()
    return 'nobody'
  }

  /** Gives back what a pool has given. */
  #decline(pool: Pool, admission: Admission): void {
    const { background } = this.#input
    if (admission.type === 'lease')
      background(pool.settle({ leaseId: admission.lease.id, outcome: { type: 'unused' } }))
    if (admission.type === 'place') background(pool.leave(admission.place))
  }

  /** Waits until a place is due, or until it is time to show that somebody still waits. Who waits no longer gives it up. */
  async #pause(pool: Pool, place: string, notBefore: number): Promise<'go-on' | 'nobody' | undefined> {
    const { background, clientLeft, deadline } = this.#input
    const from = Date.now()
    const until = Math.min(notBefore, this.#waitUntil, from + budgets.askAgainMs)
    await pause(until - from, [clientLeft, deadline])
    this.#waitedMs += Date.now() - from
    if (!clientLeft.aborted && !deadline.aborted) return 'go-on'
    background(pool.leave(place))
    if (deadline.aborted) return 'nobody'
    const usage = estimatedUsage(0, 0)
    const record = this.ledger.record(Date.now(), { status: clientLeftStatus, usage })
    background(pool.journal(record))
    this.gate.close(record)
    return undefined
  }

  /**
   * Makes one call. Answers who serves, where to go on, or what is to be settled before the same pool is asked for another
   * key; undefined where the client left.
   */
  async #call(
    candidate: Candidate,
    poolOwner: string,
    pool: Pool,
    lease: Lease,
  ): Promise<Served | Settlement | 'next' | 'nobody' | undefined> {
    const { env, background, clientLeft, deadline } = this.#input
    const settle = (settlement: Omit<Settlement, 'leaseId'>): void =>
      background(pool.settle({ leaseId: lease.id, ...settlement }))
    const entry = this.ledger.open(candidate, lease, Date.now())
    let result: AttemptResult
    try {
      result = await attempt({
        env,
        request: this.#requestFor(candidate, lease),
        candidate,
        lease,
        clientLeft,
        deadline,
      })
    } catch (thrown) {
      // A fault of the hub's own, before any call was made: what was reserved is given back.
      settle({ outcome: { type: 'unused' } })
      this.gate.giveBack(this.#caller.configuration.user.id)
      throw thrown
    }
    const now = Date.now()
    switch (result.type) {
      case 'whole':
      case 'stream':
        this.ledger.firstContentAt = now
        // Others wait for the proof that the rest is over; a stream may last long after it.
        if (lease.probe && result.type === 'stream') background(pool.prove(lease.id))
        return { candidate, lease, poolOwner, entry, answer: result }
      case 'unfit': {
        settle({ outcome: { type: 'unused' } })
        this.ledger.withdraw(entry)
        this.#unfit ??= result.error
        this.#leftOut.push({
          provider: candidate.providerId,
          model: lease.model,
          reason: result.error.message,
        })
        return 'next'
      }
      case 'client-left': {
        this.ledger.close(entry, 'client-left', now)
        const usage = estimatedUsage(this.estimate.inputTokens, 0)
        const record = this.ledger.record(now, { status: clientLeftStatus, usage })
        settle({ outcome: { type: 'cancelled', usage }, record })
        this.gate.close(record)
        return undefined
      }
      case 'fault': {
        const { fault } = result
        this.ledger.close(entry, fault, now)
        this.#tried.push(lease.keyId)
        const onward = this.#afterFault(fault)
        const outcome: CallOutcome = { type: 'failure', fault }
        const { stated } = result
        const said = { outcome, ...(stated && { stated }) }
        if (onward === 'same-pool') return { leaseId: lease.id, ...said }
        settle(said)
        return onward
      }
    }
  }

  /** Who made what a request goes on from is sent the reference; everyone else what it stands for. */
  #requestFor(candidate: Candidate, lease: Lease): ChatRequest {
    const { original } = this.#input
    const request = this.gate.limit(this.#input.request)
    const made = original?.provider === candidate.providerId && original.keyId === lease.keyId
    return made ? { ...request, origin: { ...request.origin, body: original.body } } : request
  }

  /** Who is asked after a fault. */
  #afterFault(fault: Fault): 'same-pool' | 'next' | 'nobody' {
    switch (fault.blame) {
      case 'request':
        this.#requestFault = fault
        // Another model may take what is too long for this one; nobody else is asked about a request that is wrong.
        return fault.verdict === 'context-too-long' ? 'next' : 'nobody'
      case 'region':
      case 'unknown':
        return fault.verdict === 'deadline' ? 'nobody' : 'next'
      case 'key':
      case 'account':
      case 'model':
      case 'provider':
        return 'same-pool'
    }
  }

  /** Whether there are no attempts or no time left for another. */
  #spent(): boolean {
    return (
      this.ledger.trail.length >= budgets.attempts ||
      Date.now() - this.#input.receivedAt - this.#waitedMs > budgets.fallbackMs ||
      this.#input.deadline.aborted
    )
  }

  #need(candidate: Candidate, waits: boolean, place: string | undefined): Need {
    const { token, configuration } = this.#caller
    return {
      requestId: this.#input.requestId,
      user: configuration.user.id,
      ...(candidate.model !== undefined && { model: candidate.model }),
      defaultModel: candidate.provider.defaultModel,
      estimate: this.estimate,
      ...(this.#input.request.allowedPriorities && {
        allowedPriorities: this.#input.request.allowedPriorities,
      }),
      excludedKeys: this.#tried,
      ...(this.#conversation !== undefined &&
        candidate.provider.cachesPrompts && { conversation: this.#conversation }),
      ...(waits && {
        wait: {
          waiter: token?.id ?? configuration.user.id,
          until: this.#waitUntil,
          ...(place !== undefined && { place }),
        },
      }),
      record: this.ledger.record(Date.now()),
    }
  }

  /**
   * Whether nobody could serve only because what this isolate knew was old. A pool that was asked has confirmed what is known;
   * where none was, the database is.
   */
  async #hasChanged(): Promise<boolean> {
    if (this.#confirmed || this.#renewals++ >= maxRenewals) return false
    const { env } = this.#input
    const { configuration, readAt } = this.#caller
    const now = Date.now()
    const isCurrent = (await readEpoch(env.DB, configuration.user.id)) === configuration.epoch
    if (isCurrent && now - readAt < freshMs) return false
    this.#caller = await renewCaller(env, this.#caller, now)
    return JSON.stringify(this.#caller.configuration) !== JSON.stringify(configuration)
  }

  #explain(): HubError {
    if (this.#refused) return this.#refused
    const nobodyAsked = this.ledger.trail.length === 0 && this.#refusals.size === 0
    if (this.#broken !== undefined && nobodyAsked) return toHubError(this.#broken)
    return explainFailure({
      asked: this.#input.request.model,
      trail: this.ledger.trail,
      leftOut: this.#leftOut,
      refusals: [...this.#refusals.values()],
      requestFault: this.#requestFault,
      unfit: this.#unfit,
      timedOut: this.#input.deadline.aborted,
    })
  }

  /** Puts a request that nobody served into the log: through the pool that answered last, or straight where there was none to ask. */
  #journal(error: HubError): void {
    const { env, background } = this.#input
    const record = this.ledger.record(Date.now(), { status: error.status, error })
    this.gate.close(record)
    background(this.#lastPool ? this.#lastPool.journal(record) : writeRecords(env.DB, [record]))
  }
}
