/** What rows of the log say, beyond each of them alone. Pure. */

export const outcomes = ['all', 'good', 'bad'] as const
export type Outcome = (typeof outcomes)[number]

/** Whether the client got an answer. */
export function isGood({ status }: { status: number }): boolean {
  return status < 400
}

interface CountedOverTime {
  /** The beginning of each span, in milliseconds since the epoch. */
  times: number[]
  good: number[]
  bad: number[]
}

/** Spans that read well on an axis. */
const spansMs = [1, 5, 15, 60, 300, 900, 3600, 21_600, 86_400].map((seconds) => seconds * 1000)
const mostSpans = 60

/** How many of these were served and how many failed, span by span, none left out between the first and the last. */
export function countOverTime(rows: readonly { startedAt: string; status: number }[]): CountedOverTime {
  const points = rows.map((row) => ({ at: Date.parse(row.startedAt), good: isGood(row) }))
  if (points.length === 0) return { times: [], good: [], bad: [] }
  const first = Math.min(...points.map(({ at }) => at))
  const last = Math.max(...points.map(({ at }) => at))
  const span = spansMs.find((ms) => (last - first) / ms < mostSpans) ?? Math.ceil((last - first) / mostSpans)
  const begin = Math.floor(first / span) * span
  const spans = Math.floor((last - begin) / span) + 1
  const good = Array.from({ length: spans }, () => 0)
  const bad = Array.from({ length: spans }, () => 0)
  for (const point of points) {
    const counts = point.good ? good : bad
    const index = Math.floor((point.at - begin) / span)
    counts[index] = (counts[index] ?? 0) + 1
  }
  return { times: Array.from({ length: spans }, (_, index) => begin + index * span), good, bad }
}
