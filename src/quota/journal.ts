/**
 * Brings the records of finished requests to D1, in batches. A record stays until D1 has it: it may be written twice, and
 * `db/records.ts` counts it once.
 */
import { minuteMs } from '../domain/time.ts'
import { randomId } from '../ids.ts'
import type { RequestRecord } from '../observe/record.ts'
import { deliver } from './deliver.ts'
import type { PoolStore } from './store.ts'

/** How long the first record of a batch waits for others. */
const gatherMs = 2_000
const longestBackoffMs = minuteMs
const recordsPerBatch = 500
/** Between two batches so many records have rows of their own before it is crowded. */
const mostRows = 8
/** A row holds no more records than this. */
export const mostHeld = 100
/** A row takes up to 2 MB. */
const charactersPerRow = 300_000
/** D1 takes parameters of up to 2 MB; characters may be three bytes long. */
const charactersPerBatch = 600_000

export class Journal {
  readonly #store: PoolStore
  /** When the records that wait are due; undefined where none wait. */
  #dueAt: number | undefined
  #failures = 0
  /** Records that are in memory only: under load they are stored many at a time. */
  #held: RequestRecord[] = []
  /** Rows that were added since the last batch. */
  #rows = 0

  constructor(store: PoolStore, now: number) {
    this.#store = store
    if (store.hasRecords()) this.#dueAt = now + gatherMs
  }

  get dueAt(): number | undefined {
    return this.#dueAt
  }

  add(rowId: string, record: RequestRecord, now: number): void {
    this.#store.addRecord(rowId, record)
    this.#rows++
    this.#dueAt ??= now + gatherMs
  }

  /** Whether many records have been given rows of their own since the last batch. */
  get isCrowded(): boolean {
    return this.#rows >= mostRows
  }

  /** Keeps a record in memory until `secure` stores it with others. @returns how many are held. */
  hold(record: RequestRecord, now: number): number {
    this.#held.push(record)
    this.#dueAt ??= now + gatherMs
    return this.#held.length
  }

  /** Stores what is held, as one row. @returns whether there was anything. */
  secure(): boolean {
    if (this.#held.length === 0) return false
    for (const part of inParts(this.#held)) this.#store.addRecords(randomId('records'), part)
    this.#held = []
    return true
  }

  /**
   * Writes one batch of what waits. In an outage of D1 the records stay and become due again, later each
   * time. A record that D1 refuses is set aside, and the others are written.
   */
  async flush(db: D1Database, now: () => number): Promise<void> {
    this.#rows = 0
    if (this.#dueAt === undefined) return
    const batch = this.#store.readRecords(recordsPerBatch, charactersPerBatch)
    const { written, refused, outage } = await deliver(
      db,
      batch.map(({ record }) => record),
    )
    for (const { record, reason } of refused) {
      console.error(`The record ${record.id} is set aside: D1 refuses it. ${reason}`)
      this.#store.setAside(record, reason, now())
    }
    // Rows that came while D1 was writing have names of their own.
    const done = new Set([...written, ...refused.map(({ record }) => record)])
    for (const [rowId, waiting] of Map.groupBy(batch, (entry) => entry.rowId)) {
      const left = waiting.map(({ record }) => record).filter((record) => !done.has(record))
      if (left.length === 0) this.#store.removeRow(rowId)
      else if (left.length < waiting.length) this.#store.addRecords(rowId, left)
    }
    if (outage === undefined) {
      this.#failures = 0
      this.#dueAt = this.#store.hasRecords() ? now() : this.#held.length > 0 ? now() + gatherMs : undefined
      return
    }
    this.#failures++
    this.#dueAt = now() + Math.min(gatherMs * 2 ** this.#failures, longestBackoffMs)
    console.error('The journal of a key pool could not be written and stays queued.', outage)
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
