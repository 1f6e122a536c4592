/** What passes between the pipeline and the user's object about a gateway token: plain data, because it crosses RPC. */
import type { Budget, TokenLimit } from '../db/schema.ts'

/** What a person has set for a token. It comes along with each question, and a key pool says whether it still holds. */
export interface TokenRules {
  id: string
  limits: TokenLimit[] | null
  maxConcurrent: number | null
  budget: Budget | null
}

/** Whether anything of a token is counted. Where nothing is, nobody is asked. */
export function hasLimits({ limits, maxConcurrent, budget }: TokenRules): boolean {
  return limits !== null || maxConcurrent !== null || budget !== null
}

/** What is said of a token to whoever counts for it. */
export function rulesOf({ id, limits, maxConcurrent, budget }: TokenRules): TokenRules {
  return { id, limits, maxConcurrent, budget }
}

/** What one request may need. */
export interface TokenNeed {
  /** Input as estimated, and output as limited by the request or as usual for it. */
  estimate: { inputTokens: number; outputTokens: number }
  /** What it may cost; only where the token has a budget. */
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

/** The user's configuration epoch tells whether the rules that were sent along still hold. */
export type TokenAnswer = (TokenGrant | TokenRefusal) & { epoch: number }

export interface TokenGrant {
  type: 'grant'
  reservationId: string
  /** Set where the client set none: the budget pays for no longer answer. */
  outputLimit?: number
}

export interface TokenRefusal {
  type: 'refusal'
  code: 'RATE_LIMIT_EXCEEDED' | 'BUDGET_EXCEEDED'
  message: string
  /** When the same request may be let through, in milliseconds since the epoch; absent where it never will. */
  retryAt?: number
}

/** What a request came to. */
export interface Spent {
  tokens: number
  /** Nano-dollars; absent where it is not known, and what was reserved then stands. */
  money?: number
}

/** What is used of a token's limits. Times are milliseconds since the epoch, money is nano-dollars. */
export interface TokenUse {
  /** How many of its requests are running, as far as it has limits. */
  running: number
  windows: {
    unit: 'requests' | 'tokens'
    per: 'minute' | 'hour' | 'day' | 'month'
    /** Settled use. */
    used: number
    /** What running requests hold on top of it. */
    reserved: number
    limit: number
    resetsAt?: number
  }[]
  budget?: { spent: number; reserved: number; resetsAt: number }
}
