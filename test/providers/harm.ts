/** Compares what two readings of one error do to those who are blamed. */
import type { Fault } from '../../src/errors.ts'
import type { StatedLimit } from '../../src/providers/stated-limits.ts'

/** An error as it is read, and the limits that are learned from it. */
interface Judged {
  fault: Fault
  limits: StatedLimit[]
}

/**
 * How a fault harms more than another; undefined where it does not. Words that are the vendor's and
 * the client's at once may be lost: then the fault is the request's or nobody's, or its time is not
 * known.
 */
export function moreHarm(words: string, { fault, limits }: Judged, expected: Judged): string | undefined {
  const { blame, retryAt = 0, doubtful } = fault
  const known = new Set(expected.limits.map((limit) => JSON.stringify(limit)))
  const learned = limits.find((limit) => !known.has(JSON.stringify(limit)))
  if (learned) return `"${words}" teaches ${JSON.stringify(learned)}`
  if (blame === 'request' || blame === 'unknown') return undefined
  if (blame !== expected.fault.blame) return `"${words}" blames the ${blame}`
  if (doubtful !== expected.fault.doubtful) return `"${words}" makes it doubtful`
  return retryAt > (expected.fault.retryAt ?? 0) ? `"${words}" is until ${retryAt}` : undefined
}
