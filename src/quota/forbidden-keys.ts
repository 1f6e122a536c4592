/**
 * When a 403 that names nothing is the key's. Two refusals raise the question: on two different
 * models, asked for by two different requests, with no success in between. Callers cannot answer
 * it, however many they are: they may have provoked both. So the hub tests the key with a request
 * of its own, which asks for the key's default model (see `gateway/suspect-keys.ts`). Pure.
 */
import { dayMs, minuteMs } from '../domain/time.ts'
import type { Fault } from '../errors.ts'
import type { KeyUse, OpenLease } from './pool-state.ts'

/** The first of the refusals. */
export interface Forbidden {
  /** The mark of the secret that was refused. */
  mark: string
  model: string
  request: string
  at: number
  /** A second refusal came: a test decides. */
  suspect?: true
}

/** How long a refusal is remembered, in milliseconds. */
const memoryMs = dayMs
/** The least time between two tests that the hub makes of a key by itself, in milliseconds. */
const betweenTestsMs = 10 * minuteMs

/**
 * The use of a key after a fault of its model, with the refusal noted. Undefined where the fault
 * says nothing about the key.
 */
export function afterForbidden(use: KeyUse, lease: OpenLease, fault: Fault, now: number): KeyUse | undefined {
  if (fault.verdict !== 'forbidden') return undefined
  const { mark, model } = lease
  const request = lease.request ?? lease.id
  const known = use.forbidden
  const first = known?.mark === mark && known.at + memoryMs > now ? known : undefined
  if (!first) return { ...use, forbidden: { mark, model, request, at: now } }
  if (first.model === model || first.request === request) return use
  return { ...use, forbidden: { ...first, suspect: true } }
}

/** The use of a key that is to be tested now, with the test noted; undefined where none is due. */
export function withTest(use: KeyUse, mark: string, now: number): KeyUse | undefined {
  if (!use.forbidden?.suspect || use.forbidden.mark !== mark || use.quarantine?.mark === mark)
    return undefined
  if (use.testedAt !== undefined && use.testedAt + betweenTestsMs > now) return undefined
  return { ...use, testedAt: now }
}

/** The use of a key after a call that succeeded: a key that serves is not forbidden. */
export function withoutForbidden(use: KeyUse, startedAt: number): KeyUse {
  const { forbidden, ...others } = use
  return forbidden && startedAt > forbidden.at ? others : use
}
