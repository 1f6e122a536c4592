/** Rows of caps in the storage of an object: one for each subject, and one for each running request. */
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

  writeAllowance(id: string, allowance: Allowance): void {
    this.#sql.exec(
      'INSERT OR REPLACE INTO allowances (id, body) VALUES (?, ?)',
      id,
      JSON.stringify(allowance),
    )
  }

  removeAllowance(id: string): void {
    this.#sql.exec('DELETE FROM allowances WHERE id = ?', id)
  }

  /** The shares that each running request holds, by its reservation's id, in the order in which they end. */
  readReservations(): Map<string, Reservation[]> {
    const reservations = this.#bodies<Reservation[]>('SELECT id, body FROM reservations')
    return new Map([...reservations].toSorted(([, a], [, b]) => deadlineOf(a) - deadlineOf(b)))
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
