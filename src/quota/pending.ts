/**
 * The open leases of an account, and its records that wait for D1. They are part of the account's
 * row: a step that changes them changes its counters too, and writes one row. Memory only;
 * `persistence.ts` keeps the storage in step.
 */
import type { RequestRecord } from '../observe/record.ts'
import type { OpenLease } from './pool-state.ts'

/** What the row of an account holds beside its counters. */
export interface PendingBody {
  leases: { lease: OpenLease; record: RequestRecord }[]
  records: RequestRecord[]
}

/** A record that waits for D1, and the account whose row it is in. */
export interface PendingRecord {
  account: string
  record: RequestRecord
}

/** How much of each one row may hold, in characters: every step writes all of it. */
const mostCharacters = { leases: 20_000, records: 30_000 }

interface Entry {
  leases: Map<string, { record: RequestRecord; text: string }>
  /** With the text of each record. */
  records: Map<RequestRecord, string>
  characters: { leases: number; records: number }
}

export class Pending {
  readonly #accounts = new Map<string, Entry>()

  /** @param stored what the rows of accounts hold, by the ids of the accounts. */
  constructor(stored: ReadonlyMap<string, PendingBody>) {
    for (const [account, { leases, records }] of stored) {
      for (const { lease, record } of leases) this.#put(lease, record)
      for (const record of records) this.addRecord(account, record)
    }
  }

  get recordCount(): number {
    return [...this.#accounts.values()].reduce((sum, { records }) => sum + records.size, 0)
  }

  /** Adds an open lease. @returns false where there is no room: it needs a row of its own. */
  open(lease: OpenLease, record: RequestRecord): boolean {
    if (this.#entryOf(lease.account).characters.leases >= mostCharacters.leases) return false
    this.#put(lease, record)
    return true
  }

  /** Notes a change of a lease. @returns false where its account's row does not hold it. */
  change(lease: OpenLease): boolean {
    const record = this.close(lease)
    if (record) this.#put(lease, record)
    return record !== undefined
  }

  /**
   * Removes a lease.
   * @returns the record that it was given with; undefined where it is not here.
   */
  close({ account, id }: OpenLease): RequestRecord | undefined {
    const entry = this.#accounts.get(account)
    const open = entry?.leases.get(id)
    if (!entry || !open) return undefined
    entry.leases.delete(id)
    entry.characters.leases -= open.text.length
    return open.record
  }

  /** @returns false where the row is full with it: its records need a row of their own. */
  addRecord(account: string, record: RequestRecord): boolean {
    const { records, characters } = this.#entryOf(account)
    const text = JSON.stringify(record)
    records.set(record, text)
    characters.records += text.length
    return characters.records < mostCharacters.records
  }

  /** Records that wait, up to so many, and up to so many characters but at least one. */
  readRecords(most: number, mostCharactersRead: number): PendingRecord[] {
    const read: PendingRecord[] = []
    let characters = 0
    for (const [account, { records }] of this.#accounts) {
      for (const [record, text] of records) {
        characters += text.length
        if (read.length >= most || (read.length > 0 && characters > mostCharactersRead)) return read
        read.push({ account, record })
      }
    }
    return read
  }

  /** Removes a record. */
  removeRecord({ account, record }: PendingRecord): void {
    const entry = this.#accounts.get(account)
    const text = entry?.records.get(record)
    if (!entry || text === undefined) return
    entry.records.delete(record)
    entry.characters.records -= text.length
  }

  /** Takes the records of an account away, for rows of their own. */
  takeRecords(account: string): RequestRecord[] {
    const entry = this.#accounts.get(account)
    const records = [...(entry?.records.keys() ?? [])]
    for (const record of records) this.removeRecord({ account, record })
    return records
  }

  /** The text of a `PendingBody`, for the row of an account; null where nothing is pending. */
  textOf(account: string): string | null {
    const entry = this.#accounts.get(account)
    if (!entry || entry.leases.size + entry.records.size === 0) return null
    const leases = [...entry.leases.values()].map(({ text }) => text)
    return `{"leases":[${leases.join()}],"records":[${[...entry.records.values()].join()}]}`
  }

  #put(lease: OpenLease, record: RequestRecord): void {
    const entry = this.#entryOf(lease.account)
    const text = JSON.stringify({ lease, record })
    entry.leases.set(lease.id, { record, text })
    entry.characters.leases += text.length
  }

  #entryOf(account: string): Entry {
    const known = this.#accounts.get(account)
    if (known) return known
    const entry = { leases: new Map(), records: new Map(), characters: { leases: 0, records: 0 } }
    this.#accounts.set(account, entry)
    return entry
  }
}
