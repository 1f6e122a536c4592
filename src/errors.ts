/**
 * What can go wrong, said once: `HubError` is what we tell a caller, `Fault` is what went wrong at
 * a provider. How an error looks on the wire belongs to the dialects; who rests because of a fault
 * belongs to `quota/`.
 */

import type { Period } from './domain/limits.ts'
import { isStorageFailure } from './storage-failure.ts'

/** When it is worth asking a storage again that failed. */
const storageRetryMs = 5_000

/** Our closed set of codes. Every error that leaves the hub carries one of them. */
export type ErrorCode = keyof typeof errorMeanings

/** Who is at fault. It decides what rests: see the table in `quota/cooldown.ts`. */
export type Blame = 'key' | 'account' | 'model' | 'provider' | 'region' | 'request' | 'unknown'

/**
 * What each code means to a caller: the HTTP status, and what to do about it when the message says
 * nothing better.
 */
export const errorMeanings = {
  VALIDATION_ERROR: { status: 400, remedy: 'Correct the named field and send the request again.' },
  NO_ELIGIBLE_KEY: { status: 400, remedy: 'Add a key for this model, or request another model.' },
  UNAUTHORIZED: { status: 401, remedy: 'Send a valid token or session.' },
  BUDGET_EXCEEDED: { status: 402, remedy: 'Raise the budget of this token, or wait for its next period.' },
  FORBIDDEN: { status: 403, remedy: 'Ask an admin of this hub for access.' },
  NOT_FOUND: { status: 404, remedy: 'Check the address and the names in it.' },
  REQUEST_TIMEOUT: { status: 408, remedy: 'Send the request again, or allow it more time.' },
  CONFLICT: { status: 409, remedy: 'Load the current state, then try again.' },
  PAYLOAD_TOO_LARGE: { status: 413, remedy: 'Send a smaller body.' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, remedy: 'Send the body uncompressed, or as gzip or deflate.' },
  UPGRADE_REQUIRED: { status: 426, remedy: 'Send the request over HTTP. WebSockets are not supported.' },
  RATE_LIMIT_EXCEEDED: { status: 429, remedy: 'Wait until the time in retry-after.' },
  QUOTA_EXHAUSTED: { status: 429, remedy: 'Wait until the time in retry-after, or add a key.' },
  INTERNAL_ERROR: {
    status: 500,
    remedy: 'Send the request again. If it keeps failing, report the request id.',
  },
  PROVIDER_ERROR: {
    status: 502,
    remedy: 'Send the request again. The trail lists the providers that failed.',
  },
  UNAVAILABLE: { status: 503, remedy: 'Send the request again after the time in retry-after.' },
  OVERLOADED: { status: 503, remedy: 'Send the request again after the time in retry-after.' },
  PROVIDER_TIMEOUT: { status: 504, remedy: 'Send the request again, or allow it more time.' },
} as const satisfies Record<string, { status: number; remedy: string }>

/** What went wrong in one upstream call. Plain data: it crosses RPC and is written to the log. */
export interface Fault {
  blame: Blame
  /**
   * What happened, in one hyphenated word group: `rate-limited`, `daily-quota`, `bad-key`,
   * `overloaded`, `cut`.
   */
  verdict: string
  /** The provider's own words, with anything secret taken out. */
  message: string
  /** The provider's HTTP status; absent where there was no answer. */
  status?: number
  /**
   * When the thing blamed may be used again, in milliseconds since the epoch, where the provider
   * stated it.
   */
  retryAt?: number
  /** How long a quota lasts that was hit, where the provider said so without naming a time. */
  period?: Period
  /**
   * Only words say who is to blame, or a 403 that names nothing. The same verdict from two keys in
   * a row makes it the request's.
   */
  doubtful?: true
  /**
   * The provider's machine-readable code, type and parameter, passed on when the request itself is
   * to blame.
   */
  code?: string
  type?: string
  param?: string
}

/**
 * One upstream try with its verdict, as the log and the error body show it. Times are milliseconds
 * since the epoch.
 */
export interface TrailEntry {
  provider: string
  model: string
  keyId: string | null
  status: number | null
  verdict: string
  blame: Blame | null
  startedAt: number
  durationMs: number
  retryAt?: number
  /**
   * The provider's own words, for the log alone: never in an answer, and only of keys that are the
   * caller's own.
   */
  message?: string
}

interface HubErrorDetails {
  /** The field of the request that is to blame, as the client wrote it: `messages[0].role`. */
  param?: string | undefined
  /** When the same request may succeed, in milliseconds since the epoch. */
  retryAt?: number | undefined
  trail?: TrailEntry[] | undefined
  /** A provider's own verdict on the request, which is passed on as it is. */
  upstream?: Fault | undefined
  /** Whether the caller may not learn who was asked: the trail is then shown without names. */
  concealed?: boolean
  cause?: unknown
}

/**
 * The one error class of the hub. Thrown anywhere; turned into a response once, in the dialect of
 * the caller.
 */
export class HubError extends Error {
  override readonly name = 'HubError'
  readonly code: ErrorCode
  readonly param: string | undefined
  readonly retryAt: number | undefined
  readonly trail: TrailEntry[] | undefined
  readonly upstream: Fault | undefined
  readonly concealed: boolean

  constructor(code: ErrorCode, message: string, details: HubErrorDetails = {}) {
    super(message, { cause: details.cause })
    this.code = code
    this.param = details.param
    this.retryAt = details.retryAt
    this.trail = details.trail
    this.upstream = details.upstream
    this.concealed = details.concealed ?? false
  }

  /**
   * The HTTP status: a provider's own where its verdict on the request is passed on, else the
   * code's.
   */
  get status(): number {
    return this.upstream?.status ?? errorMeanings[this.code].status
  }
}

/** A value that is not an error of ours, as one that tells the caller nothing of the inside. */
export function toHubError(thrown: unknown): HubError {
  if (thrown instanceof HubError) return thrown
  if (isStorageFailure(thrown)) {
    return new HubError('UNAVAILABLE', 'The hub’s storage is not responding. Try again in a few seconds.', {
      cause: thrown,
      retryAt: Date.now() + storageRetryMs,
    })
  }
  return new HubError('INTERNAL_ERROR', 'Something went wrong on the hub.', { cause: thrown })
}
