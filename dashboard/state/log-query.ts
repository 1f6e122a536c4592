/** What the log is filtered by, as the address has it and as the hub is asked. Pure. */
import type { Log } from '../api.ts'
import { isGood, type Outcome, outcomes } from './log-view.ts'
import { choiceField, type Fields, textField } from './query-fields.ts'

export const logSpans = ['all', '1h', '24h', '7d', '30d'] as const
export type LogSpan = (typeof logSpans)[number]

export interface LogFilter {
  text: string
  outcome: Outcome
  span: LogSpan
  provider: string
  model: string
  key: string
  token: string
  status: string
  /** Whose requests: an administrator may look at everyone's. */
  whose: 'mine' | 'everyone'
}

export const logFields: Fields<LogFilter> = {
  text: textField(),
  outcome: choiceField(outcomes, 'all'),
  span: choiceField(logSpans, 'all'),
  provider: textField(),
  model: textField(),
  key: textField(),
  token: textField(),
  status: textField(),
  whose: choiceField(['mine', 'everyone'], 'mine'),
}

const hourMs = 3_600_000
const spansMs: Record<Exclude<LogSpan, 'all'>, number> = {
  '1h': hourMs,
  '24h': 24 * hourMs,
  '7d': 7 * 24 * hourMs,
  '30d': 30 * 24 * hourMs,
}

/** What the hub is asked for, as the query of `GET /api/logs`. @param now milliseconds since the epoch. */
export function logQuery(filter: LogFilter, now: number) {
  const { text, provider, model, key, token, status, span, whose } = filter
  return {
    ...(text && { text }),
    ...(provider && { provider }),
    ...(model && { model }),
    ...(key && { key }),
    ...(token && { token }),
    ...(status && { status }),
    ...(span !== 'all' && { from: new Date(now - spansMs[span]).toISOString() }),
    ...(whose === 'everyone' && { owner: 'all' as const }),
  }
}

/** What the hub does not filter by, and the page does: whether a client got an answer. */
export function hasOutcome(row: Log, { outcome }: LogFilter): boolean {
  return outcome === 'all' || isGood(row) === (outcome === 'good')
}

/** Whether a row that just came in belongs to what is shown. What a search finds, and where everyone's rows are, only the hub can tell. */
export function belongsTo(row: Log, filter: LogFilter): boolean {
  const { text, provider, model, key, token, status, whose } = filter
  if (text !== '' || whose === 'everyone') return false
  const wanted: [string, string | number | null][] = [
    [provider, row.provider],
    [model, row.model],
    [key, row.keyId],
    [token, row.tokenId],
    [status, row.status],
  ]
  return wanted.every(([asked, is]) => asked === '' || asked === String(is))
}

/** Whether anything is left out by this filter. */
export function narrows(filter: LogFilter): boolean {
  const { whose: _whose, outcome, span, ...texts } = filter
  return outcome !== 'all' || span !== 'all' || Object.values(texts).some((value) => value !== '')
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
}
