/** Usage over the last while: its sum, and its course. Pure; what the hub has summed up is by the hour or the day. */

export const spans = ['1h', '24h', '7d', '30d'] as const
export type Span = (typeof spans)[number]

export interface UsageRow {
  at: string | null
  requests: number
  errors: number
  rescued: number
  inputTokens: number | null
  outputTokens: number | null
  averageMs: number | null
  cost: number | null
}

export function sumUp(rows: readonly UsageRow[]) {
  const add = (read: (row: UsageRow) => number | null): number =>
    rows.reduce((sum, row) => sum + (read(row) ?? 0), 0)
  const requests = add((row) => row.requests)
  const durations = add(({ averageMs, requests: n }) => (averageMs ?? 0) * n)
  return {
    requests,
    errors: add((row) => row.errors),
    rescued: add((row) => row.rescued),
    tokens: add(({ inputTokens, outputTokens }) => (inputTokens ?? 0) + (outputTokens ?? 0)),
    cost: add((row) => row.cost),
    averageMs: requests > 0 ? durations / requests : null,
  }
}

/** What went well at once, what was rescued and what failed, each interval's apart. */
export function overTime(rows: readonly UsageRow[]) {
  const timed = rows
    .flatMap((row) => (row.at === null ? [] : [{ ...row, time: Date.parse(row.at) }]))
    .toSorted((a, b) => a.time - b.time)
  return {
    times: timed.map(({ time }) => time),
    good: timed.map(({ requests, errors, rescued }) => requests - errors - rescued),
    rescued: timed.map(({ rescued }) => rescued),
    errors: timed.map(({ errors }) => errors),
  }
}
