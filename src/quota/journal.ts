/**
 * Brings the records of finished requests to D1, in batches. A record stays until D1 has it: it may
 * be written twice, and `db/log-writer.ts` counts it once. Most records wait in the rows of their
 * accounts (`pending.ts`), others in rows of their own.
 */
import { minuteMs } from '../domain/time.ts'
import { randomId } from '../ids.ts'
import type { RequestRecord } from '../observe/record.ts'
import { deliver } from './deliver.ts'
import type { Pending, PendingRecord } from './pending.ts'
import type { JournalledRecord, PoolStore } from './tables.ts'

/** How long the first record of a batch waits for others. */
export const gatherMs = 40_000
/** How long it waits where D1 is to know soon that the pool is in use. */
export const soonMs = 4_000
/** So many records are a batch, however soon they came. */
const fullBatch = 400
/** How long a record is in memory only. */
const heldMs = 2_000
const shortestBackoffMs = 4_000
const longestBackoffMs = minuteMs
const recordsPerBatch = 500
/** In two seconds so many records have rows of their own before it is crowded. */
const mostRows = 8
/** A row holds no more records than this. */
export const mostHeld = 100
/** A row takes up to 2 MB. */
const charactersPerRow = 300_000
/** D1 takes parameters of up to 2 MB; characters may be three bytes long. */
const charactersPerBatch = 600_000

export class Journal {
  readonly #store: PoolStore
  readonly #pending: Pending
  /** When the records that wait are due; undefined where none wait. */
  #dueAt: number | undefined
  #failures = 0
  /** Records that are in memory only: under load they are stored many at a time. */
  #held: RequestRecord[] = []
  /** When these are to be stored. */
  #secureAt: number | undefined
  /** Records that were added since the last batch. */
  #records = 0
  /** Rows that were added since a time, at most as long ago as records are held. */
  #rows = { since: 0, count: 0 }

  constructor(store: PoolStore, pending: Pending, now: number) {
    this.#store = store
    this.#pending = pending
    if (this.#hasRecords()) this.#dueAt = now + gatherMs
  }

  /**
   * When something is to be done.
   * @param latest when somebody wants the records that wait. An outage of D1 takes as long as it
   *   takes.
   */
  dueAt(latest = Infinity): number | undefined {
    const delivery = this.#dueAt === undefined || this.isFailing ? this.#dueAt : Math.min(this.#dueAt, latest)
    const times = [delivery, this.#secureAt].filter((at) => at !== undefined)
    return times.length > 0 ? Math.min(...times) : undefined
  }

  /** Whether D1 failed last time. */
  get isFailing(): boolean {
    return this.#failures > 0
  }

  get isEmpty(): boolean {
    return this.#dueAt === undefined
  }

  /**
   * Gives a record a row of its own.
   * @param withinMs how long it may wait for others.
   */
  add(rowId: string, record: RequestRecord, now: number, withinMs = gatherMs): void {
    this.#store.addRecord(rowId, record)
    if (!this.#isRecent(now)) this.#rows = { since: now, count: 0 }
    this.#rows.count++
    this.#expect(now, withinMs)
  }

  /**
   * Adds a record to the row of its account, which is to be written. A row that is full by that
   * gives its records to a row of theirs.
   * @param withinMs how long it may wait for others.
   */
  addTo(account: string, record: RequestRecord, now: number, withinMs = gatherMs): void {
    this.#expect(now, withinMs)
    if (this.#pending.addRecord(account, record)) return
    this.#store.addRecords(randomId('records'), this.#pending.takeRecords(account))
  }

  /** Notes that a record has come. */
  #expect(now: number, withinMs = gatherMs): void {
    this.#records++
    this.#dueAt ??= now + withinMs
    // In an outage the next attempt has its time.
    if (this.isFailing) return
    this.#dueAt = Math.min(this.#dueAt, now + (this.#records >= fullBatch ? 0 : withinMs))
  }

  /** Whether many records have just been given rows of their own. */
  isCrowded(now: number): boolean {
    return this.#isRecent(now) && this.#rows.count >= mostRows
  }

  #isRecent(now: number): boolean {
    return now < this.#rows.since + heldMs
  }

  /** Keeps a record in memory until `secure` stores it with others. @returns how many are held. */
  hold(record: RequestRecord, now: number): number {
    this.#held.push(record)
    this.#secureAt ??= now + heldMs
    this.#expect(now)
    return this.#held.length
  }

  /** Stores what is held, as one row. @returns whether there was anything. */
  secure(): boolean {
    this.#secureAt = undefined
    if (this.#held.length === 0) return false
    for (const part of inParts(this.#held)) this.#store.addRecords(randomId('records'), part)
    this.#held = []
    return true
  }

  /**
   * Writes one batch of what waits. In an outage of D1 the records stay and become due again, later
   * each time. A record that D1 refuses is set aside, and the others are written.
   * @returns the accounts whose rows hold records that need not be there any more.
   */
  async flush(db: D1Database, now: () => number): Promise<Set<string>> {
    this.#records = 0
    if (this.#dueAt === undefined) return new Set()
    const { batch, isWhole } = this.#nextBatch()
    const { written, refused, outage } = await deliver(
      db,
      batch.map(({ record }) => record),
    )
    for (const { record, reason } of refused) {
      console.error(`The record ${record.id} is set aside: D1 refuses it. ${reason}`)
      this.#store.setAside(record, reason, now())
    }
    const accounts = this.#remove(batch, new Set([...written, ...refused.map(({ record }) => record)]))
    if (outage === undefined) {
      this.#failures = 0
      const isOver = isWhole && written.length + refused.length === batch.length
      // Records that came while D1 was writing gather again: else each write would bring the next.
      const pauseMs = isOver && this.#records < fullBatch ? gatherMs : 0
      this.#dueAt = this.#hasRecords() || this.#held.length > 0 ? now() + pauseMs : undefined
      return accounts
    }
    this.#failures++
    this.#dueAt = now() + Math.min(shortestBackoffMs * 2 ** (this.#failures - 1), longestBackoffMs)
    console.error('The journal of a key pool could not be written and stays queued.', outage)
    return accounts
  }

  #hasRecords(): boolean {
    return this.#pending.recordCount > 0 || this.#store.countRecordRows() > 0
  }

  /** `isWhole` says whether nothing else waits. */
  #nextBatch(): { batch: (PendingRecord | JournalledRecord)[]; isWhole: boolean } {
    const pending = this.#pending.readRecords(recordsPerBatch, charactersPerBatch / 2)
    const most = recordsPerBatch - pending.length
    const own = most > 0 ? this.#store.readRecords(most, charactersPerBatch / 2) : []
    const rows = new Set(own.map(({ rowId }) => rowId))
    return {
      batch: [...pending, ...own],
      isWhole: pending.length === this.#pending.recordCount && rows.size === this.#store.countRecordRows(),
    }
  }

  /** Removes the records of a batch that are done. @returns the accounts whose rows held some. */
  #remove(batch: (PendingRecord | JournalledRecord)[], done: Set<RequestRecord>): Set<string> {
    const accounts = new Set<string>()
    const own: JournalledRecord[] = []
    for (const entry of batch) {
      if ('rowId' in entry) own.push(entry)
      else if (done.has(entry.record)) {
        this.#pending.removeRecord(entry)
        accounts.add(entry.account)
      }
    }
    // Rows that came while D1 was writing have names of their own.
    for (const [rowId, waiting] of Map.groupBy(own, (entry) => entry.rowId)) {
      const left = waiting.map(({ record }) => record).filter((record) => !done.has(record))
      if (left.length === 0) this.#store.removeRow(rowId)
      else if (left.length < waiting.length) this.#store.addRecords(rowId, left)
    }
    return accounts
  }
}

/** Records in parts that a row of the object's storage can hold. */
function inParts(records: readonly RequestRecord[]): RequestRecord[][] {
  const parts: RequestRecord[][] = []
  let room = 0
  for (const record of records) {
    const characters = JSON.stringify(record).length
    if (parts.length === 0 || characters > room) {
      parts.push([])
      room = charactersPerRow
    }
    parts.at(-1)?.push(record)
    room -= characters
  }
  return parts
}
