/** Requests as a file: what is in each line, and how it is written. Pure; who downloads it is `pages/logs/export.tsx`. */
import type { Log } from '../api.ts'

/** How many requests one file holds, at most: it is made in the page. */
export const mostExported = 10_000

const columns: readonly [name: string, value: (row: Log) => string | number | boolean | null][] = [
  ['id', (row) => row.id],
  ['started_at', (row) => row.startedAt],
  ['owner', (row) => row.owner],
  ['token', (row) => row.tokenId],
  ['dialect', (row) => row.dialect],
  ['asked', (row) => row.asked],
  ['stream', (row) => row.stream],
  ['provider', (row) => row.provider],
  ['model', (row) => row.model],
  ['key', (row) => row.keyId],
  ['status', (row) => row.status],
  ['code', (row) => row.code],
  ['attempts', (row) => row.attempts],
  ['duration_ms', (row) => row.durationMs],
  ['first_content_ms', (row) => row.firstContentMs],
  ['input_tokens', (row) => row.usage?.inputTokens ?? null],
  ['output_tokens', (row) => row.usage?.outputTokens ?? null],
  ['cached_tokens', (row) => row.usage?.cachedTokens ?? null],
  ['reasoning_tokens', (row) => row.usage?.reasoningTokens ?? null],
  ['cost_usd', (row) => row.cost],
]

/** One line for each request, as RFC 4180 has it: https://www.rfc-editor.org/rfc/rfc4180 */
export function toCsv(rows: readonly Log[]): string {
  const lines = [columns.map(([name]) => name), ...rows.map((row) => columns.map(([, value]) => value(row)))]
  return lines.map((line) => `${line.map(writeCell).join(',')}\r\n`).join('')
}

/** The rows as the API gives them, with their trails. */
export function toJson(rows: readonly Log[]): string {
  return `${JSON.stringify(rows, null, 2)}\n`
}

function writeCell(value: string | number | boolean | null): string {
  if (value === null) return ''
  if (typeof value !== 'string') return String(value)
  // What a client asked for is any text: a spreadsheet would run one that begins like a formula.
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
