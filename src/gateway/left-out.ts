/**
 * Candidates that a plan leaves out for want of a key, and what is found out about them later.
 * Pure.
 */
import { type LeftOut, noKey } from './plan.ts'

/** What is left out, with what is known of disabled keys, which a plan does not see. */
export function withDisabledKeys(leftOut: LeftOut[], disabled: ReadonlyMap<string, number>): LeftOut[] {
  return leftOut.map((candidate) => {
    const number = disabled.get(candidate.provider)
    if (candidate.reason !== noKey || number === undefined) return candidate
    return { ...candidate, reason: `${number} ${number === 1 ? 'key' : 'keys'} disabled` }
  })
}
