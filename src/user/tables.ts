/**
 * Claims, answers and transcripts in the storage of the user's object. Caps and the epoch have
 * stores of their own.
 */
import type { Claim } from './idempotency.ts'

/**
 * A value of SQLite holds two megabytes. What is sealed is ASCII, so that a character is a byte.
 */
const partCharacters = 1_000_000

export class UserStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
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

  /** Removes everything that is kept for a person who is gone. */
  removeAll(): void {
    this.#sql.exec('DELETE FROM claims')
    this.#sql.exec('DELETE FROM answers')
    this.#sql.exec('DELETE FROM transcripts')
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
}
