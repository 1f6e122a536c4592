/**
 * Every column of the request log, once: how it is stored, what of a request's record goes into it,
 * and how the API and the dashboard show it. The table, the insert, the API's `Log`, the search,
 * the CSV export and the page of one request derive from this list. Its order is that of the table.
 *
 * To add a column, add a migration and an entry here.
 */
import type { TokenCounts } from '../chat/events.ts'
import type { ErrorCode, TrailEntry } from '../errors.ts'
import type { RequestRecord, Skip } from './record.ts'

/** How the values of a column are stored; times are milliseconds since the epoch. */
type StoredAs = 'text' | 'integer' | 'real' | 'boolean' | 'time' | 'json'

interface Traits {
  /**
   * `field`: the API shows it under its own name. Absent where it is part of a field that the API
   * composes, such as `usage` and `trail`.
   */
  shown?: 'field'
  /** The text search looks into it. */
  searched?: true
  /** Its heading in the CSV export; absent where it is not exported. */
  heading?: string
  /** It holds an id, and the export has the name beside it. */
  named?: true
  /**
   * Its label on the page of one request; absent where that page shows it in its own way, or not.
   */
  label?: string
}

export interface LogColumn extends Traits {
  type: StoredAs
  nullable: boolean
  /** The value of a request; null where its record says nothing. */
  from(record: RequestRecord): unknown
}

/** A column that has a value in every row. */
function always<const Type extends StoredAs, Value extends {}, const Has extends Traits>(
  type: Type,
  from: (record: RequestRecord) => Value,
  traits: Has,
) {
  return { type, nullable: false as const, from, ...traits }
}

/** A column that is null where the record says nothing. */
function sometimes<const Type extends StoredAs, Value extends {}, const Has extends Traits>(
  type: Type,
  from: (record: RequestRecord) => Value | null | undefined,
  traits: Has,
) {
  const orNull = (record: RequestRecord): Value | null => from(record) ?? null
  return { type, nullable: true as const, from: orNull, ...traits }
}

const field = { shown: 'field' } as const

export const logColumns = {
  owner: always('text', ({ owner }) => owner, { ...field, heading: 'owner', named: true }),
  id: always('text', ({ id }) => id, { ...field, heading: 'id' }),
  startedAt: always('time', ({ startedAt }) => startedAt, { ...field, heading: 'started_at' }),
  durationMs: always('integer', ({ durationMs }) => durationMs || 0, { ...field, heading: 'duration_ms' }),
  firstContentMs: sometimes('integer', (record) => record.firstContentMs, {
    ...field,
    heading: 'first_content_ms',
  }),
  tokenId: sometimes('text', ({ tokenId }) => tokenId, { ...field, heading: 'token', named: true }),
  dialect: always('text', ({ dialect }) => dialect, { ...field, heading: 'dialect' }),
  asked: always('text', ({ asked }) => asked, { ...field, heading: 'asked', searched: true }),
  stream: always('boolean', ({ stream }) => stream, { ...field, heading: 'stream' }),
  provider: sometimes('text', ({ provider }) => provider, { ...field, heading: 'provider' }),
  model: sometimes('text', ({ model }) => model, { ...field, heading: 'model', searched: true }),
  keyId: sometimes('text', ({ keyId }) => keyId, { ...field, heading: 'key', named: true }),
  status: always('integer', ({ status }) => status, { ...field, heading: 'status' }),
  code: sometimes('text', ({ code }): ErrorCode | null => code, {
    ...field,
    heading: 'code',
    searched: true,
  }),
  attempts: always('integer', ({ trail }) => trail.length, { ...field, heading: 'attempts' }),
  inputTokens: sometimes('integer', ({ usage }) => usage?.inputTokens, { heading: 'input_tokens' }),
  outputTokens: sometimes('integer', ({ usage }) => usage?.outputTokens, { heading: 'output_tokens' }),
  cachedTokens: sometimes('integer', ({ usage }) => usage?.cachedTokens, { heading: 'cached_tokens' }),
  cacheWriteTokens: sometimes('integer', ({ usage }) => usage?.cacheWriteTokens, {}),
  reasoningTokens: sometimes('integer', ({ usage }) => usage?.reasoningTokens, {
    heading: 'reasoning_tokens',
  }),
  /** The hub counted: the provider reported none, too little, or what cannot be true. */
  estimated: always('boolean', ({ usage }): boolean => usage?.estimated ?? false, {}),
  /** The call's end was never reported: its estimate is shown as its usage. */
  unsettled: always('boolean', ({ unsettled }): boolean => unsettled ?? false, field),
  /** US dollars; null where the price is unknown. */
  cost: sometimes('real', ({ cost }) => cost, { ...field, heading: 'cost_usd' }),
  trail: always('json', ({ trail }): TrailEntry[] => trail, { searched: true }),
  /** At most how many calls of a lost pool this row counts; null for a request of its own. */
  unaccounted: sometimes('integer', ({ unaccounted }) => unaccounted, field),
  /** US dollars: the cost at list prices less the actual one; null where the price is unknown. */
  saved: sometimes('real', ({ saved }) => saved, { ...field, heading: 'saved_usd' }),
  /** The provider's report, where it cannot be true and the hub's own count is used. */
  claimedUsage: sometimes('json', ({ usage }): TokenCounts | undefined => usage?.claimed, {}),
  /** The error message that the client was sent. */
  message: sometimes('text', ({ message }) => message, { ...field, heading: 'message', searched: true }),
  /** Candidates and keys that were passed over. */
  skipped: sometimes('json', ({ skipped }): Skip[] | undefined => skipped, {}),
  /** The route that `asked` named; null where it named a model or a provider. */
  route: sometimes('text', ({ route }) => route, { ...field, heading: 'route' }),
  /** The program that asked, as its user agent names it. */
  client: sometimes('text', ({ client }) => client, { ...field, heading: 'client', label: 'Client' }),
} satisfies Record<string, LogColumn>

export type LogColumnName = keyof typeof logColumns
export type LogValue<Name extends LogColumnName> = ReturnType<(typeof logColumns)[Name]['from']>

/** The columns that the API shows under their own names. */
export type LogFieldName = {
  [Name in LogColumnName]: (typeof logColumns)[Name] extends { shown: 'field' } ? Name : never
}[LogColumnName]

/** The columns in their order, with the traits that each may have. */
export const logColumnList = Object.entries(logColumns).map(([name, column]) => {
  const described: LogColumn = column
  return { ...described, name: name as LogColumnName }
})

/** A record as a row, by the names of the columns. */
export function toLogRow(record: RequestRecord): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(logColumns).map(([name, column]) => [name, column.from(record) ?? undefined]),
  )
}

/** A column's name in the database: `startedAt` is `started_at`. */
export function storedName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
