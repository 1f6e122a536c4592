/**
 * Where a search goes on after a fault: to another key of the pool, to the next candidate, or
 * nowhere; and whether the same key is worth another call in a moment. Pure.
 */
import type { Fault, TrailEntry } from '../errors.ts'
import { malformedVerdict } from './provider-fault.ts'

/** How many failures of a provider at one model end its part in a request. */
const mostFailures = 3
/** How many keys are asked when the cause is unknown: the second may be answered. */
const mostUnknown = 2

/** Verdicts that every key of the row would meet. */
const sameForAllKeys: ReadonlySet<string> = new Set([
  'gone',
  'no-such-address',
  'redirected',
  'address-refused',
  'unresolved',
  'headers-not-openable',
])

/** Whether the fault leaves the key to other models. A closed key, account or region does not. */
export function sparesOtherModels({ blame }: Fault): boolean {
  return blame !== 'key' && blame !== 'account' && blame !== 'region'
}

/** Verdicts on a model that its provider does not have, as far as one answer can tell. */
const missing: ReadonlySet<string> = new Set(['gone', 'no-such-model', 'not-found'])

/** Whether the provider does not seem to have the model. */
export function missesModel({ verdict }: Fault): boolean {
  return missing.has(verdict)
}

/**
 * Who is asked after a fault.
 * @param trail of the request; its last entry is the attempt that failed.
 * @param hasAlternative whether there are candidates that were not asked.
 */
export function afterFault(
  fault: Fault,
  trail: readonly TrailEntry[],
  hasAlternative: boolean,
): 'same-pool' | 'next' | 'nobody' {
  switch (fault.blame) {
    case 'request':
      // Another model may take what is too long for this one, another provider what this one
      // refuses with every key; nobody else is asked about a request that is wrong.
      return fault.verdict === 'context-too-long' || fault.doubtful ? 'next' : 'nobody'
    case 'unknown':
      if (fault.verdict === 'deadline' || fault.verdict === malformedVerdict) return 'nobody'
      if (fault.verdict === 'timeout') return 'next'
      return countFailures(trail) < mostUnknown && !sameForAllKeys.has(fault.verdict) ? 'same-pool' : 'next'
    case 'region':
      return 'next'
    case 'provider':
      // A provider that is too slow is so with every key, and each try costs all of that time.
      if (fault.verdict === 'timeout' && hasAlternative) return 'next'
      return countFailures(trail) < mostFailures ? 'same-pool' : 'next'
    case 'key':
    case 'account':
    case 'model':
      return 'same-pool'
  }
}

/** How often the provider of the last attempt failed at its model, with whatever key. */
function countFailures(trail: readonly TrailEntry[]): number {
  const last = trail.at(-1)
  return trail.filter(
    ({ provider, model, blame }) =>
      provider === last?.provider && model === last.model && (blame === 'provider' || blame === 'unknown'),
  ).length
}

/** Before a call is made again. Times are milliseconds. */
const shortRetry = { leastMs: 200, spreadMs: 300, longestStatedMs: 2_000 } as const

/**
 * How long to wait before the same call is worth one more try, in milliseconds: after a lost
 * connection, and where the provider says that it cannot answer now. Undefined for all other
 * faults, and where the provider wants more time than a client should wait.
 * @param random from 0 to 1, so that callers do not come back all at once.
 */
export function shortRetryMs(
  { blame, verdict, status, retryAt = 0 }: Fault,
  now: number,
  random: number,
): number | undefined {
  if (blame !== 'provider' || verdict === 'timeout' || verdict === malformedVerdict) return undefined
  const isPassing = status === undefined || status === 502 || status === 503 || status === 529
  const statedMs = Math.max(0, retryAt - now)
  if (!isPassing || statedMs > shortRetry.longestStatedMs) return undefined
  return Math.max(shortRetry.leastMs, statedMs) + random * shortRetry.spreadMs
}
