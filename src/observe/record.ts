/** What is remembered of one request: a row of the log. Times are milliseconds since the epoch. */
import type { Usage } from '../chat/events.ts'
import type { ErrorCode, TrailEntry } from '../errors.ts'

export interface RequestRecord {
  /** Time-ordered, so that the log's key is its order. */
  id: string
  /** The user whose token asked. */
  owner: string
  startedAt: number
  durationMs: number
  /** From the start to the first content; absent where there was none. */
  firstContentMs?: number
  /** The token that asked; null for a session. */
  tokenId: string | null
  dialect: string
  /** The route or model that the client named. */
  asked: string
  stream: boolean
  /** Who answered, or was tried last; null where no call was made. */
  provider: string | null
  model: string | null
  keyId: string | null
  /** The HTTP status that the client got; 499 where it left before the end. */
  status: number
  /** Our error code, where it failed. */
  code: ErrorCode | null
  usage: Usage | null
  /** US dollars; null where the price is unknown. */
  cost: number | null
  /**
   * US dollars: what it would have cost at list prices, less what it did; null where the price is
   * unknown.
   */
  saved: number | null
  /** Set by the pool on a lease that was never settled: its estimate stands in for usage. */
  unsettled?: true
  /** Set by the pool on leases that were lost with it: how many calls this stands for, at most. */
  unaccounted?: number
  trail: TrailEntry[]
  /** The error message that the client was sent, redacted; at most 500 characters. */
  message?: string
  /** Candidates and keys that were passed over; absent where there were none. */
  skipped?: Skip[]
  /** The route that `asked` stood for; absent where it named a model or a provider. */
  route?: string
  /** The program that asked, as it names itself. */
  client?: string
}

/** A candidate, or keys of one, that a request passed over without a call. */
export interface Skip {
  provider: string
  model: string | null
  /** Why: a word of `KeyRefusal`, or a sentence where the candidate as a whole could not serve. */
  reason: string
  /** How many keys it was; absent where the candidate as a whole could not serve. */
  keys?: number
  /** The key, where it was one. */
  keyId?: string
  /** What put the keys to rest or into quarantine. */
  verdict?: string
  /** When the first of them may serve again. */
  retryAt?: number
  /** How many attempts had been made by then; absent for none. */
  after?: number
}
