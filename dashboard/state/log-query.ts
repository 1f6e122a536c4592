/** What the log is filtered by, as the address has it and as the hub is asked. Pure. */
import type { Log } from '../api.ts'
import { type Outcome, outcomeOf, outcomes } from './log-view.ts'
import { choiceField, type Fields, patternField, textField } from './query-fields.ts'
import { isBetween, lengthsMs, type Span, spanField } from './span.ts'

export const logSpans = ['all', '1h', '24h', '7d', '30d'] as const
export type LogSpan = (typeof logSpans)[number]

export interface LogFilter {
  text: string
  outcome: Outcome | 'all'
  span: Span<LogSpan>
  provider: string
  model: string
  key: string
  token: string
  status: string
  /** Whose requests: an administrator may look at everyone's. */
  whose: 'mine' | 'everyone'
  /** Of everyone's those of one person. */
  person: string
}

/** A status of HTTP. */
export const statusPattern = /^[1-5]\d\d$/

export const logFields: Fields<LogFilter> = {
  text: textField(),
  // The names of the API are accepted too, for addresses written by hand.
  outcome: choiceField([...outcomes, 'all'], 'all', { ok: 'good', error: 'bad' }),
  span: spanField(logSpans, 'all'),
  provider: textField(),
  model: textField(),
  key: textField(),
  token: textField(),
  status: patternField(statusPattern),
  whose: choiceField(['mine', 'everyone'], 'mine'),
  person: textField(),
}

/** What the hub calls an outcome. */
const hubOutcomes = { good: 'ok', rescued: 'rescued', bad: 'error' } as const satisfies Record<
  Outcome,
  string
>

/**
 * What the hub is asked for, as the query of `GET /api/logs`.
 * @param now milliseconds since the epoch.
 */
export function logQuery(filter: LogFilter, now: number) {
  const { text, outcome, provider, model, key, token, status, span, whose, person } = filter
  return {
    ...(text && { text }),
    ...(outcome !== 'all' && { outcome: hubOutcomes[outcome] }),
    ...(provider && { provider }),
    ...(model && { model }),
    ...(key && { key }),
    ...(token && { token }),
    ...(status && { status }),
    ...spanQuery(span, now),
    ...(whose === 'everyone' && { owner: person || 'all' }),
  }
}

function spanQuery(span: Span<LogSpan>, now: number): { from?: string; to?: string } {
  const write = (at: number): string => new Date(at).toISOString()
  if (!isBetween(span)) return span === 'all' ? {} : { from: write(now - lengthsMs[span]) }
  return { from: write(span.from), ...(span.to !== null && { to: write(span.to) }) }
}

/** Whether a new row matches the filter. Only the hub can match a text search. */
export function belongsTo(row: Log, filter: LogFilter): boolean {
  const { text, outcome, provider, model, key, token, status, span, whose, person } = filter
  if (text !== '' || !isWithin(row, span)) return false
  if (outcome !== 'all' && outcomeOf(row) !== outcome) return false
  const wanted: [string, string | number | null][] = [
    [provider, row.provider],
    [model, row.model],
    [key, row.keyId],
    [token, row.tokenId],
    [status, row.status],
    [whose === 'everyone' ? person : '', row.owner],
  ]
  return wanted.every(([asked, is]) => asked === '' || asked === String(is))
}

/** Whether a row that just came in lies in a span: those that end now have room for it. */
function isWithin({ startedAt }: Log, span: Span<LogSpan>): boolean {
  if (!isBetween(span)) return true
  const at = Date.parse(startedAt)
  return at >= span.from && (span.to === null || at < span.to)
}

/** Whether anything is left out by this filter. */
export function narrows(filter: LogFilter): boolean {
  return countSet(filter) > 0
}

/** How many things are filtered by; whose requests are looked at is not one of them. */
export function countSet({ whose: _whose, outcome, span, ...texts }: LogFilter): number {
  const set = [outcome !== 'all', span !== 'all', ...Object.values(texts).map((value) => value !== '')]
  return set.filter(Boolean).length
}

/** Nothing left out, but for whose requests are looked at. */
export const wideFilter: Omit<LogFilter, 'whose'> = {
  text: '',
  outcome: 'all',
  span: 'all',
  provider: '',
  model: '',
  key: '',
  token: '',
  status: '',
  person: '',
}
