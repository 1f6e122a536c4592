/** What was used, from the sums that the journal makes for each hour: charts read few rows, and reach further back than the log. */
import { type SQL, sql } from 'drizzle-orm'
import { firstIdAt } from '../ids.ts'
import { openDatabase } from './client.ts'
import { peopleOf, type Whose } from './whose.ts'

/** What usage can be told apart by; each is part of the key of an hour. */
export type UsageDimension = 'provider' | 'model' | 'key' | 'token' | 'user'

export interface UsageQuestion {
  dimension: UsageDimension | undefined
  /** The length of a step in milliseconds; undefined for one sum of the whole span. Days are UTC's. */
  stepMs: number | undefined
  /** Times in milliseconds since the epoch, on the hour; `to` is exclusive. */
  from: number
  to: number
  limit: number
}

export interface UsageRow {
  /** The beginning of the step; null where there is one sum. */
  at: number | null
  /** The value of the dimension; null where there is none. Empty where the request had none: nobody served it, or it came by a session. */
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
}

const columns: Record<UsageDimension, SQL> = {
  provider: sql`provider`,
  // Two providers may have a model of the same name.
  model: sql`CASE WHEN provider = '' THEN '' ELSE provider || '/' || model END`,
  key: sql`key_id`,
  token: sql`token_id`,
  user: sql`owner`,
}

/** Sums of a span, in the order of time and then by name. */
export async function sumUsage(
  d1: D1Database,
  whose: Whose,
  { dimension, stepMs, from, to, limit }: UsageQuestion,
): Promise<UsageRow[]> {
  // Numbers are bound as REAL, and a quotient of those is none of whole steps.
  const step =
    stepMs === undefined ? sql`NULL` : sql`hour / CAST(${stepMs} AS INTEGER) * CAST(${stepMs} AS INTEGER)`
  const name = dimension === undefined ? sql`NULL` : columns[dimension]
  return openDatabase(d1).all<UsageRow>(sql`
    SELECT ${step} AS at, ${name} AS name,
      sum(requests) AS requests, sum(errors) AS errors, sum(rescued) AS rescued,
      sum(input_tokens) AS inputTokens, sum(output_tokens) AS outputTokens,
      sum(cached_tokens) AS cachedTokens, sum(reasoning_tokens) AS reasoningTokens,
      sum(duration_ms) AS durationMs, sum(cost) AS cost
    FROM ${peopleOf(whose)} CROSS JOIN usage_hourly
    WHERE owner = person AND hour >= ${from} AND hour < ${to}
    GROUP BY 1, 2 ORDER BY 1, 2 LIMIT ${limit}`)
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

/** The upstream tries of the newest requests since a time, the newest first. @param limit of requests that are looked at. */
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
