/**
 * Memory and storage of a pool, kept in step. Memory is always exact. Storage is, too, before a
 * reply goes out, but under load: then it has counted ahead (`write-ahead.ts`), and what is not yet
 * written of leases and records is covered by that. A verb changes memory, and ends with `commit`,
 * which writes each account that has changed once.
 *
 * Always written at once: rests, quarantines, limits that were learned, probes, leases of keys with
 * a limit of concurrency.
 */
import { minuteMs } from '../domain/time.ts'
import type { RequestRecord } from '../observe/record.ts'
import { randomId } from '../ids.ts'
import { remember } from './cache-affinity.ts'
import { mostRestingModels, newest, type Rest } from './cooldown.ts'
import type { Grant } from './reserve.ts'
import { gatherMs, type Journal, mostHeld, soonMs } from './journal.ts'
import {
  type Account,
  accountOf,
  beginCall,
  endCall,
  type OpenLease,
  type PoolState,
  recallCalls,
  renewCall,
} from './pool-state.ts'
import type { Pending } from './pending.ts'
import type { PoolStore } from './tables.ts'
import type { LostLeases } from './orphaned-leases.ts'
import { chargeAhead, windowName } from './windows.ts'
import {
  difference,
  isPressing,
  type Likely,
  lostWith,
  type OpenBlock,
  readLeaseName,
  WriteAhead,
} from './write-ahead.ts'

/** So long may an account's own row be behind while the load goes on. */
const dirtyMs = minuteMs
/** Of one account at least so many calls must fit into a block. */
const leastSpare = 4

export class Books {
  readonly state: PoolState
  readonly #store: PoolStore
  readonly #journal: Journal
  readonly #pending: Pending
  readonly #ahead = new WriteAhead()
  /** Accounts whose rows are to be written before the reply. */
  readonly #changed = new Set<string>()
  /** Whether the row of what is counted ahead is to be written before the reply. */
  #aheadChanged = false
  /** Leases that stand in no row of their own, with the records they were given with. */
  readonly #unwritten = new Map<string, RequestRecord>()
  #lost: OpenBlock[] = []
  #hasRow = false

  /**
   * @param startedAt when the hub was started, where all Workers from before are known to be dead;
   *   else 0.
   */
  constructor(store: PoolStore, journal: Journal, pending: Pending, startedAt = 0) {
    this.#store = store
    this.#journal = journal
    this.#pending = pending
    this.state = store.readState()
    recallCalls(this.state, startedAt)
    this.#recover()
  }

  /** When something is to be put in order without being asked; undefined where nothing is. */
  get dueAt(): number | undefined {
    const times = this.#lost.map(({ deadlineAt }) => deadlineAt)
    if (this.#ahead.calmAt !== undefined) times.push(this.#ahead.calmAt)
    return times.length > 0 ? Math.min(...times) : undefined
  }

  /**
   * A lease is given. It is on record before the reply goes out, or covered by what was counted
   * ahead.
   * @param stored whether it is to be on record, whatever the load.
   * @param likely what the next calls will be, for counting ahead: first one like this.
   */
  give(
    grant: Grant,
    record: RequestRecord,
    stored: boolean,
    likely: () => [Likely, ...Likely[]],
    now: number,
  ): OpenLease {
    const { account, circuit, pass } = grant
    const busy = this.#ahead.note(now)
    const name = busy && !stored && !grant.lease.probe ? this.#nameAhead(grant.lease, likely, now) : undefined
    const lease = name === undefined ? grant.lease : { ...grant.lease, id: name }
    if (name === undefined) {
      this.#writeLease(lease, record)
      this.saveAccount(lease.account, account)
    } else {
      this.#unwritten.set(name, record)
      this.state.accounts.set(lease.account, account)
    }
    this.saveCircuit(lease.model, circuit)
    this.state.leases.set(lease.id, lease)
    this.state.turn++
    this.state.pass = pass
    beginCall(this.state, lease, now)
    remember(this.state.conversations, lease.account, account)
    return lease
  }

  /** The call of a lease goes on. A key without a limit of concurrency need not know. */
  renew(lease: OpenLease, now: number): void {
    if (!lease.slot) return
    const renewed = renewCall(this.state, lease, now)
    if (this.#pending.change(renewed)) this.#changed.add(lease.account)
    else this.#store.writeLease(renewed)
  }

  /** A lease has ended, and this is what its end makes of the account. */
  end(
    lease: OpenLease,
    effects: { account: Account; circuit: { model: string; rest?: Rest } },
    record: RequestRecord | undefined,
    now: number,
  ): void {
    const before = accountOf(this.state, lease.account)
    const unwritten = this.#unwritten.delete(lease.id)
    this.state.leases.delete(lease.id)
    endCall(this.state, lease)
    if (!unwritten) {
      if (!this.#pending.close(lease)) this.#store.removeRow(lease.id)
      if (record) this.#journal.addTo(lease.account, record, now, lease.first ? soonMs : gatherMs)
      this.saveAccount(lease.account, effects.account)
    } else {
      const covered =
        !isPressing(before, effects.account) &&
        this.#ahead.correct(lease.account, difference(before, effects.account, now), lease.admittedAt, now)
      if (covered) this.state.accounts.set(lease.account, effects.account)
      else this.saveAccount(lease.account, effects.account)
      if (record) this.#hold(record, now)
      // Its request goes on elsewhere and will have its record there: it must not be looked for
      // here.
      else this.#aheadChanged = true
    }
    this.saveCircuit(effects.circuit.model, effects.circuit.rest)
  }

  /**
   * A lease has expired: nobody settled it in time. Its charges stay.
   * @returns the record it was given with.
   */
  expire(lease: OpenLease, now: number, unsettled: (record: RequestRecord) => RequestRecord): void {
    const unwritten = this.#unwritten.get(lease.id)
    const own = unwritten ? undefined : this.#pending.close(lease)
    const record = unwritten ?? own ?? this.#store.readRecord(lease.id)
    this.#unwritten.delete(lease.id)
    this.state.leases.delete(lease.id)
    endCall(this.state, lease)
    if (!record) return
    if (unwritten) this.#hold(unsettled(record), now)
    else if (own) {
      this.#journal.addTo(lease.account, unsettled(record), now)
      this.#changed.add(lease.account)
    } else this.#journal.add(lease.id, unsettled(record), now)
  }

  /**
   * Keeps the record of a request that got no lease. Nothing but the log depends on it: when many
   * come they are stored together.
   */
  note(record: RequestRecord, now: number): void {
    if (this.#journal.isCrowded(now)) this.#hold(record, now)
    else this.#journal.add(record.id, record, now, soonMs)
  }

  /**
   * Keeps the record of a settlement whose lease is not known: of an expired lease, or of one that
   * was lost with its object.
   */
  keepRecord(leaseId: string, record: RequestRecord | undefined, now: number): void {
    if (record) this.#journal.add(record.id, record, now)
    const name = readLeaseName(leaseId)
    const block = this.#lost.find((lost) => lost.block === name?.block)
    if (!name || !block?.leases.includes(name.number)) return
    block.leases = block.leases.filter((number) => number !== name.number)
    this.#aheadChanged = true
  }

  /**
   * Leases that were lost with their object, and whose time is over; they are forgotten with this.
   */
  takeLost(now: number): LostLeases[] {
    const over = this.#lost.filter(({ deadlineAt }) => deadlineAt <= now)
    if (over.length === 0) return []
    this.#lost = this.#lost.filter((block) => !over.includes(block))
    this.#aheadChanged = true
    return over
      .filter(({ leases }) => leases.length > 0)
      .map(({ block, leases, deadlineAt }) => ({ block, calls: leases.length, deadlineAt }))
  }

  saveAccount(id: string, account: Account): void {
    this.state.accounts.set(id, account)
    this.#changed.add(id)
  }

  /** Has the row of an account written by the next `commit`, for records in it that D1 has. */
  rewrite(id: string): void {
    this.#changed.add(id)
  }

  /** Writes what has changed, each row once. Every verb that changes anything ends with it. */
  commit(): void {
    for (const id of this.#changed) this.#writeAccount(id)
    if (this.#aheadChanged) this.#writeRow()
  }

  /**
   * Writes every account whose row is behind. What is counted ahead names no people, so that a
   * change of shares begins with parts that are in storage.
   */
  saveParts(): void {
    for (const id of this.#ahead.dirty()) this.#changed.add(id)
    this.commit()
  }

  saveCircuit(model: string, rest: Rest | undefined): void {
    const { circuits } = this.state
    if (circuits.get(model) === rest) return
    if (rest) circuits.set(model, rest)
    else circuits.delete(model)
    this.#store.writeCircuit(model, rest)
    if (circuits.size <= mostRestingModels) return
    const kept = new Set(newest([...circuits], mostRestingModels).map(([name]) => name))
    for (const name of circuits.keys()) {
      if (kept.has(name)) continue
      circuits.delete(name)
      this.#store.writeCircuit(name, undefined)
    }
  }

  /**
   * Puts storage in order: what is held is stored, and when the load is over, so is everything that
   * was counted ahead.
   */
  tidy(now: number): void {
    this.secure()
    if ((this.#ahead.calmAt ?? Infinity) > now) return
    for (const [id, record] of this.#unwritten) {
      const lease = this.state.leases.get(id)
      if (!lease) continue
      this.#writeLease(lease, record)
      this.#changed.add(lease.account)
    }
    this.#unwritten.clear()
    for (const id of this.#ahead.dirty()) this.#changed.add(id)
    this.#ahead.end()
    this.#aheadChanged = true
  }

  /** Puts a lease into the row of its account, which is to be written, or into a row of its own. */
  #writeLease(lease: OpenLease, record: RequestRecord): void {
    if (!this.#pending.open(lease, record)) this.#store.addLease(lease, record)
  }

  #writeAccount(id: string): void {
    this.#store.writeAccount(id, accountOf(this.state, id), this.#pending.textOf(id))
    this.#changed.delete(id)
    // What was counted ahead of this account is in its row now.
    if (this.#ahead.forget(id)) this.#aheadChanged = true
  }

  #nameAhead(lease: OpenLease, likely: () => [Likely, ...Likely[]], now: number): string | undefined {
    const { account, charges } = lease
    const name = this.#ahead.take(account, charges, now)
    if (name !== undefined) return name
    const [asking, ...others] = likely()
    // Where each block would hold a call or two it would cost more than it saves.
    if (asking.spare < (others.length > 0 ? 1 : leastSpare)) return undefined
    // Before the block begins: it would not cover accounts that are written after it.
    for (const id of new Set([...this.#changed, ...this.#ahead.dirty(now - dirtyMs)])) this.#writeAccount(id)
    this.#journal.secure()
    this.#ahead.begin(randomId('lease'), asking, others, now)
    this.#aheadChanged = true
    return this.#ahead.take(account, charges, now)
  }

  #writeRow(): void {
    this.#aheadChanged = false
    const needed = this.#ahead.calmAt !== undefined || this.#lost.length > 0
    if (!needed && !this.#hasRow) return
    this.#store.writeAhead(needed ? this.#ahead.row(this.#openBlocks(), this.#lost) : undefined)
    this.#hasRow = needed
  }

  /** Leases that stand in no row, by the block they are from. */
  #openBlocks(): OpenBlock[] {
    const blocks = new Map<string, OpenBlock>()
    for (const id of this.#unwritten.keys()) {
      const name = readLeaseName(id)
      const deadlineAt = this.state.leases.get(id)?.deadlineAt
      if (!name || deadlineAt === undefined) continue
      const block = blocks.get(name.block) ?? { block: name.block, deadlineAt, leases: [] }
      block.deadlineAt = Math.max(block.deadlineAt, deadlineAt)
      block.leases.push(name.number)
      blocks.set(name.block, block)
    }
    return [...blocks.values()]
  }

  /**
   * After the object was lost under load: everything that had been counted ahead counts as used,
   * and the leases that may have been given are waited for until their time is over.
   */
  #recover(): void {
    const row = this.#store.readAhead()
    if (!row) return
    this.#hasRow = true
    this.#lost = lostWith(row)
    for (const [id, { from, charges }] of Object.entries(row.accounts)) {
      const account = accountOf(this.state, id)
      const windows = account.windows.map((window) => {
        const amount = charges[windowName(window)] ?? 0
        return amount > 0 ? chargeAhead(window, amount, from, row.endsAt) : window
      })
      this.saveAccount(id, { ...account, windows })
    }
    this.#aheadChanged = true
    this.commit()
  }

  #hold(record: RequestRecord, now: number): void {
    if (this.#journal.hold(record, now) >= mostHeld) this.secure()
  }

  /** Stores records that are in memory only, and that their leases have ended. */
  secure(): void {
    if (this.#journal.secure()) this.#aheadChanged = true
  }
}
