/** Writes requests as a CSV or JSON file. Pure; `pages/logs/export.tsx` downloads it. */
import { logColumnList, type LogColumnName } from '../../src/observe/log-columns.ts'
import type { Log } from '../api.ts'

/** How many requests one file holds, at most: it is made in the page. */
export const mostExported = 10_000

/** What the keys, tokens and people are called that rows mention, by their ids. */
type Names = Record<string, string>
type Value = string | number | boolean | null

/** A file begins with the id and the time; the other columns come in the order of the log. */
const leading = ['id', 'startedAt']
const exported = [
  ...logColumnList.filter(({ name }) => leading.includes(name)),
  ...logColumnList.filter(({ name }) => !leading.includes(name)),
]

const columns: readonly [heading: string, value: (row: Log, names: Names) => Value][] = exported.flatMap(
  ({ name, heading, named }) => {
    if (heading === undefined) return []
    const value = (row: Log): Value => valueOf(row, name)
    const nameOf = (row: Log, names: Names): Value => names[String(value(row))] ?? null
    return named
      ? [
          [heading, value],
          [`${heading}_name`, nameOf],
        ]
      : [[heading, value]]
  },
)

/** One line for each request, as RFC 4180 has it: https://www.rfc-editor.org/rfc/rfc4180 */
export function toCsv(rows: readonly Log[], names: Names): string {
  const lines = [
    columns.map(([name]) => name),
    ...rows.map((row) => columns.map(([, value]) => value(row, names))),
  ]
  return lines.map((line) => `${line.map(writeCell).join(',')}\r\n`).join('')
}

/** Returns the rows in the shape of the API, with their attempts and the names of their ids. */
export function toJson(rows: readonly Log[], names: Names): string {
  const named = rows.map((row) => {
    const ids = [row.owner, row.tokenId, ...[...row.trail, ...row.skipped].map(({ keyId }) => keyId)]
    const mentioned = ids.flatMap((id) => (id !== null && names[id] ? [[id, names[id]]] : []))
    return { ...row, names: Object.fromEntries(mentioned) }
  })
  return `${JSON.stringify(named, null, 2)}\n`
}

/** A column's value, which the API shows as a field of the request or of its usage. */
function valueOf(row: Log, name: LogColumnName): Value {
  const fields: Partial<Record<LogColumnName, unknown>> = { ...row.usage, ...row }
  const value = fields[name]
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null
}

function writeCell(value: Value): string {
  if (value === null) return ''
  if (typeof value !== 'string') return String(value)
  // What a client asked for is any text: a spreadsheet would run one that begins like a formula.
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
