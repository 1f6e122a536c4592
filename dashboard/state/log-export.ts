/** Requests as a file: what is in each line, and how it is written. Pure; who downloads it is `pages/logs/export.tsx`. */
import type { Log } from '../api.ts'

/** How many requests one file holds, at most: it is made in the page. */
export const mostExported = 10_000

/** What the keys, tokens and people are called that rows mention, by their ids. */
type Names = Record<string, string>
type Value = string | number | boolean | null

const columns: readonly [name: string, value: (row: Log, names: Names) => Value][] = [
  ['id', (row) => row.id],
  ['started_at', (row) => row.startedAt],
  ['owner', (row) => row.owner],
  ['owner_name', (row, names) => names[row.owner] ?? null],
  ['token', (row) => row.tokenId],
  ['token_name', (row, names) => nameOf(row.tokenId, names)],
  ['dialect', (row) => row.dialect],
  ['asked', (row) => row.asked],
  ['stream', (row) => row.stream],
  ['provider', (row) => row.provider],
  ['model', (row) => row.model],
  ['key', (row) => row.keyId],
  ['key_name', (row, names) => nameOf(row.keyId, names)],
  ['status', (row) => row.status],
  ['code', (row) => row.code],
  ['message', (row) => row.message],
  ['route', (row) => row.route],
  ['client', (row) => row.client],
  ['attempts', (row) => row.attempts],
  ['duration_ms', (row) => row.durationMs],
  ['first_content_ms', (row) => row.firstContentMs],
  ['input_tokens', (row) => row.usage?.inputTokens ?? null],
  ['output_tokens', (row) => row.usage?.outputTokens ?? null],
  ['cached_tokens', (row) => row.usage?.cachedTokens ?? null],
  ['reasoning_tokens', (row) => row.usage?.reasoningTokens ?? null],
  ['cost_usd', (row) => row.cost],
  ['saved_usd', (row) => row.saved],
]

/** One line for each request, as RFC 4180 has it: https://www.rfc-editor.org/rfc/rfc4180 */
export function toCsv(rows: readonly Log[], names: Names): string {
  const lines = [
    columns.map(([name]) => name),
    ...rows.map((row) => columns.map(([, value]) => value(row, names))),
  ]
  return lines.map((line) => `${line.map(writeCell).join(',')}\r\n`).join('')
}

/** The rows as the API gives each by itself, with their trails, and with the names of what is mentioned in them. */
export function toJson(rows: readonly Log[], names: Names): string {
  const named = rows.map((row) => {
    const ids = [row.owner, row.tokenId, ...[...row.trail, ...row.skipped].map(({ keyId }) => keyId)]
    const mentioned = ids.flatMap((id) => (id !== null && names[id] ? [[id, names[id]]] : []))
    return { ...row, names: Object.fromEntries(mentioned) }
  })
  return `${JSON.stringify(named, null, 2)}\n`
}

function nameOf(id: string | null, names: Names): string | null {
  return id === null ? null : (names[id] ?? null)
}

function writeCell(value: Value): string {
  if (value === null) return ''
  if (typeof value !== 'string') return String(value)
  // What a client asked for is any text: a spreadsheet would run one that begins like a formula.
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
