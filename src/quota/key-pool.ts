/**
 * The key pool: one object per owner and provider, where every decision about those keys is taken,
 * one at a time.
 *
 * This file is the object's verbs and nothing else: it reads the clock, hands state to pure
 * functions, and has the books written in one step, with no await in between. What is stored, and
 * why it is exact, is in README.md.
 */
import { DurableObject } from 'cloudflare:workers'
import { type AuditEntry, writePending } from '../db/audit.ts'
import type { Env } from '../env.ts'
import { randomId } from '../ids.ts'
import type { RequestRecord } from '../observe/record.ts'
import { decide, type Decision, explainNeed, hintOf, type Pool } from './admission.ts'
import { Books } from './persistence.ts'
import { calendarOf } from './configure.ts'
import { isForgotten } from './cooldown.ts'
import { Copy } from './config-cache.ts'
import { withTest } from './forbidden-keys.ts'
import { reserve } from './reserve.ts'
import { gatherMs, Journal } from './journal.ts'
import type { Admission, Explanation, KeyToTest, Need, PoolReport, Settlement } from './rpc.ts'
import { isScarce, likelyCalls } from './expected-calls.ts'
import { accountOf, freeSlots, type OpenLease } from './pool-state.ts'
import { Pending } from './pending.ts'
import { poolDryAt, reportKeys } from './report.ts'
import { migrate } from './migrations.ts'
import { prove, settle } from './settle.ts'
import { isCountedExactly } from './shares.ts'
import { PoolStore } from './tables.ts'
import { readPoolName } from './stub.ts'
import { afterCall, suggestions, type Together } from './linked-accounts.ts'
import { restored } from './forget-limits.ts'
import { unaccountedRecord, unsettledRecord } from './orphaned-leases.ts'
import { WaitingRoom } from './wait-queue-store.ts'

/** What a pool that is awake has in memory: a copy of its storage, loaded when first needed. */
interface Awake {
  address: { owner: string; provider: string }
  books: Books
  waiting: WaitingRoom
  copy: Copy
  journal: Journal
  together: Together | undefined
}

/** How long a look at the log, or at the pool, has records follow soon. */
const watchedMs = 15_000
/** How soon they follow then. */
const watchedGatherMs = 2_000

export class KeyPool extends DurableObject<Env> {
  /** The one clock of the pool. Tests put their own here. */
  clock = (): number => Date.now()

  readonly #store: PoolStore
  #awake: Awake | undefined
  #latest = 0
  /** The alarm that this instance knows to be set. */
  #alarmAt = Infinity
  /** Until when records go to D1 soon: somebody looks. */
  #watchedUntil = 0
  /** The delivery of records that is on. */
  #delivering: Promise<void> | undefined

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    migrate(ctx.storage)
    this.#store = new PoolStore(ctx.storage.sql)
  }

  /**
   * Gives the right to one upstream call, or keeps a slot in the future for who would wait, or says
   * why not and when.
   *
   * @param settlements applied first: of the previous attempt in this pool, so that a retry is one
   *   round trip, and of earlier calls.
   */
  async admit(need: Need, settlements: Settlement | Settlement[] = []): Promise<Admission> {
    const { books, copy, waiting } = this.#wake()
    for (const settlement of [settlements].flat()) this.#end(settlement)
    const { pool, epoch } = await copy.readFor(need.user).catch(async (error: unknown) => {
      books.commit()
      await this.#schedule()
      throw error
    })
    const now = this.#now()
    this.#freeSlots()
    const { place, heldOf } = waiting.look(need, now)
    const decision = decide(pool, need, now, heldOf)
    const hint = hintOf(pool, need, decision, now)
    if (decision.type === 'lease') {
      const lease = this.#give(pool, decision, need, now)
      waiting.serve(need, place)
      books.commit()
      await this.#schedule()
      return { type: 'lease', epoch, hint, lease }
    }
    books.commit()
    const kept = waiting.keep(pool, need, place, now)
    // A refusal needs no alarm; the records that came with the settlements do.
    await this.#schedule()
    return kept ? { type: 'place', epoch, hint, ...kept } : { epoch, hint, ...decision }
  }

  /**
   * A call that went first after a rest has been answered: the others may go, although it is not
   * over.
   */
  async prove(leaseId: string): Promise<void> {
    const { books } = this.#wake()
    const lease = books.state.leases.get(leaseId)
    if (!lease) return
    const { account, circuit } = prove(books.state, lease, this.#now())
    books.saveAccount(lease.account, account)
    books.saveCircuit(circuit.model, circuit.rest)
    books.commit()
    this.#touch(lease.account)
  }

  /** The call of a lease goes on. @returns false where the lease has ended. */
  async renew(leaseId: string): Promise<boolean> {
    const { books } = this.#wake()
    const lease = books.state.leases.get(leaseId)
    if (!lease) return false
    books.renew(lease, this.#now())
    books.commit()
    this.#touch(lease.account)
    return true
  }

  /**
   * Ends leases; a second time changes nothing. Of a lease that is not known (any more) only the
   * record is kept.
   */
  async settle(settlements: Settlement | Settlement[]): Promise<void> {
    for (const settlement of [settlements].flat()) this.#end(settlement)
    this.#wake().books.commit()
    await this.#schedule()
  }

  /** Somebody who waited does so no longer. */
  async leave(placeId: string): Promise<void> {
    this.#wake().waiting.leave(placeId)
  }

  /** Keeps the record of a request that got no lease. */
  async journal(record: RequestRecord): Promise<void> {
    const { books } = this.#wake()
    books.note(record, this.#now())
    books.commit()
    await this.#schedule()
  }

  /**
   * Brings the records that wait to D1, for somebody who is about to look there, and has those of
   * the next seconds follow soon. In an outage of D1 they stay.
   */
  async deliver(): Promise<void> {
    const now = this.#now()
    const { books, journal } = this.#wake()
    this.#watchedUntil = now + watchedMs
    // What came while a delivery was on is not in it.
    await this.#delivering
    if (journal.isEmpty || journal.isFailing) return
    books.secure()
    books.commit()
    await this.#deliverRecords()
    await this.#schedule()
  }

  /**
   * Reads keys and epochs from D1 again. A change is committed there first and told here second;
   * the pool pulls, so that what is told may arrive twice or in any order.
   */
  async refresh(change?: { user: string; epoch: number }): Promise<void> {
    const { books, copy } = this.#wake()
    books.saveParts()
    await copy.renew(change)
  }

  /**
   * Whether the object's storage takes changes: begins one that changes nothing.
   * @throws where it does not.
   */
  async check(): Promise<true> {
    this.#store.check()
    return true
  }

  /**
   * What is left, who rests and why, and when it runs dry.
   * @param delivers whether the records that wait go to the log first.
   */
  async report(delivers = false): Promise<PoolReport> {
    if (delivers) await this.deliver()
    const awake = this.#wake()
    const { configuration, state } = await awake.copy.read()
    const { waiting, together } = awake
    const now = this.#now()
    this.#freeSlots()
    const dryAt = poolDryAt(configuration, state, now)
    const setAside = this.#store.countSetAside()
    return {
      strategy: configuration.strategy,
      keys: reportKeys(configuration, state, now),
      waiting: waiting.count(now),
      ...(dryAt !== undefined && { dryAt }),
      suggestions: suggestions(together),
      ...(setAside > 0 && { recordsSetAside: setAside }),
    }
  }

  /** Who would serve a need, and why the others would not. Nothing is reserved. */
  async explain(need: Need): Promise<Explanation> {
    const { copy, waiting } = this.#wake()
    const pool = await copy.read()
    const now = this.#now()
    this.#freeSlots()
    return explainNeed(pool, need, now, waiting.look(need, now).heldOf)
  }

  /**
   * Forgets all that was learned of a key, its account and the pool's circuits, by hand.
   *
   * @param entry written to the audit log once the key is found. The change follows at once, with
   *   no
   *   step between them that can fail; without the entry there is no change.
   * @returns whether the pool has the key.
   */
  async restore(keyId: string, entry?: AuditEntry): Promise<boolean> {
    const { books, copy } = this.#wake()
    const { configuration, state } = await copy.read()
    const key = configuration.keys.find(({ id }) => id === keyId)
    if (!key) return false
    if (entry) await writePending(this.env.DB, entry)
    books.saveAccount(key.account, restored(accountOf(state, key.account), keyId, this.#now()))
    for (const model of state.circuits.keys()) books.saveCircuit(model, undefined)
    books.commit()
    this.#touch(key.account)
    return true
  }

  /**
   * Says that a key is to be tested now, and notes that it is: it was refused twice, and one caller
   * alone cannot prove that it is the key's fault. Undefined where no test is due.
   */
  async takeTest(keyId: string): Promise<KeyToTest | undefined> {
    const { books, copy } = this.#wake()
    const { configuration, state } = await copy.read()
    const key = configuration.keys.find(({ id }) => id === keyId)
    if (!key) return undefined
    const account = accountOf(state, key.account)
    const known = account.keys[keyId]
    const use = known && withTest(known, key.mark, this.#now())
    if (!use) return undefined
    books.saveAccount(key.account, { ...account, keys: { ...account.keys, [keyId]: use } })
    books.commit()
    this.#touch(key.account)
    const { allowedModels, defaultModel } = key
    return { id: keyId, allowedModels, defaultModel }
  }

  /**
   * One alarm for all that must happen without being asked: leases expire, records go to D1, a lost
   * push is made good.
   */
  override async alarm(): Promise<void> {
    this.#alarmAt = Infinity
    const { books, copy, journal, waiting } = this.#wake()
    this.#expire()
    waiting.sweep(this.#now())
    books.tidy(this.#now())
    books.commit()
    if (!journal.isEmpty) await this.#deliverRecords()
    await copy.lookForChanges()
    await this.#schedule()
  }

  /** Brings one batch of records to D1; one delivery at a time. */
  #deliverRecords(): Promise<void> {
    this.#delivering ??= this.#flush().finally(() => {
      this.#delivering = undefined
    })
    return this.#delivering
  }

  async #flush(): Promise<void> {
    const { books, journal } = this.#wake()
    const accounts = await journal.flush(this.env.DB, () => this.#now())
    for (const account of accounts) books.rewrite(account)
    books.commit()
  }

  /** Ends a lease in memory; `commit` follows. */
  #end(settlement: Settlement): void {
    const { address, books } = this.#wake()
    const now = this.#now()
    const lease = books.state.leases.get(settlement.leaseId)
    if (!lease) return books.keepRecord(settlement.leaseId, settlement.record, now)
    const effects = settle(calendarOf(address.provider), books.state, lease, settlement, now)
    books.end(lease, effects, settlement.record, now)
    this.#compare(lease, settlement, now)
    this.#touch(lease.account)
  }

  #give(pool: Pool, decision: Extract<Decision, { type: 'lease' }>, need: Need, now: number) {
    const { books } = this.#wake()
    const { key } = decision
    const grant = reserve(pool.state, decision, need, randomId('lease'), now)
    const stored = key.maxConcurrent !== null || isCountedExactly(key, need)
    const given = books.give(grant, need.record, stored, () => likelyCalls(pool, decision, need, now), now)
    this.#touch(given.account)
    const { id, keyId, account, model, deadlineAt, probe, slot, first } = given
    const isAwaited =
      probe || slot || first || now < this.#watchedUntil || isScarce(pool, decision, need, now)
    return {
      id,
      keyId,
      account,
      secret: key.secret,
      ...(key.boundTo && { boundTo: key.boundTo }),
      model,
      deadlineAt,
      ...(key.free && { free: true as const }),
      ...(probe && { probe }),
      ...(slot && { slot }),
      ...(!isAwaited && { maySettleLater: true as const }),
    }
  }

  /** Workers that are dead hold no slots. */
  #freeSlots(): void {
    for (const { account } of freeSlots(this.#wake().books.state, this.#now())) this.#touch(account)
  }

  /** Whose quota is over, of leases and of what is remembered: whatever nobody speaks of again. */
  #expire(): void {
    const { address, books, journal } = this.#wake()
    const now = this.#now()
    for (const lease of books.state.leases.values()) {
      // Leases stand in the order in which they were given, and all last equally long.
      if (lease.deadlineAt > now) break
      books.expire(lease, now, (record) => unsettledRecord(record, address.provider, lease))
      this.#touch(lease.account)
    }
    for (const lost of books.takeLost(now)) {
      const record = unaccountedRecord(address, lost)
      journal.add(record.id, record, now)
    }
    for (const [model, rest] of books.state.circuits) {
      if (isForgotten(rest, now)) books.saveCircuit(model, undefined)
    }
  }

  /** Notes which accounts run out together. */
  #compare({ account, admittedAt }: OpenLease, { outcome }: Settlement, now: number): void {
    const awake = this.#wake()
    const restsUntil = accountOf(awake.books.state, account).rest?.until
    const seen = afterCall(awake.together, account, { outcome, startedAt: admittedAt, restsUntil }, now)
    if (seen === awake.together) return
    awake.together = seen
    this.#store.writeTogether(seen)
  }

  #touch(account: string): void {
    this.#wake().copy.loaded?.roster.touch(account, this.#now())
  }

  #wake(): Awake {
    if (this.#awake) return this.#awake
    const pending = new Pending(this.#store.readPending())
    const journal = new Journal(this.#store, pending, this.#now())
    const address = readPoolName(this.#store.learnName(this.ctx.id.name))
    const books = new Books(this.#store, journal, pending, Number(this.env.HUB_STARTED_AT ?? 0))
    this.#awake = {
      address,
      books,
      waiting: new WaitingRoom(this.#store),
      copy: new Copy({
        env: this.env,
        store: this.#store,
        address,
        state: books.state,
        clock: () => this.#now(),
        alone: (work) => this.ctx.blockConcurrencyWhile(work),
      }),
      journal,
      together: this.#store.readTogether(),
    }
    return this.#awake
  }

  /**
   * Sets the alarm for what is due first, unless an earlier one is set: each setting is a row
   * written.
   */
  async #schedule(): Promise<void> {
    const { books, journal, waiting } = this.#wake()
    const now = this.#now()
    const [oldest] = books.state.leases.values()
    const due = [
      journal.dueAt(now < this.#watchedUntil ? now + watchedGatherMs : Infinity),
      books.dueAt,
      waiting.dueAt,
      // A call that has just begun is over soon: one alarm is set for its record, and none for its
      // lease.
      oldest && (oldest.admittedAt + gatherMs > now ? oldest.admittedAt + gatherMs : oldest.deadlineAt),
    ]
    const dueAt = Math.min(...due.map((at) => at ?? Infinity))
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
