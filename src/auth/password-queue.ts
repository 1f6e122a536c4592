/**
 * How many passwords an isolate hashes. Argon2 is synchronous: while it runs, nothing else in the
 * isolate does. A few hashes begin at once; more of them follow one another with room for other
 * requests between, and beyond a short line they are refused.
 */
import { minuteMs } from '../domain/time.ts'
import { HubError } from '../errors.ts'

/** The least time from one hash to the next, and how many may begin at once after a pause. */
const spacingMs = 100
const burst = 5
/** The most that wait, and how long. */
const maxWaiting = 20
const longestWaitMs = 20_000
/** A hash keeps the isolate to itself for its own time, and others then have half of that. */
const share = 1.5
/** A line that seems longer comes from a clock that was set back. */
const plausibleMs = minuteMs

/** The line of one isolate. Times are milliseconds since the epoch. */
export class HashingLine {
  #waiting = 0
  /** When the next hash would begin if all of them kept their distance. */
  #freeAt = 0

  /**
   * Takes a place in the line.
   * @returns how long to wait before hashing, in milliseconds; undefined where the line is too
   *   long.
   */
  join(now: number): number | undefined {
    if (this.#freeAt > now + plausibleMs) this.#freeAt = now
    const waitMs = Math.max(0, this.#freeAt - burst * spacingMs - now)
    if (this.#waiting >= maxWaiting || waitMs > longestWaitMs) return undefined
    this.#freeAt = Math.max(this.#freeAt, now) + spacingMs
    if (waitMs > 0) this.#waiting++
    return waitMs
  }

  /** Leaves the line after a wait. */
  leave(): void {
    this.#waiting--
  }

  /**
   * Notes how long a hash took. Cloudflare's clock does not move meanwhile: there, the spacing
   * counts.
   */
  took(durationMs: number): void {
    this.#freeAt += Math.max(0, durationMs * share - spacingMs)
  }
}

const line = new HashingLine()

/**
 * Hashes a password, or compares one, when it is its turn.
 * @throws {HubError} RATE_LIMIT_EXCEEDED where too many wait already; nothing is then hashed.
 */
export async function inTurn<Result>(hash: () => Result): Promise<Result> {
  const now = Date.now()
  const waitMs = line.join(now)
  if (waitMs === undefined) {
    throw new HubError(
      'RATE_LIMIT_EXCEEDED',
      'Too many logins at the same time. Try again in a few seconds.',
      {
        retryAt: now + spacingMs * maxWaiting,
      },
    )
  }
  if (waitMs > 0) {
    await new Promise((resolve) => setTimeout(resolve, waitMs))
    line.leave()
  }
  const startedAt = performance.now()
  try {
    return hash()
  } finally {
    line.took(performance.now() - startedAt)
  }
}
