/**
 * Writes the log: rows of requests, and beside them their sums per hour, so that charts read few
 * rows, and when tokens were last used.
 */
import { hourMs } from '../domain/time.ts'
import { boundRecord } from '../observe/bounded-record.ts'
import { durationClass } from '../observe/durations.ts'
import { logColumnList, storedName, toLogRow } from '../observe/log-columns.ts'
import type { RequestRecord } from '../observe/record.ts'
import {
  addDurations,
  addMeasures,
  type Measure,
  measureColumns,
  measures,
  summedMeasures,
} from './usage-sums.ts'

/** What a record adds to each sum. */
const measured: Record<Measure, string> = {
  requests: '1',
  errors: "value ->> '$.status' >= 400",
  rescued: "value ->> '$.status' < 400 AND value ->> '$.attempts' > 1",
  input_tokens: "value ->> '$.inputTokens'",
  output_tokens: "value ->> '$.outputTokens'",
  cached_tokens: "value ->> '$.cachedTokens'",
  reasoning_tokens: "value ->> '$.reasoningTokens'",
  duration_ms: "value ->> '$.durationMs'",
  cost: "value ->> '$.cost'",
  saved: "value ->> '$.saved'",
}
const sums = measures.map((measure) => `sum(coalesce(${measured[measure]}, 0)) AS ${measure}`).join(', ')

const hour = `CAST(value ->> '$.startedAt' AS INTEGER) / ${hourMs} * ${hourMs}`

// Sums are made over the rows that are not in the log yet, and come before it; what is written
// twice is then counted once.
const unwritten = `
  FROM json_each(?1)
  WHERE NOT EXISTS (
    SELECT 1 FROM requests WHERE owner = value ->> '$.owner' AND id = value ->> '$.id'
  )`

const addToHours = `
  INSERT INTO usage_hourly (owner, hour, provider, model, key_id, token_id, ${measureColumns})
  SELECT
    value ->> '$.owner',
    ${hour},
    coalesce(value ->> '$.provider', ''),
    coalesce(value ->> '$.model', ''),
    coalesce(value ->> '$.keyId', ''),
    coalesce(value ->> '$.tokenId', ''),
    ${sums}
  ${unwritten}
  GROUP BY 1, 2, 3, 4, 5, 6
  ON CONFLICT (owner, hour, provider, model, key_id, token_id) DO UPDATE SET ${addMeasures}`

// How long failures took says little: the hub's own take no time at all.
const addToTotals = `
  INSERT INTO usage_totals (owner, hour, durations, ${measureColumns})
  SELECT owner, hour, json_group_object(class, requests) FILTER (WHERE class IS NOT NULL), ${summedMeasures}
  FROM (
    SELECT
      value ->> '$.owner' AS owner,
      ${hour} AS hour,
      CASE WHEN value ->> '$.status' < 400 THEN value ->> '$.durationClass' END AS class,
      ${sums}
    ${unwritten}
    GROUP BY 1, 2, 3
  )
  -- Without a condition, "ON" would be read as that of a join.
  WHERE true
  GROUP BY 1, 2
  ON CONFLICT (owner, hour) DO UPDATE SET ${addMeasures}, ${addDurations('usage_totals')}`

// A value of JSON is stored as the text that it is.
const values = logColumnList.map(({ name, type }) => `value ${type === 'json' ? '->' : '->>'} '$.${name}'`)

const addToLog = `
  INSERT OR IGNORE INTO requests (${logColumnList.map(({ name }) => storedName(name)).join(', ')})
  SELECT ${values.join(', ')}
  FROM json_each(?1)
  WHERE true`

const touchTokens = `
  UPDATE tokens SET last_used_at = used.at
  FROM (
    SELECT value ->> '$.tokenId' AS id, max(CAST(value ->> '$.startedAt' AS INTEGER)) AS at
    FROM json_each(?1)
    WHERE value ->> '$.tokenId' IS NOT NULL
    GROUP BY 1
  ) AS used
  WHERE tokens.id = used.id AND coalesce(last_used_at, 0) < used.at`

/**
 * Adds requests to the log and to the sums of their hours, in one transaction. A record whose owner
 * and id are in the log already changes nothing, so that the writer may repeat itself.
 * @throws what D1 fails with. Nothing was written then.
 */
export async function writeRecords(db: D1Database, records: RequestRecord[]): Promise<void> {
  const rows = new Map(records.map(boundRecord).map((record) => [`${record.owner}/${record.id}`, record]))
  if (rows.size === 0) return
  const json = JSON.stringify(
    [...rows.values()].map((record) => ({
      ...toLogRow(record),
      durationClass: durationClass(record.durationMs),
    })),
  )
  await db.batch(
    [addToHours, addToTotals, addToLog, touchTokens].map((statement) => db.prepare(statement).bind(json)),
  )
}

/** Whether D1 answers at all: an outage fails this too, a record that is refused does not. */
export async function answers(db: D1Database): Promise<boolean> {
  try {
    await db.prepare('SELECT 1').run()
    return true
  } catch {
    return false
  }
}
