/** Usage over the last while, and its course. Pure; times are milliseconds since the epoch. */

export const spans = ['1h', '24h', '7d', '30d'] as const
export type Span = (typeof spans)[number]

/** A span that ends now, in the steps in which it is told. */
export interface SpanOfTime {
  from: number
  to: number
  step: 'hour' | 'day'
}

const hourMs = 3_600_000
const stepsMs = { hour: hourMs, day: 24 * hourMs }
const hoursOf: Record<Span, number> = { '1h': 1, '24h': 24, '7d': 7 * 24, '30d': 30 * 24 }

/** The hub counts by the hour, and by days of UTC: a span begins with a whole one. */
export function timeOf(span: Span, now: number): SpanOfTime {
  const hours = hoursOf[span]
  const step = hours > 24 ? 'day' : 'hour'
  return { from: Math.floor((now - hours * hourMs) / stepsMs[step]) * stepsMs[step], to: now, step }
}

export interface StepOfUsage {
  at: string | null
  requests: number
  errors: number
  rescued: number
}

/** What went well at once, what was rescued and what failed, each step's apart; where nothing happened stands a zero. */
export function overTime(rows: readonly StepOfUsage[], { from, to, step }: SpanOfTime) {
  const stepMs = stepsMs[step]
  const times = Array.from({ length: Math.ceil((to - from) / stepMs) }, (_, index) => from + index * stepMs)
  const known = new Map(rows.flatMap((row) => (row.at === null ? [] : [[Date.parse(row.at), row] as const])))
  const values = (read: (row: StepOfUsage) => number): number[] =>
    times.map((at) => {
      const row = known.get(at)
      return row ? read(row) : 0
    })
  return {
    times,
    good: values(({ requests, errors, rescued }) => requests - errors - rescued),
    rescued: values(({ rescued }) => rescued),
    errors: values(({ errors }) => errors),
  }
}
