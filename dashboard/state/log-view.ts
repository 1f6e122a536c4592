/** What rows of the log say, beyond each of them alone. Pure. */

export const outcomes = ['good', 'rescued', 'bad'] as const
/** Whether the client got an answer: directly, after failed attempts, or none. */
export type Outcome = (typeof outcomes)[number]

interface Ended {
  status: number
  attempts: number
}

export function outcomeOf({ status, attempts }: Ended): Outcome {
  if (status >= 400) return 'bad'
  return attempts > 1 ? 'rescued' : 'good'
}

type CountedOverTime = Record<Outcome, number[]> & {
  /** The beginning of each span, in milliseconds since the epoch. */
  times: number[]
}

/** Spans that read well on an axis. */
const spansMs = [1, 5, 15, 60, 300, 900, 3600, 21_600, 86_400].map((seconds) => seconds * 1000)
const mostSpans = 60

/** How these went, span by span, none left out between the first and the last. */
export function countOverTime(rows: readonly (Ended & { startedAt: string })[]): CountedOverTime {
  const points = rows.map((row) => ({ at: Date.parse(row.startedAt), outcome: outcomeOf(row) }))
  if (points.length === 0) return { times: [], good: [], rescued: [], bad: [] }
  const first = Math.min(...points.map(({ at }) => at))
  const last = Math.max(...points.map(({ at }) => at))
  const span = spansMs.find((ms) => (last - first) / ms < mostSpans) ?? Math.ceil((last - first) / mostSpans)
  const begin = Math.floor(first / span) * span
  const spans = Math.floor((last - begin) / span) + 1
  const none = (): number[] => Array.from({ length: spans }, () => 0)
  const counted = { good: none(), rescued: none(), bad: none() }
  for (const { at, outcome } of points) {
    const index = Math.floor((at - begin) / span)
    counted[outcome][index] = (counted[outcome][index] ?? 0) + 1
  }
  return { times: Array.from({ length: spans }, (_, index) => begin + index * span), ...counted }
}
