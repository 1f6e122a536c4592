/**
 * Rows of caps in the storage of an object: one for each subject, and rows for running requests
 * beyond those it holds.
 */
import type { Allowance, Reservation } from './allowance.ts'

// Bodies are JSON that this module wrote: reading them back needs no check.
export class AllowanceStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  /** The counters of each subject, by its id. */
  readAllowances(): Map<string, Allowance> {
    return this.#bodies<Allowance>('SELECT id, body FROM allowances')
  }

  /**
   * @param shares what running requests hold of the subject, but for those with rows of their own.
   */
  writeAllowance(id: string, allowance: Allowance, shares: readonly Reservation[]): void {
    this.#sql.exec(
      'INSERT OR REPLACE INTO allowances (id, body, reservations) VALUES (?, ?, ?)',
      id,
      JSON.stringify(allowance),
      shares.length > 0 ? JSON.stringify(shares) : null,
    )
  }

  removeAllowance(id: string): void {
    this.#sql.exec('DELETE FROM allowances WHERE id = ?', id)
  }

  /** The shares in the rows of subjects. */
  readShares(): Reservation[] {
    const query = 'SELECT id, reservations AS body FROM allowances WHERE reservations IS NOT NULL'
    return [...this.#bodies<Reservation[]>(query).values()].flat()
  }

  /** The shares of each running request that has a row of its own, by its reservation's id. */
  readReservations(): Map<string, Reservation[]> {
    return this.#bodies<Reservation[]>('SELECT id, body FROM reservations')
  }

  writeReservation(id: string, shares: readonly Reservation[]): void {
    this.#sql.exec('INSERT OR REPLACE INTO reservations (id, body) VALUES (?, ?)', id, JSON.stringify(shares))
  }

  removeReservation(id: string): void {
    this.#sql.exec('DELETE FROM reservations WHERE id = ?', id)
  }

  removeAll(): void {
    this.#sql.exec('DELETE FROM allowances')
    this.#sql.exec('DELETE FROM reservations')
  }

  #bodies<Body>(query: string): Map<string, Body> {
    const rows = this.#sql.exec<{ id: string; body: string }>(query).toArray()
    return new Map(rows.map(({ id, body }): [string, Body] => [id, JSON.parse(body)]))
  }
}

/** When a request's shares end, all at once. */
export function deadlineOf([share]: readonly Reservation[]): number {
  return share?.deadlineAt ?? 0
}
