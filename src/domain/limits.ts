/** What a limit counts, for how long and how it resets; limits and budgets of keys, tokens, users and teams. */

/** What a limit counts. */
export const units = ['requests', 'tokens'] as const
export type Unit = (typeof units)[number]

/** How long a limit lasts, the shortest first. */
export const periods = ['minute', 'hour', 'day', 'month'] as const
export type Period = (typeof periods)[number]

/**
 * How a limit comes back. `sliding` and `rolling` (a provider's word for the same) forget each use
 * as it grows old, `refill` adds a little all the time, `utc` and `pacific` start over with each
 * calendar period of their time zone.
 */
export const resets = ['sliding', 'refill', 'utc', 'pacific', 'rolling'] as const
export type Reset = (typeof resets)[number]

/** Whether a limit of a key counts all keys of its account together, or that key alone. */
export const limitScopes = ['account', 'key'] as const
export type LimitScope = (typeof limitScopes)[number]

/** A limit that a person entered for a key. Absent `resets` follow the provider, absent `scope` is the account. */
export interface Limit {
  unit: Unit
  per: Period
  limit: number
  /** The one model that it counts, or `prefix*`; absent for all. */
  model?: string | undefined
  resets?: Reset | undefined
  scope?: LimitScope | undefined
}

/** A limit of a token, a user or a team. It counts every model. */
export type TokenLimit = Omit<Limit, 'model'>

/** The periods of a budget. Both are those of UTC. */
export const budgetPeriods = ['day', 'month'] as const
export type BudgetPeriod = (typeof budgetPeriods)[number]

/** The most that a token, a user or a team may spend, in US dollars. */
export interface Budget {
  amount: number
  per: BudgetPeriod
}

/** Limits, concurrency and budget of a token, a user or a team. Null sets no cap. */
export interface Caps {
  limits: TokenLimit[] | null
  maxConcurrent: number | null
  budget: Budget | null
}

/**
 * The part of a shared account that its owner keeps: a percentage of every limit, as in `20%`, or a
 * number of requests of the longest window that has a limit.
 */
export type Reserve = `${number}%` | number
