/** Usage over the last while, and its course. Pure; times are milliseconds since the epoch. */

import { stepsOf, type UsageTime } from './usage-view.ts'

export const spans = ['1h', '24h', '7d', '30d'] as const
export type Span = (typeof spans)[number]

export interface StepOfUsage {
  at: string | null
  requests: number
  errors: number
  rescued: number
}

/** Returns the numbers of requests that succeeded, were rescued and failed in each step. */
export function overTime(rows: readonly StepOfUsage[], time: UsageTime) {
  const times = stepsOf(time)
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
