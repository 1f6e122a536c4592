/**
 * When a 403 that names nothing is the key's: on two different models, asked for by two different
 * requests with no success in between. One refused prompt, or one model that is closed to an account,
 * takes no key out. (A test that fails so is the key's at once: see `gateway/trial.ts`.) Pure.
 */
import type { Fault } from '../errors.ts'
import type { KeyUse, OpenLease } from './pool-state.ts'

/** The first of the refusals. A second one that differs in both makes it the key's. */
export interface Forbidden {
  /** The mark of the secret that was refused. */
  mark: string
  model: string
  request: string
  at: number
}

/** How long a refusal is remembered, in milliseconds. */
const memoryMs = 86_400_000

/**
 * The use of a key after a fault of its model: with the refusal noted, or in quarantine for it.
 * Undefined where the fault says nothing about the key.
 */
export function afterForbidden(use: KeyUse, lease: OpenLease, fault: Fault, now: number): KeyUse | undefined {
  if (fault.verdict !== 'forbidden') return undefined
  const { forbidden, ...others } = use
  const { mark, model } = lease
  const request = lease.request ?? lease.id
  const first = forbidden?.mark === mark && forbidden.at + memoryMs > now ? forbidden : undefined
  const isKeys = first && first.model !== model && first.request !== request
  if (!isKeys) return { ...use, forbidden: first ?? { mark, model, request, at: now } }
  const quarantine = { mark, since: now, verdict: fault.verdict, message: fault.message }
  return { ...others, quarantine: use.quarantine?.mark === mark ? use.quarantine : quarantine }
}

/** The use of a key after a call that succeeded: a key that serves is not forbidden. */
export function withoutForbidden(use: KeyUse, startedAt: number): KeyUse {
  const { forbidden, ...others } = use
  return forbidden && startedAt > forbidden.at ? others : use
}
