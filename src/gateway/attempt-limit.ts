/** How long one upstream call may take, so that time is left for another. Pure. */
import { budgets } from './timeouts.ts'

interface Attempt {
  stream: boolean
  /** The model reasons, or the answer may be long. */
  isLong: boolean
  /** Whether somebody else could be asked after this call. */
  hasAlternative: boolean
  /** What is left of the time for the whole request, in milliseconds. */
  leftMs: number
  /** The limit that the client set, in milliseconds. */
  askedMs: number | undefined
}

/**
 * The time from the call to the whole answer, or to the first content of a stream, in milliseconds.
 * Undefined where nobody else could be asked: then the call has all the time of the request.
 */
export function attemptLimitMs({
  stream,
  isLong,
  hasAlternative,
  leftMs,
  askedMs,
}: Attempt): number | undefined {
  if (!hasAlternative) return undefined
  const usualMs = isLong ? budgets.longAnswerMs : budgets.answerMs
  return Math.min(askedMs ?? (stream ? Infinity : usualMs), leftMs / 2)
}
