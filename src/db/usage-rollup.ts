/**
 * Folds hours into days: for a while one sees each hour, and after that a day costs one row for
 * each provider, model, key and token that had a part in it. Rows are moved, and added to what a
 * day has already, in one transaction: what comes in late is not lost, and nothing is counted
 * twice.
 */
import { dayMs } from '../domain/time.ts'
import { addDurations, addMeasures, measureColumns, summedMeasures } from './usage-sums.ts'

/**
 * For so long hours are told apart by what had a part in them, which is many rows each; and their
 * totals, which are one.
 */
export const hoursKeptMs = 3 * dayMs
export const totalsKeptMs = 31 * dayMs
/** A run moves no more than this; what is left is for the next one. */
const daysAtOnce = 14

/** The owners whose sums are kept; those of people who were removed go another way. */
const people = "(SELECT id AS person FROM users UNION ALL SELECT 'hub')"

const day = `hour / ${dayMs} * ${dayMs}`
/** Of one time up to, but without, another. */
const moved = 'WHERE owner = person AND hour >= ?1 AND hour < ?2'

const names = {
  provider: 'provider',
  // As it is shown: two providers may have a model of the same name.
  model: "CASE WHEN provider = '' THEN '' ELSE provider || '/' || model END",
  key: 'key_id',
  token: 'token_id',
}

const foldHours = Object.entries(names).map(
  ([dimension, name]) => `
    INSERT INTO usage_daily (owner, dimension, day, name, durations, ${measureColumns})
    SELECT owner, '${dimension}', ${day}, ${name}, '{}', ${summedMeasures}
    FROM ${people} CROSS JOIN usage_hourly ${moved}
    GROUP BY 1, 3, 4
    ON CONFLICT (owner, dimension, day, name) DO UPDATE SET ${addMeasures}`,
)

// One hour after the other, because each has counts of its own that are added to the day's.
const foldTotals = `
  INSERT INTO usage_daily (owner, dimension, day, name, durations, ${measureColumns})
  SELECT owner, 'all', ${day}, '', durations, ${measureColumns}
  FROM ${people} CROSS JOIN usage_totals ${moved}
  ON CONFLICT (owner, dimension, day, name) DO UPDATE SET ${addMeasures}, ${addDurations('usage_daily')}`

/** The oldest hour of a table, and the removal of what was folded. */
const statementsOf = (table: 'usage_hourly' | 'usage_totals') => ({
  oldest: `SELECT min((SELECT min(hour) FROM ${table} WHERE owner = person)) AS hour FROM ${people}`,
  remove: `DELETE FROM ${table} WHERE owner IN (SELECT person FROM ${people}) AND hour >= ?1 AND hour < ?2`,
})

/**
 * Folds what is older than hours are told apart, the oldest days first.
 * @param now in milliseconds since the epoch.
 */
export async function foldUsage(d1: D1Database, now: number): Promise<void> {
  await fold(d1, { ...statementsOf('usage_hourly'), add: foldHours }, now - hoursKeptMs)
  await fold(d1, { ...statementsOf('usage_totals'), add: [foldTotals] }, now - totalsKeptMs)
}

interface Folding {
  oldest: string
  add: string[]
  remove: string
}

async function fold(d1: D1Database, { oldest, add, remove }: Folding, keptFrom: number): Promise<void> {
  const before = Math.floor(keptFrom / dayMs) * dayMs
  const first = await d1.prepare(oldest).first<number | null>('hour')
  if (first === null || first >= before) return
  const until = Math.min(before, Math.floor(first / dayMs + daysAtOnce) * dayMs)
  await d1.batch([...add, remove].map((statement) => d1.prepare(statement).bind(first, until)))
}
