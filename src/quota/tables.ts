/**
 * A pool's rows in the storage of its object: everything that must survive eviction, and all SQL of
 * the pool.
 */
import type { StoredKey, StoredPool } from '../db/pools.ts'
import type { RequestRecord } from '../observe/record.ts'
import type { Rest } from './cooldown.ts'
import type { PendingBody } from './pending.ts'
import { type Account, emptyState, type OpenLease, type PoolState } from './pool-state.ts'
import type { Together } from './linked-accounts.ts'
import type { Place } from './wait-queue.ts'
import type { AheadRow } from './write-ahead.ts'

/** What a pool keeps of D1's configuration. */
export interface ConfigurationCopy extends Pick<StoredPool, 'strategy' | 'keys'> {
  /** When D1 was read. */
  pulledAt: number
}

/** A record that waits for D1, and the row that it is. */
export interface JournalledRecord {
  rowId: string
  record: RequestRecord
}

/** How many refused records are kept for an operator to look at. */
const mostSetAside = 100

// Bodies are JSON that this module wrote and nobody else writes: reading them back needs no check.
export class PoolStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  /** Begins a change that changes nothing. @throws where the storage takes none. */
  check(): void {
    this.#sql.exec('UPDATE facts SET value = value WHERE name IS NULL')
  }

  readState(): PoolState {
    const accounts = this.#bodies<Account>('SELECT id AS name, body FROM accounts')
    const leases = [
      ...this.#bodies<OpenLease>(
        'SELECT id AS name, lease AS body FROM leases WHERE lease IS NOT NULL',
      ).values(),
      ...[...this.readPending().values()].flatMap((pending) => pending.leases.map(({ lease }) => lease)),
    ].map((lease): [string, OpenLease] => [lease.id, lease])
    const uses = [...accounts.values()].flatMap((account) => Object.values(account.keys))
    const latest = (read: (use: (typeof uses)[number]) => number | undefined): number =>
      uses.reduce((most, use) => Math.max(most, read(use) ?? 0), 0)
    const state: PoolState = {
      ...emptyState(),
      accounts,
      circuits: this.#bodies<Rest>('SELECT model AS name, body FROM circuits'),
      leases: new Map(leases.toSorted(([, a], [, b]) => a.deadlineAt - b.deadlineAt)),
      turn: latest(({ turn }) => turn),
      // One call behind the foremost: where a key would be that has had its share.
      pass: Math.max(0, latest(({ pass }) => pass) - 1),
    }
    const last = [...accounts].flatMap(([id, { conversations }]) =>
      Object.entries(conversations ?? {}).map(([name, { at }]) => ({ id, name, at })),
    )
    for (const { id, name } of last.toSorted((a, b) => a.at - b.at)) state.conversations.set(name, id)
    return state
  }

  /**
   * The pool's own name. It is stored because an alarm that wakes the object may not bring it:
   * https://github.com/cloudflare/workerd/issues/6850
   */
  learnName(name: string | undefined): string {
    const stored = this.#readFact('name')
    const known = name ?? stored
    if (known === undefined) throw new Error('A key pool is reached by name only: see stub.ts.')
    if (stored === undefined) this.#sql.exec("INSERT INTO facts (name, value) VALUES ('name', ?)", known)
    return known
  }

  /**
   * The copy of D1's configuration; undefined where there is none, or it is known to be out of
   * date.
   */
  readCopy(): ConfigurationCopy | undefined {
    const copy = this.#readFact('copy')
    if (copy === undefined) return undefined
    const { strategy, pulledAt }: Omit<ConfigurationCopy, 'keys'> = JSON.parse(copy)
    const keys = this.#bodies<StoredKey>('SELECT id AS name, body FROM keys ORDER BY position')
    return { strategy, pulledAt, keys: [...keys.values()] }
  }

  writeCopy({ strategy, keys, pulledAt }: ConfigurationCopy): void {
    const before = new Map(
      this.#sql
        .exec<{ id: string; position: number; body: string }>('SELECT id, position, body FROM keys')
        .toArray()
        .map((row) => [row.id, row]),
    )
    for (const [position, key] of keys.entries()) {
      const body = JSON.stringify(key)
      const row = before.get(key.id)
      before.delete(key.id)
      // A write is billed by the row, and most keys are as they were.
      if (row?.body === body && row.position === position) continue
      this.#sql.exec(
        'INSERT OR REPLACE INTO keys (id, position, body) VALUES (?, ?, ?)',
        key.id,
        position,
        body,
      )
    }
    for (const id of before.keys()) this.#sql.exec('DELETE FROM keys WHERE id = ?', id)
    this.#writeFact('copy', { strategy, pulledAt })
  }

  /** Makes the next admission read D1 again. */
  forgetCopy(): void {
    this.#sql.exec("DELETE FROM facts WHERE name = 'copy'")
  }

  readEpochs(): Map<string, number> {
    const rows = this.#sql.exec<{ user: string; epoch: number }>('SELECT user, epoch FROM epochs').toArray()
    return new Map(rows.map(({ user, epoch }) => [user, epoch]))
  }

  writeEpoch(user: string, epoch: number): void {
    this.#sql.exec('INSERT OR REPLACE INTO epochs (user, epoch) VALUES (?, ?)', user, epoch)
  }

  /** What the rows of accounts hold beside their counters, by the ids of the accounts. */
  readPending(): Map<string, PendingBody> {
    return this.#bodies<PendingBody>(
      'SELECT id AS name, pending AS body FROM accounts WHERE pending IS NOT NULL',
    )
  }

  /** @param pending the text of a `PendingBody`; null for none. */
  writeAccount(id: string, account: Account, pending: string | null): void {
    this.#sql.exec(
      'INSERT OR REPLACE INTO accounts (id, body, pending) VALUES (?, ?, ?)',
      id,
      JSON.stringify(account),
      pending,
    )
  }

  writeCircuit(model: string, rest: Rest | undefined): void {
    if (rest) {
      this.#sql.exec(
        'INSERT OR REPLACE INTO circuits (model, body) VALUES (?, ?)',
        model,
        JSON.stringify(rest),
      )
    } else {
      this.#sql.exec('DELETE FROM circuits WHERE model = ?', model)
    }
  }

  addLease(lease: OpenLease, record: RequestRecord): void {
    this.#sql.exec(
      'INSERT INTO leases (id, lease, record) VALUES (?, ?, ?)',
      lease.id,
      JSON.stringify(lease),
      JSON.stringify(record),
    )
  }

  /** Writes an open lease again. */
  writeLease(lease: OpenLease): void {
    this.#sql.exec('UPDATE leases SET lease = ? WHERE id = ?', JSON.stringify(lease), lease.id)
  }

  /** The record that a lease was given with. */
  readRecord(leaseId: string): RequestRecord | undefined {
    const [row] = this.#sql
      .exec<{ record: string }>('SELECT record FROM leases WHERE id = ?', leaseId)
      .toArray()
    if (!row) return undefined
    const record: RequestRecord = JSON.parse(row.record)
    return record
  }

  /** Makes a row wait for D1: that of a lease which ended, or a new one. */
  addRecord(rowId: string, record: RequestRecord): void {
    const json = JSON.stringify(record)
    this.#sql.exec('INSERT OR REPLACE INTO leases (id, lease, record) VALUES (?, NULL, ?)', rowId, json)
  }

  /** Keeps a record that D1 refuses, apart from those that wait for it. Of many the newest stay. */
  setAside(record: RequestRecord, reason: string, now: number): void {
    this.#sql.exec(
      'INSERT OR REPLACE INTO set_aside (id, at, reason, record) VALUES (?, ?, ?, ?)',
      record.id,
      now,
      reason,
      JSON.stringify(record),
    )
    this.#sql.exec(
      'DELETE FROM set_aside WHERE id NOT IN (SELECT id FROM set_aside ORDER BY at DESC, id DESC LIMIT ?)',
      mostSetAside,
    )
  }

  /** Counts the records that D1 has refused and that are still kept here. */
  countSetAside(): number {
    return this.#sql.exec<{ count: number }>('SELECT count(*) AS count FROM set_aside').one().count
  }

  /** Makes several records wait for D1 as one row, in place of what the row held. */
  addRecords(rowId: string, records: RequestRecord[]): void {
    const json = JSON.stringify(records)
    this.#sql.exec('INSERT OR REPLACE INTO leases (id, lease, record) VALUES (?, NULL, ?)', rowId, json)
  }

  readAhead(): AheadRow | undefined {
    const text = this.#readFact('ahead')
    if (text === undefined) return undefined
    const row: AheadRow = JSON.parse(text)
    return row
  }

  writeAhead(row: AheadRow | undefined): void {
    this.#writeFact('ahead', row)
  }

  readTogether(): Together | undefined {
    const text = this.#readFact('together')
    if (text === undefined) return undefined
    const together: Together = JSON.parse(text)
    return together
  }

  writeTogether(body: Together | undefined): void {
    this.#writeFact('together', body)
  }

  readPlaces(): Map<string, Place> {
    const places = this.#bodies<Place & { user?: string }>('SELECT id AS name, body FROM places')
    // A place from before people were told apart names its token only.
    return new Map([...places].map(([id, place]) => [id, { ...place, user: place.user ?? place.waiter }]))
  }

  writePlace(place: Place): void {
    const body = JSON.stringify(place)
    this.#sql.exec('INSERT OR REPLACE INTO places (id, body) VALUES (?, ?)', place.id, body)
  }

  removePlace(id: string): void {
    this.#sql.exec('DELETE FROM places WHERE id = ?', id)
  }

  removeRow(id: string): void {
    this.#sql.exec('DELETE FROM leases WHERE id = ?', id)
  }

  /** Counts the rows whose records wait for D1. */
  countRecordRows(): number {
    return this.#sql.exec<{ count: number }>('SELECT count(*) AS count FROM leases WHERE lease IS NULL').one()
      .count
  }

  /** Records that wait for D1, up to so many, and up to so many characters but at least one. */
  readRecords(most: number, mostCharacters: number): JournalledRecord[] {
    const records: JournalledRecord[] = []
    let characters = 0
    const rows = this.#sql.exec<{ id: string; record: string }>(
      'SELECT id, record FROM leases WHERE lease IS NULL LIMIT ?',
      most,
    )
    for (const row of rows) {
      characters += row.record.length
      if (records.length > 0 && characters > mostCharacters) break
      const body: RequestRecord | RequestRecord[] = JSON.parse(row.record)
      records.push(...[body].flat().map((record) => ({ rowId: row.id, record })))
    }
    return records
  }

  #readFact(name: string): string | undefined {
    const [row] = this.#sql.exec<{ value: string }>('SELECT value FROM facts WHERE name = ?', name).toArray()
    return row?.value
  }

  #writeFact(name: string, body: unknown): void {
    if (body === undefined) this.#sql.exec('DELETE FROM facts WHERE name = ?', name)
    else
      this.#sql.exec('INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)', name, JSON.stringify(body))
  }

  #bodies<Body>(query: string): Map<string, Body> {
    const rows = this.#sql.exec<{ name: string; body: string }>(query).toArray()
    return new Map(
      rows.map((row) => {
        const body: Body = JSON.parse(row.body)
        return [row.name, body]
      }),
    )
  }
}
