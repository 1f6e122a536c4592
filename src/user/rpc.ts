/**
 * What passes between the gateway and the objects that count for caps: plain data, because it
 * crosses RPC.
 */
import type { Caps, Period, Unit } from '../domain/limits.ts'
import type { CallEstimate } from '../quota/amounts.ts'

/** The one whose caps are counted. `open-access` is everyone without a credential. */
export type Subject = 'token' | 'person' | 'open-access' | 'team'

/** How refusals name the subject to the caller. */
export const nameOf: Record<Subject, string> = {
  token: 'This token',
  person: 'Your account',
  'open-access': 'Access without a token',
  team: 'Your team',
}

/**
 * The caps of one subject. They come along with each question; an epoch says whether they still
 * hold.
 */
export interface Rules extends Caps {
  subject: Subject
  /** The id of the token, the person or the team. */
  id: string
}

/** Whether anything is capped. An object is asked to reserve only then. */
export function hasCaps({ limits, maxConcurrent, budget }: Caps): boolean {
  return limits !== null || maxConcurrent !== null || budget !== null
}

/** The rules for an object to count by, out of a stored token, person or team. */
export function rulesOf(
  subject: Subject,
  { id, limits, maxConcurrent, budget }: Caps & { id: string },
): Rules {
  return { subject, id, limits, maxConcurrent, budget }
}

/** What one request may need. */
export interface RequestNeed {
  estimate: CallEstimate
  /** What it may cost; only where a subject has a budget. */
  price?: PriceNeed
}

/** What a request may cost at the dearest of its candidates. */
export interface PriceNeed {
  /** Nano-dollars for one token of input and of output. */
  input: number
  output: number
  /** How many answers are wanted. */
  choices: number
  /** The output limit in tokens that the client set for each of them; absent where it set none. */
  outputLimit?: number
  /** The longest output that every candidate can make. */
  longestOutput: number
}

/** The epoch of the object's user or team says whether the rules that came along still hold. */
export type Answer = (Grant | Refusal) & { epoch: number }

export interface Grant {
  type: 'grant'
  reservationId: string
  /**
   * It holds a slot of a limit of concurrency, and the object wants to hear while it goes on
   * (`renew`).
   */
  slot?: true
  /** Set where the client set none: the budget pays for no longer answer. */
  outputLimit?: number
}

export interface Refusal {
  type: 'refusal'
  /** Whose cap refuses. */
  subject: Subject
  code: 'RATE_LIMIT_EXCEEDED' | 'BUDGET_EXCEEDED'
  message: string
  /**
   * When the same request may be let through, in milliseconds since the epoch; absent where it
   * never will.
   */
  retryAt?: number
}

/** What a request came to. */
export interface Spent {
  tokens: number
  /** The part of `tokens` that is output; absent where an older release sends it. */
  outputTokens?: number
  /** Nano-dollars; absent where it is not known, and what was reserved then stands. */
  money?: number
}

/** The use of one subject's caps. Times are milliseconds since the epoch, money is nano-dollars. */
export interface CapUse {
  /** How many of its requests are running, as far as they were counted. */
  running: number
  windows: {
    unit: Unit
    per: Period
    /** Settled use. */
    used: number
    /** What running requests hold on top of it. */
    reserved: number
    limit: number
    resetsAt?: number
  }[]
  budget?: { spent: number; reserved: number; resetsAt: number }
}
