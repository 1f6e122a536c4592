/** A user's rows in the storage of their object: everything that must survive eviction, and all SQL of the object. */
import type { Allowance, Reservation } from './allowance.ts'
import type { Claim } from './claims.ts'

/** A value of SQLite holds two megabytes. What is sealed is ASCII, so that a character is a byte. */
const partCharacters = 1_000_000

/** The user's configuration epoch, and when D1 was last asked for it. */
export interface KnownEpoch {
  epoch: number
  pulledAt: number
}

// Bodies are JSON that this module wrote and nobody else writes: reading them back needs no check.
export class UserStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  readKnownEpoch(): KnownEpoch | undefined {
    const [row] = this.#sql.exec<{ value: string }>("SELECT value FROM facts WHERE name = 'epoch'").toArray()
    if (!row) return undefined
    const known: KnownEpoch = JSON.parse(row.value)
    return known
  }

  writeKnownEpoch(known: KnownEpoch): void {
    this.#sql.exec("INSERT OR REPLACE INTO facts (name, value) VALUES ('epoch', ?)", JSON.stringify(known))
  }

  readClaim(name: string): Claim | undefined {
    // Only `writeClaim` writes the column whose type is a union.
    const [row] = this.#sql
      .exec<{ name: string; body: string; ticket: string; outcome: Claim['outcome']; expires_at: number }>(
        'SELECT name, body, ticket, outcome, expires_at FROM claims WHERE name = ?',
        name,
      )
      .toArray()
    if (!row) return undefined
    const { expires_at: expiresAt, ...claim } = row
    return { ...claim, expiresAt }
  }

  writeClaim({ name, body, ticket, outcome, expiresAt }: Claim): void {
    this.#sql.exec(
      'INSERT OR REPLACE INTO claims (name, body, ticket, outcome, expires_at) VALUES (?, ?, ?, ?, ?)',
      name,
      body,
      ticket,
      outcome,
      expiresAt,
    )
  }

  /** Removes a claim and what was kept under it. */
  removeClaim(name: string): void {
    this.#sql.exec('DELETE FROM claims WHERE name = ?', name)
    this.#sql.exec('DELETE FROM answers WHERE claim = ?', name)
  }

  removeExpiredClaims(now: number): void {
    this.#sql.exec('DELETE FROM answers WHERE claim IN (SELECT name FROM claims WHERE expires_at <= ?)', now)
    this.#sql.exec('DELETE FROM claims WHERE expires_at <= ?', now)
  }

  /** When the first claim expires; undefined where there is none. */
  nextExpiry(): number | undefined {
    const [row] = this.#sql.exec<{ at: number | null }>('SELECT min(expires_at) AS at FROM claims').toArray()
    return row?.at ?? undefined
  }

  readAnswer(claim: string): string {
    return this.#joined('SELECT text FROM answers WHERE claim = ? ORDER BY part', claim)
  }

  writeAnswer(claim: string, sealed: string): void {
    this.#writeParts('INSERT OR REPLACE INTO answers (claim, part, text) VALUES (?, ?, ?)', claim, sealed)
  }

  /** Undefined where nothing is kept of this request. */
  readTranscript(request: string): string | undefined {
    // What is sealed is never empty.
    return this.#joined('SELECT text FROM transcripts WHERE request = ? ORDER BY part', request) || undefined
  }

  /** Keeps one more; of more than `most` the oldest go. */
  addTranscript(request: string, sealed: string, most: number): void {
    this.#writeParts(
      'INSERT OR REPLACE INTO transcripts (request, part, text) VALUES (?, ?, ?)',
      request,
      sealed,
    )
    this.#sql.exec(
      `DELETE FROM transcripts WHERE request <= (
         SELECT request FROM transcripts WHERE part = 0 ORDER BY request DESC LIMIT 1 OFFSET ?)`,
      most,
    )
  }

  /** Removes those of requests before this one, or all. */
  removeTranscripts(before?: string): void {
    if (before === undefined) this.#sql.exec('DELETE FROM transcripts')
    else this.#sql.exec('DELETE FROM transcripts WHERE request < ?', before)
  }

  /** The first request of which something is kept. */
  oldestTranscript(): string | undefined {
    const [row] = this.#sql
      .exec<{ request: string | null }>('SELECT min(request) AS request FROM transcripts')
      .toArray()
    return row?.request ?? undefined
  }

  readTokens(): Map<string, Allowance> {
    return this.#bodies<Allowance>('SELECT id, body FROM tokens')
  }

  writeToken(id: string, allowance: Allowance): void {
    this.#sql.exec('INSERT OR REPLACE INTO tokens (id, body) VALUES (?, ?)', id, JSON.stringify(allowance))
  }

  removeToken(id: string): void {
    this.#sql.exec('DELETE FROM tokens WHERE id = ?', id)
  }

  /** In the order in which they end. */
  readReservations(): Map<string, Reservation> {
    const reservations = this.#bodies<Reservation>('SELECT id, body FROM reservations')
    return new Map([...reservations].toSorted(([, a], [, b]) => a.deadlineAt - b.deadlineAt))
  }

  addReservation(reservation: Reservation): void {
    this.#sql.exec(
      'INSERT INTO reservations (id, body) VALUES (?, ?)',
      reservation.id,
      JSON.stringify(reservation),
    )
  }

  removeReservation(id: string): void {
    this.#sql.exec('DELETE FROM reservations WHERE id = ?', id)
  }

  /** A sealed text, out of the parts that a value can hold. */
  #joined(query: string, name: string): string {
    const rows = this.#sql.exec<{ text: string }>(query, name).toArray()
    return rows.map(({ text }) => text).join('')
  }

  #writeParts(statement: string, name: string, sealed: string): void {
    for (let start = 0; start < sealed.length; start += partCharacters) {
      const text = sealed.slice(start, start + partCharacters)
      this.#sql.exec(statement, name, start / partCharacters, text)
    }
  }

  #bodies<Body>(query: string): Map<string, Body> {
    const rows = this.#sql.exec<{ id: string; body: string }>(query).toArray()
    return new Map(rows.map(({ id, body }): [string, Body] => [id, JSON.parse(body)]))
  }
}
