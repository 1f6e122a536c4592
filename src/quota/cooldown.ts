/**
 * How long what rests after a fault: the table of blame. Pure; the pool keeps the clock.
 *
 * | blame | what rests | until |
 * | --- | --- | --- |
 * | `account` | the account with all its keys | the stated or known reset, 300 s for what takes days or a person, else 2 to 60 s |
 * | `model` | that model on that account | the same |
 * | `key` | the key, in quarantine | it is restored by a test or by hand |
 * | `provider` | that model at the provider, after three failed requests in a row | the stated time, else 5 to 60 s |
 * | `region`, `request`, `unknown` | nothing | |
 *
 * A deadline is never shortened. When it is over the rest is half-open: one call goes first, the
 * probe, and its success ends the rest for all; until then nobody else goes.
 *
 * A circuit that one caller alone has opened is open for that caller alone: see `circuitAfter`. So
 * is the rest of a model that only a doubtful verdict gave: see `modelRestAfter`.
 */
import { hourMs, minuteMs } from '../domain/time.ts'
import type { Fault } from '../errors.ts'

/** Why something is not used, and until when. Times are milliseconds since the epoch. */
export interface Rest {
  /** When the fault came that set the deadline. */
  since: number
  /** 0 for a circuit that has seen failures and is not open. */
  until: number
  /** Failures since the last success. */
  failures: number
  verdict: string
  message: string
  /** Once the rest is over: the lease that goes first, and until when its answer is waited for. */
  probe?: { lease: string; until: number }
  /** The one caller whose failures set it, and whom alone it binds; absent for everyone. */
  user?: string
  /** How many failures in a row it had when it last was everyone's. */
  agreed?: number
  /** Of a circuit that is not open: the requests that were counted. Each counts once. */
  requests?: string[]
}

/** Where a failure came from. `user` is absent in a pool that serves one person. */
export interface Cause {
  request?: string | undefined
  user?: string | undefined
}

/** A key that is not used until it is restored. */
export interface Quarantine {
  /** The mark of the secret that was bad. */
  mark: string
  since: number
  verdict: string
  message: string
}

const shortRestsMs = [2_000, 5_000, 15_000, 30_000, minuteMs] as const
const circuitRestsMs = [5_000, 10_000, 20_000, 40_000, minuteMs] as const
const dayLikeRestMs = 300_000
const failuresToOpen = 3
const forgetMs = hourMs
/** A probe that says nothing for so long is taken for lost, and the next call goes. */
const probeMs = 120_000

/**
 * The rest of an account, or of a model on it, after a fault of a call that began at `startedAt`.
 * @param fault - with `retryAt` where the provider stated it or `knownReset` knows it.
 */
export function restAfter(previous: Rest | undefined, fault: Fault, startedAt: number, now: number): Rest {
  const failures = failuresAfter(previous, startedAt)
  return later(previous, fault, failures, statedTime(fault, now) ?? now + restMs(fault, failures), now)
}

/**
 * The rest of a model on an account after a fault. A doubtful verdict may be about the caller's
 * request: it binds that caller, until another caller meets a fault of the model, too.
 * @param user the caller, where the account serves everyone.
 */
export function modelRestAfter(
  previous: Rest | undefined,
  fault: Fault,
  startedAt: number,
  now: number,
  user?: string,
): Rest {
  const mayBeOwn = fault.doubtful === true && user !== undefined
  if (previous?.user !== undefined && !(mayBeOwn && previous.user === user)) {
    const agreed = { ...previous, since: startedAt - 1, until: 0, failures: previous.agreed ?? 0 }
    return restAfter(agreed, fault, startedAt, now)
  }
  if (!mayBeOwn) return restAfter(previous, fault, startedAt, now)
  if (previous && previous.user === undefined && previous.until > now) return previous
  const agreed = (previous?.user === undefined ? previous?.failures : previous.agreed) ?? 0
  return { ...restAfter(previous, fault, startedAt, now), user, agreed }
}

/**
 * The circuit of a provider and model after a fault. It opens at the third failed request in a row:
 * a single one must not keep the other keys from being tried, and counts once, whatever it was
 * tried with.
 *
 * One caller can provoke failures that no one else meets. So a circuit that failures of one caller
 * set binds that caller, and others pass as before. It binds everyone as soon as a second caller
 * fails.
 */
export function circuitAfter(
  previous: Rest | undefined,
  fault: Fault,
  startedAt: number,
  now: number,
  { request, user }: Cause = {},
): Rest {
  const isOpen = previous !== undefined && previous.until > 0
  if (!isOpen) {
    const counted = previous?.requests ?? []
    if (previous && request !== undefined && counted.includes(request)) return previous
    const failures = (previous?.failures ?? 0) + 1
    const onlyUser = previous && previous.user !== user ? undefined : user
    if (failures >= failuresToOpen) return opened(fault, failures, now, onlyUser)
    const requests = request === undefined ? counted : [...counted, request]
    return { ...restOf(fault, failures, 0, now), ...(onlyUser !== undefined && { user: onlyUser }), requests }
  }
  if (previous.user !== undefined && previous.user !== user) {
    // What the first caller has added alone counts as little as it can.
    const failures = Math.max(previous.agreed ?? 0, Math.min(previous.failures, failuresToOpen - 1)) + 1
    if (failures >= failuresToOpen) return opened(fault, failures, now)
    return { ...restOf(fault, failures, 0, now), requests: request === undefined ? [] : [request] }
  }
  const failures = failuresAfter(previous, startedAt)
  if (user === undefined) return later(previous, fault, failures, circuitEnd(fault, failures, now), now)
  // Of a call that began before everyone's circuit opened, no more is learned.
  if (failures === previous.failures) return previous
  const { agreed } = previous
  const next = opened(fault, failures, now, user)
  return { ...next, until: Math.max(next.until, previous.until), ...(agreed !== undefined && { agreed }) }
}

/** An open circuit. @param user the one whom it binds; absent for everyone. */
function opened(fault: Fault, failures: number, now: number, user?: string): Rest {
  const rest = restOf(fault, failures, circuitEnd(fault, failures, now), now)
  return user === undefined ? { ...rest, agreed: failures } : { ...rest, user }
}

function circuitEnd(fault: Fault, failures: number, now: number): number {
  return statedTime(fault, now) ?? now + step(circuitRestsMs, failures - failuresToOpen)
}

/** Whether a rest keeps a caller from calling, as long as it lasts. */
export function binds(rest: Rest, user: string): boolean {
  return rest.user === undefined || rest.user === user
}

/**
 * What remains of a rest after a success: the deadline stands, but the next failure is the first
 * again.
 */
export function restAfterSuccess(rest: Rest, startedAt: number, now: number): Rest | undefined {
  // A call that began before the fault proves nothing about the time after it.
  if (startedAt <= rest.since) return rest
  return circuitAfterSuccess(rest, now)
}

/**
 * What remains of a circuit after any success: an answer proves that the provider answers, whenever
 * it was asked.
 */
export function circuitAfterSuccess(circuit: Rest, now: number): Rest | undefined {
  if (circuit.until <= now) return undefined
  const { agreed: _agreed, ...open } = circuit
  return { ...open, failures: 0 }
}

/** Whether a rest is over and nobody has proved yet that it is. */
export function isHalfOpen(rest: Rest | undefined, now: number): boolean {
  return rest !== undefined && rest.until > 0 && rest.until <= now && !isForgotten(rest, now)
}

/**
 * Until when the probe of a half-open rest is waited for; undefined while nobody has gone first.
 */
export function probedUntil(rest: Rest | undefined, now: number): number | undefined {
  const until = rest?.probe?.until
  return until !== undefined && until > now && isHalfOpen(rest, now) ? until : undefined
}

/** A rest after a lease was given: where it is half-open, the lease is its probe. */
export function restWithProbe(rest: Rest, lease: string, now: number): Rest {
  return isHalfOpen(rest, now) ? { ...rest, probe: { lease, until: now + probeMs } } : rest
}

/** A rest after a call that proved nothing: the next one may go first. */
export function restWithoutProbe(rest: Rest, lease: string): Rest {
  if (rest.probe?.lease !== lease) return rest
  const { probe: _probe, ...idle } = rest
  return idle
}

/** Whether a rest is so long over that the next failure is a first one. */
export function isForgotten(rest: Rest, now: number): boolean {
  return Math.max(rest.since, rest.until) + forgetMs < now
}

/**
 * How much of a provider's words a rest keeps, in characters: its row is rewritten at each
 * admission.
 */
const longestMessage = 300

/** So many resting models each account remembers, and so many circuits each pool. */
export const mostRestingModels = 100

/** The newest of some rests, with their names. */
export function newest(rests: readonly [string, Rest][], most: number): [string, Rest][] {
  if (rests.length <= most) return [...rests]
  return rests.toSorted(([, a], [, b]) => b.since - a.since).slice(0, most)
}

/**
 * Calls that were under way when the rest began tell of the same incident: they do not make it
 * worse.
 */
function failuresAfter(previous: Rest | undefined, startedAt: number): number {
  if (!previous) return 1
  return startedAt <= previous.since ? previous.failures : previous.failures + 1
}

/** A time that has passed already says nothing about the next call. */
function statedTime(fault: Fault, now: number): number | undefined {
  return fault.retryAt !== undefined && fault.retryAt > now ? fault.retryAt : undefined
}

/**
 * What does not pass within a minute: a quota of a day or longer, or what somebody must mend first.
 */
const lastingVerdicts: ReadonlySet<string> = new Set([
  'no-credit',
  'spend-limit',
  'suspended',
  'no-such-model',
  'not-in-tier',
  'gone',
])

/** Periods of which a minute brings nothing. */
const lastingPeriods: ReadonlySet<Fault['period']> = new Set(['5h', 'day', '7d', 'month'])

function restMs(fault: Fault, failures: number): number {
  // What only words say of a model may have been about the request: it is asked again soon.
  const isLasting = lastingVerdicts.has(fault.verdict) && !(fault.doubtful && fault.blame === 'model')
  const dayLike = lastingPeriods.has(fault.period) || isLasting
  return dayLike ? dayLikeRestMs : step(shortRestsMs, failures - 1)
}

function step(restsMs: readonly [number, ...number[]], index: number): number {
  return restsMs[Math.max(0, index)] ?? restsMs.at(-1) ?? restsMs[0]
}

/** The reason that is kept is that of the later deadline. */
function later(previous: Rest | undefined, fault: Fault, failures: number, until: number, now: number): Rest {
  if (previous && previous.until > until) return { ...previous, failures }
  return restOf(fault, failures, until, now)
}

function restOf({ verdict, message }: Fault, failures: number, until: number, now: number): Rest {
  return { since: now, until, failures, verdict, message: message.slice(0, longestMessage) }
}
