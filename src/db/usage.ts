/**
 * What was used, from the sums that the journal makes for each hour and the daily folding for each
 * day: charts read few rows, and reach further back than the log. What is folded into days is gone
 * from the hours, so that every question adds up both.
 */
import { dayMs } from '../domain/time.ts'
import { type SQL, sql } from 'drizzle-orm'
import { firstIdAt } from '../ids.ts'
import type { Durations } from '../observe/durations.ts'
import { openDatabase } from './client.ts'
import { peopleOf, type Whose } from './owner-filter.ts'

/** What usage can be told apart by. */
export type UsageDimension = 'provider' | 'model' | 'key' | 'token' | 'user'

/** What needs only the sums of each owner. */
type WholeDimension = 'user' | undefined

export function hasTotals(dimension: UsageDimension | undefined): dimension is WholeDimension {
  return dimension === undefined || dimension === 'user'
}

export interface UsageQuestion {
  dimension: UsageDimension | undefined
  /**
   * The length of a step in milliseconds; undefined for one sum of the whole span. Days are UTC's.
   */
  stepMs: number | undefined
  /**
   * Times in milliseconds since the epoch, on the hour; `to` is exclusive. Folded days count whole.
   */
  from: number
  to: number
}

/** So many groups, those with the most of something. */
export interface Top {
  groups: number
  by: 'requests' | 'tokens' | 'cost' | 'errors' | 'rescued'
}

export interface UsageRow {
  /** The beginning of the step; null where there is one sum. */
  at: number | null
  /**
   * The value of the dimension; null without one, and for all others together. Empty where the
   * request had none: nobody served it, or it came by a session.
   */
  name: string | null
  requests: number
  errors: number
  rescued: number
  inputTokens: number
  outputTokens: number
  cachedTokens: number
  reasoningTokens: number
  durationMs: number
  cost: number
  saved: number
}

const everyMeasure = sql`
  requests, errors, rescued, input_tokens, output_tokens, cached_tokens, reasoning_tokens, duration_ms, cost, saved`

const hourlyNames: Record<UsageDimension, SQL> = {
  provider: sql`provider`,
  // Two providers may have a model of the same name.
  model: sql`CASE WHEN provider = '' THEN '' ELSE provider || '/' || model END`,
  key: sql`key_id`,
  token: sql`token_id`,
  user: sql`owner`,
}

const rankedBy: Record<Top['by'], SQL> = {
  requests: sql`requests`,
  tokens: sql`input_tokens + output_tokens`,
  cost: sql`cost`,
  errors: sql`errors`,
  rescued: sql`rescued`,
}

/**
 * Sums of a span, in the order of time and then by name.
 * @param limit of rows.
 * @param named the groups that are told apart; all others are one. Absent: every group.
 */
export async function sumUsage(
  d1: D1Database,
  whose: Whose,
  question: UsageQuestion,
  { limit, named }: { limit: number; named?: string[] | undefined },
): Promise<UsageRow[]> {
  const name = named
    ? sql`CASE WHEN name IN (SELECT value FROM json_each(${JSON.stringify(named)})) THEN name END`
    : sql`name`
  return openDatabase(d1).all<UsageRow>(sql`
    SELECT ${stepOf(question)} AS at, ${name} AS name,
      sum(requests) AS requests, sum(errors) AS errors, sum(rescued) AS rescued,
      sum(input_tokens) AS inputTokens, sum(output_tokens) AS outputTokens,
      sum(cached_tokens) AS cachedTokens, sum(reasoning_tokens) AS reasoningTokens,
      sum(duration_ms) AS durationMs, sum(cost) AS cost, sum(saved) AS saved
    FROM (${usedIn(whose, question, everyMeasure)}) AS used
    GROUP BY 1, 2 ORDER BY 1, 2 LIMIT ${limit}`)
}

/** The groups that have the most of something over the whole span, the one with the most first. */
export async function topGroups(
  d1: D1Database,
  whose: Whose,
  question: UsageQuestion,
  { groups, by }: Top,
): Promise<string[]> {
  const rows = await openDatabase(d1).all<{ name: string | null }>(sql`
    SELECT name FROM (${usedIn(whose, question, everyMeasure)}) AS used
    GROUP BY 1 ORDER BY sum(${rankedBy[by]}) DESC, 1 LIMIT ${groups}`)
  return rows.flatMap(({ name }) => name ?? [])
}

/**
 * Finds how long the requests of a row took that went well. Not known of single providers, models,
 * keys and tokens.
 */
export async function findDurations(
  d1: D1Database,
  whose: Whose,
  question: UsageQuestion & { dimension: WholeDimension },
): Promise<(row: Pick<UsageRow, 'at' | 'name'>) => Durations> {
  const rows = await openDatabase(d1).all<
    Pick<UsageRow, 'at' | 'name'> & { class: number; requests: number }
  >(sql`
    SELECT ${stepOf(question)} AS at, name, CAST(class.key AS INTEGER) AS class, sum(class.value) AS requests
    FROM (${usedIn(whose, question, sql`durations`)}) AS used CROSS JOIN json_each(used.durations) AS class
    GROUP BY 1, 2, 3`)
  const placeOf = ({ at, name }: Pick<UsageRow, 'at' | 'name'>): string => JSON.stringify([at, name])
  const found = Map.groupBy(rows, placeOf)
  return (row) => new Map(found.get(placeOf(row))?.map(({ class: one, requests }) => [one, requests]))
}

/** The pools of keys that served people since the hour that begins at `since`, at most so many. */
export function listUsedPools(
  d1: D1Database,
  whose: Whose,
  { since, limit }: { since: number; limit: number },
): Promise<{ poolOwner: string; provider: string }[]> {
  return openDatabase(d1).all(sql`
    SELECT DISTINCT iif(accounts.shared, 'hub', keys.owner) AS poolOwner, keys.provider AS provider
    FROM ${peopleOf(whose)} CROSS JOIN usage_hourly AS used CROSS JOIN keys CROSS JOIN accounts
    WHERE used.owner = people.person AND used.hour >= ${since} AND keys.id = used.key_id
      AND accounts.owner = keys.owner AND accounts.id = keys.account_id
    LIMIT ${limit}`)
}

/** Every row that a question is about, of the hours and of the days before them. */
function usedIn(whose: Whose, { dimension, from, to }: UsageQuestion, columns: SQL): SQL {
  const whole = hasTotals(dimension)
  const people = peopleOf(whose)
  return sql`
    SELECT hour AS at, ${dimension ? hourlyNames[dimension] : sql`NULL`} AS name, ${columns}
    FROM ${people} CROSS JOIN ${whole ? sql`usage_totals` : sql`usage_hourly`}
    WHERE owner = person AND hour >= ${from} AND hour < ${to}
    UNION ALL
    SELECT day, ${dimension === undefined ? sql`NULL` : whole ? sql`owner` : sql`name`}, ${columns}
    FROM ${people} CROSS JOIN usage_daily
    WHERE owner = person AND dimension = ${whole ? 'all' : dimension}
      AND day >= ${Math.floor(from / dayMs) * dayMs} AND day < ${to}`
}

/** The beginning of the step in which a row lies. */
function stepOf({ stepMs }: UsageQuestion): SQL {
  // Numbers are bound as REAL, and a quotient of those is none of whole steps.
  return stepMs === undefined ? sql`NULL` : sql`at / CAST(${stepMs} AS INTEGER) * CAST(${stepMs} AS INTEGER)`
}

/** One upstream try, as the trail of a request has it. */
export interface Attempt {
  provider: string
  model: string
  verdict: string
  blame: string | null
  startedAt: number
  durationMs: number
}

/**
 * The upstream tries of the newest requests since a time, the newest first.
 * @param limit of requests that are looked at.
 */
export async function listAttempts(
  d1: D1Database,
  whose: Whose,
  since: number,
  limit: number,
): Promise<Attempt[]> {
  return openDatabase(d1).all<Attempt>(sql`
    SELECT
      attempt.value ->> '$.provider' AS provider, attempt.value ->> '$.model' AS model,
      attempt.value ->> '$.verdict' AS verdict, attempt.value ->> '$.blame' AS blame,
      attempt.value ->> '$.startedAt' AS startedAt, attempt.value ->> '$.durationMs' AS durationMs
    FROM (
      SELECT id, trail FROM ${peopleOf(whose)} CROSS JOIN requests
      WHERE owner = person AND id >= ${firstIdAt('req', since)}
      ORDER BY id DESC LIMIT ${limit}
    ) AS newest CROSS JOIN json_each(newest.trail) AS attempt
    ORDER BY newest.id DESC, attempt.key DESC`)
}
