/**
 * Brings the records of finished requests to D1, in batches. A record stays until D1 has it: it may be written twice, and
 * `db/records.ts` counts it once.
 */
import { writeRecords } from '../db/records.ts'
import { randomId } from '../ids.ts'
import type { RequestRecord } from '../observe/record.ts'
import type { PoolStore } from './store.ts'

/** How long the first record of a batch waits for others. */
const gatherMs = 2_000
const longestBackoffMs = 60_000
const recordsPerBatch = 500
/** Between two batches so many records have rows of their own before it is crowded. */
const mostRows = 8
/** A row holds no more records than this. */
export const mostHeld = 100
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
    this.#store.addRecords(randomId('records'), this.#held)
    this.#held = []
    return true
  }

  /** Writes one batch of what waits. Where D1 fails the records stay and become due again, later each time. */
  async flush(db: D1Database, now: () => number): Promise<void> {
    this.#rows = 0
    if (this.#dueAt === undefined) return
    const batch = this.#store.readRecords(recordsPerBatch, charactersPerBatch)
    try {
      await writeRecords(
        db,
        batch.map(({ record }) => record),
      )
      // Rows that came while D1 was writing have names of their own.
      for (const rowId of new Set(batch.map((waiting) => waiting.rowId))) this.#store.removeRow(rowId)
      this.#failures = 0
      this.#dueAt = this.#store.hasRecords() ? now() : this.#held.length > 0 ? now() + gatherMs : undefined
    } catch (error) {
      this.#failures++
      this.#dueAt = now() + Math.min(gatherMs * 2 ** this.#failures, longestBackoffMs)
      console.error('The journal of a key pool could not be written and stays queued.', error)
    }
  }
}
