/**
 * One request under the caps of several subjects: all of them let it through, or none does. Pure.
 */
import { type Allowance, type Decision, longest, type Reservation, reserve } from './allowance.ts'
import type { Grant, Refusal, RequestNeed, Rules } from './rpc.ts'

/** A subject with its counters under its rules. */
export interface CountedSubject {
  rules: Rules
  allowance: Allowance
  /** How many of its requests are running. */
  running: number
  /** When one of them ends at the latest, where none of their Workers is known to live. */
  slotFreeAt?: number | undefined
}

export interface JointDecision {
  type: 'grant'
  reservationId: string
  deadlineAt: number
  /** In the order of the subjects. */
  grants: { reservation: Reservation; allowance: Allowance }[]
  /** The tightest, where the client set no limit. */
  outputLimit?: number
}

/** Decides for all subjects. Of several refusals, the one that holds longest answers. */
export function reserveTogether(
  subjects: readonly CountedSubject[],
  need: RequestNeed,
  id: string,
  now: number,
): Refusal | JointDecision {
  const first = decideEach(subjects, need, id, now)
  if (first.type === 'refusal') return first
  const limits = first.grants.flatMap(({ outputLimit }) => outputLimit ?? [])
  if (limits.length === 0 || !need.price) return first
  const outputLimit = Math.min(...limits)
  // The tightest budget limits the answer, so no other budget holds more than that answer may cost.
  const limited = { ...need, price: { ...need.price, outputLimit } }
  const decision = limits.length === 1 ? first : decideEach(subjects, limited, id, now)
  return decision.type === 'refusal' ? decision : { ...decision, outputLimit }
}

/** What a caller is told of a decision that lets the request through. */
export function grantOf({ reservationId, outputLimit, grants }: JointDecision): Grant {
  const slot = grants.some(({ reservation }) => reservation.slot)
  return {
    type: 'grant',
    reservationId,
    ...(outputLimit !== undefined && { outputLimit }),
    ...(slot && { slot }),
  }
}

function decideEach(subjects: readonly CountedSubject[], need: RequestNeed, id: string, now: number) {
  const grants: Extract<Decision, { type: 'grant' }>[] = []
  const refusals: Refusal[] = []
  for (const { rules, allowance, running, slotFreeAt } of subjects) {
    const decision = reserve(rules, allowance, running, need, id, now, slotFreeAt)
    if (decision.type === 'grant') grants.push(decision)
    else refusals.push(decision)
  }
  const deadlineAt = grants[0]?.reservation.deadlineAt ?? now
  return longest(refusals) ?? { type: 'grant' as const, reservationId: id, deadlineAt, grants }
}
