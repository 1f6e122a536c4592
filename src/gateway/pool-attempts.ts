/**
 * The search in one pool: it is asked for a key, and for another when that one fails, until one
 * serves or it has none left for this request. What a key came to is told to the pool at once, or
 * carried along by the next question.
 */
import type { HubError } from '../errors.ts'
import type { Admission, Lease, Need, Settlement } from '../quota/rpc.ts'
import { poolName, poolStub } from '../quota/stub.ts'
import { hintName, noteHint } from './pool-hints.ts'
import { type AskedPool, callWithLease, type Served } from './attempt.ts'
import { clientLeftStatus } from './request-record.ts'
import type { Candidate } from './plan.ts'
import { withMoney } from './price-bounds.ts'
import { argumentOf, poolSettlements } from './pool-settlements.ts'
import type { PoolStub, SearchState } from './request-context.ts'

/**
 * How a search ended, or is to be gone on with: planned anew, or not at all. Undefined where the
 * client left.
 */
export type Outcome = Served | 'nobody' | 'renewed' | undefined
/** The same of one pool: it may have no key (left) for this request. */
type Step = Outcome | 'next'

export class PoolSearch {
  readonly #state: SearchState
  readonly #candidate: Candidate
  readonly #poolOwner: string
  readonly #waits: boolean
  readonly #pool: PoolStub
  readonly #name: string
  /** What the last key came to, for the next question to carry along. */
  #previous: Settlement | undefined
  /** The place that is kept for this request, where it waits. */
  #place: string | undefined

  /** @param waits whether a place is asked for where no key can serve yet. */
  constructor(state: SearchState, { candidate, poolOwner }: AskedPool, waits: boolean) {
    this.#state = state
    this.#candidate = candidate
    this.#poolOwner = poolOwner
    this.#waits = waits
    this.#pool = this.#stub()
    this.#name = hintName(poolOwner, candidate.providerId, candidate.model)
  }

  /** Tries the keys of the pool until one serves or it has none left for this request. */
  async run(): Promise<Step> {
    const { input, ledger, patience, secondOpinion } = this.#state
    if (!secondOpinion.mayAsk(this.#candidate.providerId)) return 'next'
    for (;;) {
      if (patience.isSpent && ledger.trail.length > 0) {
        if (this.#previous) input.background(this.#pool.settle(this.#previous))
        return 'nobody'
      }
      const step = await this.#ask()
      if (step !== 'again') return step
    }
  }

  /** Asks for a key, and for leave to use it. */
  async #ask(): Promise<Step | 'again'> {
    const { current, gate } = this.#state
    const isLikelyRefused = gate.isLikelyRefused()
    const reserving = gate.reserve(current.caller)
    if (isLikelyRefused && (await reserving)) {
      this.#state.lastPool = this.#pool
      return (await this.#hear(gate.epoch, reserving)) ?? 'nobody'
    }
    const admission = await this.#admit()
    if (!admission) return 'next'
    const { epoch, hint } = admission
    noteHint(this.#name, hint, epoch, Date.now())
    return (await this.#hear(epoch, reserving, () => this.#decline(admission))) ?? this.#follow(admission)
  }

  /** What the pool answers; undefined where it does not. */
  async #admit(): Promise<Admission | undefined> {
    const { input, leftOut, ledger } = this.#state
    const previous = this.#previous
    try {
      const name = poolName(this.#poolOwner, this.#candidate.providerId)
      const admission = await poolSettlements.carry(name, async (others): Promise<Admission> =>
        this.#pool.admit(this.#need(), argumentOf([...(previous ? [previous] : []), ...others])),
      )
      this.#state.lastPool = this.#pool
      this.#previous = undefined
      return admission
    } catch (thrown) {
      const { providerId } = this.#candidate
      // One pool that is down does not take the others along. What it was to settle is sent again,
      // by a stub that has not failed.
      if (previous) input.background(this.#stub().settle(previous))
      console.error(`${input.requestId} found no pool of ${providerId}`, thrown)
      this.#state.broken ??= thrown
      const after = ledger.trail.length
      leftOut.push({ provider: providerId, model: null, reason: 'its key pool did not answer', after })
      return undefined
    }
  }

  /**
   * Applies the epochs of the user and their team, and all caps, to the search. It is planned again
   * where this isolate's configuration is old, and over where a cap refuses. A lease or place is
   * given back first.
   */
  async #hear(
    epoch: number,
    reserving: Promise<HubError | undefined>,
    giveBack = (): void => {},
  ): Promise<'renewed' | 'nobody' | undefined> {
    const { current, gate } = this.#state
    if (!current.isBehind(epoch)) {
      current.confirm()
      const refused = await reserving
      if (!current.isBehind(epoch, gate.teamEpoch)) {
        this.#state.refused = refused
        if (!refused) return undefined
        giveBack()
        return 'nobody'
      }
    }
    giveBack()
    gate.giveBack()
    await current.renew()
    return 'renewed'
  }

  /** Gives back what the pool has given. */
  #decline(admission: Admission): void {
    const { background } = this.#state.input
    if (admission.type === 'lease')
      background(this.#pool.settle({ leaseId: admission.lease.id, outcome: { type: 'unused' } }))
    if (admission.type === 'place') background(this.#pool.leave(admission.place))
  }

  #follow(admission: Admission): Promise<Step | 'again'> | 'next' | 'again' {
    switch (admission.type) {
      case 'refusal': {
        // No other key contradicts the last one: the pool hears of it, and says when it is worth
        // asking.
        this.#previous = this.#state.doubt.take(this.#pool)
        if (this.#previous) return 'again'
        const { refusals, unlisted, retryAt } = admission
        const asked = { candidate: this.#candidate, poolOwner: this.#poolOwner }
        // Keys of one pool may go with several rows, and each of them is asked for by itself.
        const name = JSON.stringify([this.#name, this.#candidate.row.binding.owner])
        const after = this.#state.ledger.trail.length
        this.#state.refusals.set(name, { ...asked, refusals, unlisted, retryAt, after })
        return 'next'
      }
      case 'place':
        this.#place = admission.place
        return this.#pause(admission.place, admission.notBefore)
      case 'lease':
        this.#place = undefined
        return this.#call(admission.lease)
    }
  }

  /** Waits before the pool is asked again. Who waits no longer gives the place up. */
  async #pause(place: string, notBefore: number): Promise<'again' | 'nobody' | undefined> {
    const { input, ledger, gate, patience } = this.#state
    const end = await patience.wait(notBefore)
    if (end === 'go-on') return 'again'
    input.background(this.#pool.leave(place))
    if (end === 'deadline') return 'nobody'
    const record = ledger.record(Date.now(), { status: clientLeftStatus })
    input.background(this.#pool.journal(record))
    gate.close(ledger.uses)
    return undefined
  }

  /**
   * Uses a lease. Where another key of the pool is to be tried, what this one came to waits for the
   * next question.
   */
  async #call(lease: Lease): Promise<Step | 'again'> {
    const asked = { candidate: this.#candidate, poolOwner: this.#poolOwner }
    const end = await callWithLease(this.#state, asked, this.#pool, lease)
    if (typeof end !== 'object' || 'answer' in end) return end
    this.#previous = end
    return 'again'
  }

  #need(): Need {
    const { input, ledger, estimate, tried, patience } = this.#state
    const { token, configuration } = this.#state.caller
    const { model, provider, row } = this.#candidate
    const { allowedPriorities } = input.request
    const conversation = this.#state.conversation.for(provider)
    const { maxShare } = configuration.user
    return {
      requestId: input.requestId,
      user: configuration.user.id,
      ...(maxShare !== null && { maxShare }),
      ...(model !== undefined && { model }),
      defaultModel: provider.defaultModel,
      row: row.binding.owner,
      estimate: withMoney(this.#candidate, configuration, estimate),
      ...(allowedPriorities && { allowedPriorities }),
      excludedKeys: tried.flatMap((key) => (key.model === undefined ? [key.keyId] : [])),
      failedAt: tried.flatMap(({ keyId, model: at }) => (at === undefined ? [] : [{ keyId, model: at }])),
      ...(conversation !== undefined && { conversation }),
      ...((this.#waits || patience.waitsUntil > Date.now()) && {
        wait: {
          waiter: token?.id ?? configuration.user.id,
          until: patience.waitsUntil,
          ...(!this.#waits && { asksOnly: true }),
          ...(this.#place !== undefined && { place: this.#place }),
        },
      }),
      record: ledger.record(Date.now()),
    }
  }

  #stub(): PoolStub {
    return poolStub(this.#state.input.env, this.#poolOwner, this.#candidate.providerId)
  }
}
