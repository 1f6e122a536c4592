/**
 * The search for a key that serves: candidate after candidate, pool after pool, until one answers
 * or nothing is left to try; then, for who would wait, in the pool that is free soonest. How one
 * pool is asked, key after key, is in `pool-attempts.ts`.
 */
import type { Caller } from '../auth/caller.ts'
import type { Usage } from '../chat/events.ts'
import type { ConfiguredRoute } from '../db/configuration.ts'
import { rememberDisabledKeys } from '../db/disabled-keys.ts'
import { writeRecords } from '../db/log-writer.ts'
import { spokenDialects } from '../dialects/index.ts'
import { HubError } from '../errors.ts'
import { embeddings } from './choose-dialect.ts'
import { makeDirectory } from './provider-directory.ts'
import { hintName, isSaidToRest, latencyOf, leftOf, wasMissed } from './pool-hints.ts'
import type { AskedPool, Served } from './attempt.ts'
import type { Ledger } from './request-record.ts'
import { withDisabledKeys } from './left-out.ts'
import { needsOf } from './capabilities.ts'
import { pause } from '../http/sleep.ts'
import { makePlan, noKey, type Plan, type PlanInput } from './plan.ts'
import { type Outcome, PoolSearch } from './pool-attempts.ts'
import { takeTurn } from './round-robin.ts'
import { type MadeCall, type SearchInput, SearchState } from './request-context.ts'
import { testSuspects } from './suspect-keys.ts'
import type { TokenGate } from './cap-reservations.ts'

export class Search {
  readonly #state: SearchState
  #turn: number | undefined

  constructor(input: SearchInput) {
    this.#state = new SearchState(input)
  }

  /** The caller as the newest configuration knows them. */
  get caller(): Caller {
    return this.#state.caller
  }

  get ledger(): Ledger {
    return this.#state.ledger
  }

  /** The usage to count for a call. */
  usageOf(call: MadeCall): Usage {
    return this.#state.usageOf(call)
  }

  /** The caps of the caller's token, person and team. */
  get gate(): TokenGate {
    return this.#state.gate
  }

  /**
   * The first answer that can be had, or undefined where the client left.
   * @throws {HubError} when nobody can serve; the request is then in the log.
   */
  async run(): Promise<Served | undefined> {
    try {
      return await this.#find()
    } finally {
      const { doubt, input, suspects, caller } = this.#state
      if (input.clientLeft.aborted || input.deadline.aborted) doubt.dismiss()
      else doubt.release()
      if (suspects.length > 0) input.background(testSuspects(input.env, caller, suspects))
    }
  }

  async #find(): Promise<Served | undefined> {
    for (;;) {
      const plan = this.#plan()
      let outcome: Outcome = plan instanceof HubError ? 'nobody' : await this.#walk(plan)
      if (outcome === 'nobody') outcome = await this.#repeatCall()
      if (outcome === 'nobody') outcome = await this.#waitForSlot()
      if (outcome === 'renewed') continue
      if (outcome !== 'nobody') return outcome
      if (await this.#state.current.hasChanged()) continue
      if (!(plan instanceof HubError)) await this.#lookAtDisabledKeys()
      const error = plan instanceof HubError ? plan : this.#state.explain()
      this.#journal(error)
      throw error
    }
  }

  /** Finds out which of the candidates without a key have a disabled one. */
  async #lookAtDisabledKeys(): Promise<void> {
    const { leftOut, input, current } = this.#state
    if (!leftOut.some(({ reason }) => reason === noKey)) return
    try {
      const disabled = await rememberDisabledKeys(input.env.DB, current.caller.configuration, Date.now())
      this.#state.leftOut = withDisabledKeys(leftOut, disabled)
    } catch (thrown) {
      console.warn(`${input.requestId} could not look for disabled keys.`, thrown)
    }
  }

  /** The plan, or why there can be none. */
  #plan(): Plan | HubError {
    const { input, caller, estimate, gate } = this.#state
    const { env, request, sandbox } = input
    const { configuration, token } = caller
    this.#state.beginPlan()
    this.#state.noteRoute()
    const plan = makePlan({
      asked: request.model,
      routes: configuration.routes,
      directory: makeDirectory(configuration, env, sandbox),
      clientDialect: request.origin.dialect,
      spoken: spokenDialects,
      allowedModels: token?.allowedModels ?? null,
      needs: needsOf(request, estimate),
      allowedProviders: request.allowedProviders ?? null,
      turnOf: (route) => this.#turnOf(route),
      heardOf: this.#heard(Date.now()),
    })
    if (plan instanceof HubError) return plan
    const payable = gate.narrow(caller, plan)
    this.#state.leftOut = payable.leftOut
    return payable
  }

  /** The turn of a request on a route: the same when it is planned again. */
  #turnOf(route: ConfiguredRoute): number {
    const { current, input } = this.#state
    const kind = input.request.origin.dialect === embeddings ? 'embeddings' : 'chat'
    return (this.#turn ??= takeTurn(current.userId, route, kind))
  }

  /** What this isolate has heard of candidates: of the caller's own pools first. */
  #heard(now: number): PlanInput['heardOf'] {
    const owners = [this.#state.current.userId, 'hub']
    return ({ provider, model }) => {
      const names = owners.map((owner) => hintName(owner, provider, model))
      return {
        latencyMs: names.map((name) => latencyOf(name, now)).find((ms) => ms !== undefined),
        left: names.map((name) => leftOf(name, now)).find((left) => left !== undefined),
      }
    }
  }

  /**
   * Asks pool after pool. Those that have just said that they rest, or that have missed the model,
   * are asked last: they may have changed their mind.
   */
  async #walk(plan: Plan): Promise<Outcome> {
    const pools = plan.candidates.flatMap((candidate) =>
      candidate.poolOwners.map((poolOwner) => ({ candidate, poolOwner })),
    )
    const { epoch } = this.#state.caller.configuration
    const now = Date.now()
    const rests = ({ candidate, poolOwner }: AskedPool): boolean => {
      const name = hintName(poolOwner, candidate.providerId, candidate.model)
      return isSaidToRest(name, epoch, now) || wasMissed(this.#state.current.userId, name, now)
    }
    const ready = pools.filter((each) => !rests(each))
    for (const [index, pool] of [...ready, ...pools.filter(rests)].entries()) {
      this.#state.hasAlternative = index + 1 < ready.length
      const step = await new PoolSearch(this.#state, pool, false).run()
      if (step !== 'next') return step
    }
    return 'nobody'
  }

  /**
   * Makes one failed call again, after a moment, where nobody else could serve and it may go well.
   */
  async #repeatCall(): Promise<Outcome> {
    this.#state.hasAlternative = false
    const { repeatable, input, patience, tried, refused, requestFault } = this.#state
    if (!repeatable || refused || requestFault || patience.isSpent) return 'nobody'
    this.#state.repeatable = undefined
    await pause(repeatable.notBefore - Date.now(), [input.clientLeft, input.deadline])
    const { keyId, model, pool } = repeatable
    const failure = tried.findIndex((key) => key.keyId === keyId && key.model === model)
    if (failure >= 0) tried.splice(failure, 1)
    const step = await new PoolSearch(this.#state, pool, false).run()
    return step === 'next' ? 'nobody' : step
  }

  /** Waits in the pool that is free soonest, as long as the client would wait. */
  async #waitForSlot(): Promise<Outcome> {
    const { refusals, patience, tried, doubt, ledger } = this.#state
    doubt.release()
    const withoutPlace = new Set<string>()
    for (;;) {
      const [soonest] = [...refusals]
        .filter(([name]) => !withoutPlace.has(name))
        .filter(([, { retryAt }]) => retryAt !== undefined && retryAt <= patience.waitsUntil)
        .toSorted(([, a], [, b]) => (a.retryAt ?? 0) - (b.retryAt ?? 0))
      if (!soonest || this.#state.refused || this.#state.requestFault) return 'nobody'
      if (Date.now() >= patience.waitsUntil || patience.isSpent) return 'nobody'
      const [name, pool] = soonest
      refusals.delete(name)
      // A key that failed may be tried again when its rest is over, which is what is waited for.
      tried.length = 0
      const attempts = ledger.trail.length
      const step = await new PoolSearch(this.#state, pool, true).run()
      if (step !== 'next') return step
      // A full line has no place a moment later either. Asked again at once and without end, the
      // pool would have no time for those who wait in it.
      if (ledger.trail.length === attempts) withoutPlace.add(name)
    }
  }

  /**
   * Puts a request that nobody served into the log: through the pool that answered last, or
   * straight where there was none to ask.
   */
  #journal(error: HubError): void {
    const { input, ledger, gate, lastPool } = this.#state
    const record = ledger.record(Date.now(), { status: error.status, error })
    gate.close(ledger.uses)
    input.background(lastPool ? lastPool.journal(record) : writeRecords(input.env.DB, [record]))
  }
}
