/**
 * Places the attempts of a request on one time axis. Pure. Times are milliseconds since the epoch.
 */
import type { Log } from '../api.ts'

export type Attempt = Log['trail'][number]
export type Skip = Log['skipped'][number]

/** What happened to one candidate: it was called, or passed over. */
export type Step = { type: 'attempt'; attempt: Attempt; place: Place } | { type: 'skip'; skip: Skip }

export interface Place {
  /** From the beginning of the request, in milliseconds. */
  afterMs: number
  /** Where it begins and how wide it is, as shares of the whole from 0 to 1. */
  begin: number
  width: number
}

/** So much of the axis that even the shortest attempt is seen. */
const leastWidth = 0.006

export function placeAttempts({
  startedAt,
  durationMs,
  trail,
}: Pick<Log, 'startedAt' | 'durationMs' | 'trail'>): {
  /** How long the axis is, in milliseconds. */
  wholeMs: number
  places: Place[]
} {
  const beganAt = Date.parse(startedAt)
  const spans = trail.map((attempt) => ({
    afterMs: Math.max(0, Date.parse(attempt.startedAt) - beganAt),
    durationMs: attempt.durationMs,
  }))
  const wholeMs = Math.max(1, durationMs, ...spans.map((span) => span.afterMs + span.durationMs))
  const places = spans.map((span) => {
    const begin = Math.min(1 - leastWidth, span.afterMs / wholeMs)
    const width = Math.min(1 - begin, Math.max(leastWidth, span.durationMs / wholeMs))
    return { afterMs: span.afterMs, begin, width }
  })
  return { wholeMs, places }
}

/** Attempts and candidates that were passed over, in the order in which they came up. */
export function stepsOf(row: Pick<Log, 'startedAt' | 'durationMs' | 'trail' | 'skipped'>): {
  wholeMs: number
  steps: Step[]
} {
  const { trail, skipped } = row
  const { wholeMs, places } = placeAttempts(row)
  const skipsAfter = (attempts: number): Step[] =>
    skipped
      .filter(({ after }) => Math.min(after, trail.length) === attempts)
      .map((skip): Step => ({ type: 'skip', skip }))
  const steps = places.flatMap((place, index): Step[] => {
    const attempt = trail[index]
    return attempt ? [{ type: 'attempt', attempt, place }, ...skipsAfter(index + 1)] : []
  })
  return { wholeMs, steps: [...skipsAfter(0), ...steps] }
}

/** Whether an attempt gave the answer. */
export function served({ verdict }: Attempt): boolean {
  return verdict === 'ok'
}
