/** Sums and ranks usage for the Usage page. Pure. Times are milliseconds since the epoch. */
import { dayMs, hourMs } from '../../src/domain/time.ts'
import type { Usage } from '../api.ts'
import { isBetween, lengthsMs, type Span } from './span.ts'

export const usageSpans = ['1h', '24h', '7d', '30d', '90d'] as const
export type UsageSpan = (typeof usageSpans)[number]

export const usageGroups = ['model', 'provider', 'key', 'token', 'user'] as const
export type UsageGroup = (typeof usageGroups)[number]

export const usageMetrics = ['requests', 'inputTokens', 'outputTokens', 'cost', 'errors', 'rescued'] as const
export type UsageMetric = (typeof usageMetrics)[number]

/** The longest span that is drawn by the hour. */
const longestByHourMs = 2 * dayMs
/** A little less than the three days for which the hub keeps hourly data. */
const hoursKeptMs = 70 * hourMs
/** The longest span, in days. The hub allows a little more in one request. */
export const mostUsageDays = 366

export interface UsageTime {
  from: number
  to: number
  interval: 'hour' | 'day'
  stepMs: number
}

/**
 * Returns the time of a span. It begins and ends on a full hour in UTC, or on a full day if hourly
 * data is not kept, unless it ends now.
 */
export function timeOf(span: Span<UsageSpan>, now: number): UsageTime {
  const { from, to } = isBetween(span) ? span : { from: now - lengthsMs[span], to: null }
  const byHour = (to ?? now) - from <= longestByHourMs && from >= now - hoursKeptMs
  const stepMs = byHour ? hourMs : dayMs
  return {
    from: Math.floor(from / stepMs) * stepMs,
    to: to === null ? now : Math.min(now, Math.ceil(to / stepMs) * stepMs),
    interval: byHour ? 'hour' : 'day',
    stepMs,
  }
}

/** When each step of a time begins; there is one at least. */
export function stepsOf({ from, to, stepMs }: Pick<UsageTime, 'from' | 'to' | 'stepMs'>): number[] {
  const steps = Math.max(1, Math.ceil((to - from) / stepMs))
  return Array.from({ length: steps }, (_, step) => from + step * stepMs)
}

/** The rows with the most of something first; those with nothing of it are not left out. */
export function rank(rows: readonly Usage[], metric: UsageMetric): Usage[] {
  return rows.toSorted((a, b) => (b[metric] ?? 0) - (a[metric] ?? 0) || b.requests - a.requests)
}

export interface Line {
  /** Null for all others together. */
  group: string | null
  values: number[]
}

/**
 * How many groups are drawn by themselves where there are others, and how many the hub is asked for
 * to find that out.
 */
const mostLines = 4
export const linesAsked = mostLines + 1

/** By what the hub ranks groups, for what is drawn of them. */
export const rankedBy = {
  requests: 'requests',
  inputTokens: 'tokens',
  outputTokens: 'tokens',
  cost: 'cost',
  errors: 'errors',
  rescued: 'rescued',
} as const satisfies Record<UsageMetric, string>

/**
 * The steps of a span and what each of the largest groups used in them; nothing used is a zero.
 * @param rows by step and group, of which null are those that the hub told no longer apart.
 */
export function linesOf(
  rows: readonly Usage[],
  metric: UsageMetric,
  time: Pick<UsageTime, 'from' | 'to' | 'stepMs'>,
): { times: number[]; lines: Line[] } {
  const times = stepsOf(time)
  const totals = new Map<string, number>()
  for (const { group, [metric]: value } of rows)
    if (group !== null) totals.set(group, (totals.get(group) ?? 0) + (value ?? 0))
  const ranked = [...totals].toSorted(([, a], [, b]) => b - a).map(([group]) => group)
  // A single one that is left over is no reason to hide its name.
  const all = ranked.length <= linesAsked && rows.every(({ group }) => group !== null)
  const lines: Line[] = (all ? ranked : ranked.slice(0, mostLines)).map((group) => ({
    group,
    values: times.map(() => 0),
  }))
  const others: Line = { group: null, values: times.map(() => 0) }
  for (const row of rows) {
    const step = row.at === null ? -1 : Math.floor((Date.parse(row.at) - time.from) / time.stepMs)
    const line = lines.find(({ group }) => group === row.group) ?? others
    if (step >= 0 && step < times.length) line.values[step] = (line.values[step] ?? 0) + (row[metric] ?? 0)
  }
  return { times, lines: all ? lines : [...lines, others] }
}
