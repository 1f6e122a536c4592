/**
 * Which of the keys that can serve does serve. A strategy is a pure function of the keys of the best priority tier, in the
 * order in which they were entered; adding one touches this file only.
 */
import type { PoolKey } from './pool-state.ts'

/** A key that could serve now. */
export interface Contender {
  key: PoolKey
  /** The pool's count of admissions when this key had its last one; 0 for never. */
  lastTurn: number
}

export type Strategy = (contenders: readonly [Contender, ...Contender[]]) => Contender

/** Drains one key before the next. */
const exhaustFirst: Strategy = ([first]) => first

/** The one that has waited longest. */
const roundRobin: Strategy = (contenders) =>
  contenders.reduce((best, next) => (next.lastTurn < best.lastTurn ? next : best))

const strategies = new Map([
  ['exhaust-first', exhaustFirst],
  ['round-robin', roundRobin],
])

/** The names that a person may choose from. */
export const strategyNames = [...strategies.keys()]

/** The strategy of this name; the default for names that are not known. */
export function strategyNamed(name: string): Strategy {
  return strategies.get(name) ?? exhaustFirst
}
