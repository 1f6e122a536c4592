/**
 * What a limit counts, for how long and how it resets; limits and budgets of keys, tokens, users
 * and teams.
 */

/**
 * What a limit counts. `tokens` are input and output together, `audio-seconds` are those of audio
 * input, `money` is US dollars by the price table, and `percent` is a part of a subscription's
 * plan, of which only its provider knows how much is used.
 */
export const units = [
  'requests',
  'tokens',
  'input-tokens',
  'output-tokens',
  'audio-seconds',
  'money',
  'percent',
] as const
export type Unit = (typeof units)[number]

/** The units of limits of tokens, users and teams. Their money has a budget; no plan is theirs. */
export const tokenUnits = ['requests', 'tokens', 'input-tokens', 'output-tokens', 'audio-seconds'] as const
export type TokenUnit = (typeof tokenUnits)[number]

/** How long a limit lasts, the shortest first. */
export const periods = ['second', 'minute', 'hour', '5h', 'day', '7d', 'month'] as const
export type Period = (typeof periods)[number]

/**
 * How a limit comes back. `sliding` and `rolling` (a provider's word for the same) forget each use
 * as it grows old, `refill` adds a little all the time, `utc` and `pacific` start over with each
 * calendar period of their time zone (weeks begin on Monday), and `first-use` starts over when a
 * period is over that began with its first request.
 */
export const resets = ['sliding', 'refill', 'utc', 'pacific', 'rolling', 'first-use'] as const
export type Reset = (typeof resets)[number]

/** How a limit resets where neither a person nor its provider says so. */
export const usualResets = {
  second: 'sliding',
  minute: 'sliding',
  hour: 'sliding',
  '5h': 'sliding',
  day: 'utc',
  '7d': 'sliding',
  month: 'utc',
} as const satisfies Record<Period, Reset>

/** Whether a calendar has such periods, so that a limit can reset by it. */
export const isOnCalendar = {
  second: true,
  minute: true,
  hour: true,
  '5h': false,
  day: true,
  '7d': true,
  month: true,
} as const satisfies Record<Period, boolean>

/** How messages name a unit after an amount. Money has its sign before it. */
export const unitNames = {
  requests: 'requests',
  tokens: 'tokens',
  'input-tokens': 'input tokens',
  'output-tokens': 'output tokens',
  'audio-seconds': 'seconds of audio',
  money: 'dollars',
  percent: 'percent of the plan',
} as const satisfies Record<Unit, string>

/** How messages name a period, after "per". */
export const periodNames = {
  second: 'second',
  minute: 'minute',
  hour: 'hour',
  '5h': '5 hours',
  day: 'day',
  '7d': '7 days',
  month: 'month',
} as const satisfies Record<Period, string>

/** Whether a limit of a key counts all keys of its account together, or that key alone. */
export const limitScopes = ['account', 'key'] as const
export type LimitScope = (typeof limitScopes)[number]

/**
 * A limit that a person entered for a key. Absent `resets` follow the provider, absent `scope` is
 * the account.
 */
export interface Limit {
  unit: Unit
  per: Period
  /** A whole number of units; of money US dollars, with fractions. */
  limit: number
  /** The one model that it counts, or `prefix*`; absent for all. */
  model?: string | undefined
  resets?: Reset | undefined
  scope?: LimitScope | undefined
}

/** A limit of a token, a user or a team. It counts every model. */
export interface TokenLimit extends Omit<Limit, 'model'> {
  unit: TokenUnit
}

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
