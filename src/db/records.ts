/** Writes the log: rows of requests, and beside them their sums per hour, so that charts read few rows, and when tokens were last used. */
import type { RequestRecord } from '../observe/record.ts'

// The sums come first, over the rows that are not in the log yet; what is written twice is then counted once.
const addToHours = `
  INSERT INTO usage_hourly
    (owner, hour, provider, model, key_id, token_id, requests, errors, rescued,
     input_tokens, output_tokens, cached_tokens, reasoning_tokens, duration_ms, cost)
  SELECT
    value ->> '$.owner',
    CAST(value ->> '$.startedAt' AS INTEGER) / 3600000 * 3600000,
    coalesce(value ->> '$.provider', ''),
    coalesce(value ->> '$.model', ''),
    coalesce(value ->> '$.keyId', ''),
    coalesce(value ->> '$.tokenId', ''),
    count(*),
    sum(value ->> '$.status' >= 400),
    sum(value ->> '$.status' < 400 AND json_array_length(value, '$.trail') > 1),
    sum(coalesce(value ->> '$.usage.inputTokens', 0)),
    sum(coalesce(value ->> '$.usage.outputTokens', 0)),
    sum(coalesce(value ->> '$.usage.cachedTokens', 0)),
    sum(coalesce(value ->> '$.usage.reasoningTokens', 0)),
    sum(coalesce(value ->> '$.durationMs', 0)),
    sum(coalesce(value ->> '$.cost', 0))
  FROM json_each(?1)
  WHERE NOT EXISTS (
    SELECT 1 FROM requests WHERE owner = value ->> '$.owner' AND id = value ->> '$.id'
  )
  GROUP BY 1, 2, 3, 4, 5, 6
  ON CONFLICT (owner, hour, provider, model, key_id, token_id) DO UPDATE SET
    requests = requests + excluded.requests,
    errors = errors + excluded.errors,
    rescued = rescued + excluded.rescued,
    input_tokens = input_tokens + excluded.input_tokens,
    output_tokens = output_tokens + excluded.output_tokens,
    cached_tokens = cached_tokens + excluded.cached_tokens,
    reasoning_tokens = reasoning_tokens + excluded.reasoning_tokens,
    duration_ms = duration_ms + excluded.duration_ms,
    cost = cost + excluded.cost`

const addToLog = `
  INSERT OR IGNORE INTO requests
    (owner, id, started_at, duration_ms, first_content_ms, token_id, dialect, asked, stream,
     provider, model, key_id, status, code, attempts,
     input_tokens, output_tokens, cached_tokens, cache_write_tokens, reasoning_tokens,
     estimated, unsettled, unaccounted, cost, trail)
  SELECT
    value ->> '$.owner', value ->> '$.id', value ->> '$.startedAt', coalesce(value ->> '$.durationMs', 0),
    value ->> '$.firstContentMs', value ->> '$.tokenId', value ->> '$.dialect', value ->> '$.asked',
    value ->> '$.stream',
    value ->> '$.provider', value ->> '$.model', value ->> '$.keyId', value ->> '$.status', value ->> '$.code',
    json_array_length(value, '$.trail'),
    value ->> '$.usage.inputTokens', value ->> '$.usage.outputTokens', value ->> '$.usage.cachedTokens',
    value ->> '$.usage.cacheWriteTokens', value ->> '$.usage.reasoningTokens',
    coalesce(value ->> '$.usage.estimated', 0), coalesce(value ->> '$.unsettled', 0), value ->> '$.unaccounted',
    value ->> '$.cost', value -> '$.trail'
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
 * Adds requests to the log and to the sums of their hours, in one transaction. A record whose owner and id are in the log
 * already changes nothing, so that the writer may repeat itself.
 */
export async function writeRecords(db: D1Database, records: RequestRecord[]): Promise<void> {
  const rows = new Map(records.map((record) => [`${record.owner}/${record.id}`, record]))
  if (rows.size === 0) return
  const json = JSON.stringify([...rows.values()])
  await db.batch([addToHours, addToLog, touchTokens].map((statement) => db.prepare(statement).bind(json)))
}
