/** A user's rows in the storage of their object: everything that must survive eviction, and all SQL of the object. */
import type { Claim } from './claims.ts'

/** A value of SQLite holds two megabytes. What is sealed is ASCII, so that a character is a byte. */
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

  readAnswer(claim: string): string {
    return this.#sql
      .exec<{ text: string }>('SELECT text FROM answers WHERE claim = ? ORDER BY part', claim)
      .toArray()
      .map(({ text }) => text)
      .join('')
  }

  writeAnswer(claim: string, sealed: string): void {
    for (let start = 0; start < sealed.length; start += partCharacters) {
      this.#sql.exec(
        'INSERT OR REPLACE INTO answers (claim, part, text) VALUES (?, ?, ?)',
        claim,
        start / partCharacters,
        sealed.slice(start, start + partCharacters),
      )
    }
  }
}
