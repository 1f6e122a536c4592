/**
 * Why nobody could serve a request, as the one error that tells the client. Pure. The order of the
 * codes is part of the API.
 */
import { type Fault, HubError, type TrailEntry } from '../errors.ts'
import type { KeyRefusal } from '../quota/rpc.ts'
import type { Candidate, LeftOut } from './plan.ts'

export interface Failure {
  asked: string
  trail: TrailEntry[]
  leftOut: LeftOut[]
  refusals: Refusal[]
  requestFault: Fault | undefined
  /** The refusal of a dialect to say the request in its words. */
  unfit?: HubError | undefined
  /** The request's own time was over. */
  timedOut: boolean
  /** The time at which the client is told, in milliseconds since the epoch. */
  now: number
}

/** What a pool said when none of its keys could serve. */
export interface Refusal {
  candidate: Candidate
  poolOwner: string
  refusals: KeyRefusal[]
  /** How many keys more it refused than it lists. */
  unlisted: number
  retryAt: number | undefined
  /** How many attempts had been made by then. */
  after?: number
}

/** Reasons that pass by themselves because a quota or a rate allows more later. */
const quotaReasons: ReadonlySet<KeyRefusal['reason']> = new Set([
  'account-rests',
  'model-rests',
  'requests-used-up',
  'tokens-used-up',
  'audio-used-up',
  'money-used-up',
  'plan-used-up',
  'busy',
  'probing',
  'reserved',
  'share-used-up',
  'reserved-for-owner',
])

/**
 * Verdicts on a model that no waiting changes: what rests for one of these has not run out of
 * anything.
 */
const unknownModel: ReadonlySet<string> = new Set(['no-such-model', 'not-in-tier', 'gone'])

/** Verdicts of what rests without having run out of anything. */
const closed: ReadonlySet<string> = new Set([...unknownModel, 'forbidden'])

/** The error for a request that nobody could serve. */
export function explainFailure(failure: Failure): HubError {
  const { trail, requestFault, timedOut } = failure
  const name = failure.asked === '' ? 'a request that names no model' : `"${failure.asked}"`
  const retryAt = soonest(failure)
  if (requestFault) {
    return new HubError('VALIDATION_ERROR', requestFault.message, {
      param: requestFault.param,
      upstream: { ...requestFault, status: requestFault.status ?? 400 },
      trail,
    })
  }
  if (timedOut) {
    return new HubError('REQUEST_TIMEOUT', `The request timed out before a provider answered ${name}.`, {
      trail,
    })
  }
  if (knowsNobody(failure)) {
    return new HubError('NOT_FOUND', `No provider has the model ${name}.${why(failure)}`, {
      param: 'model',
      trail,
    })
  }
  const rests = failure.refusals.some(({ refusals }) =>
    refusals.some(({ reason, verdict = '' }) => quotaReasons.has(reason) && !closed.has(verdict)),
  )
  if (rests || trail.some((entry) => entry.status === 429)) {
    const when = retryAt === undefined ? '' : ` Retry ${sayWhen(retryAt, failure.now)}.`
    return new HubError(
      'QUOTA_EXHAUSTED',
      `All keys for ${name} are cooling down or out of quota.${when}${why(failure)}`,
      {
        retryAt,
        trail,
      },
    )
  }
  const last = trail.at(-1)
  if (last) {
    const timeout = last.verdict === 'timeout'
    const message = `All providers for ${name} failed. Last: ${last.provider} (${last.verdict}).${why(failure)}`
    return new HubError(timeout ? 'PROVIDER_TIMEOUT' : 'PROVIDER_ERROR', message, { retryAt, trail })
  }
  if (retryAt !== undefined) {
    return new HubError('PROVIDER_ERROR', `All providers for ${name} are failing.${why(failure)}`, {
      retryAt,
      trail,
    })
  }
  if (failure.unfit) return failure.unfit
  return new HubError('NO_ELIGIBLE_KEY', `No key can serve ${name}.${why(failure)}`, {
    param: 'model',
    trail,
  })
}

/** Whether everyone who was asked, now or lately, said that there is no such model. */
function knowsNobody({ trail, refusals }: Failure): boolean {
  const verdicts = [
    ...trail.map((entry) => entry.verdict),
    ...refusals.flatMap((entry) => entry.refusals.map(({ verdict = '' }) => verdict)),
  ]
  return verdicts.length > 0 && verdicts.every((verdict) => unknownModel.has(verdict))
}

function soonest({ refusals, trail }: Failure): number | undefined {
  const times = [...refusals.map((entry) => entry.retryAt), ...trail.map((entry) => entry.retryAt)]
  const stated = times.filter((time) => time !== undefined)
  return stated.length > 0 ? Math.min(...stated) : undefined
}

/** A time as a person and a program read it: `in 4 min 12 s (2026-11-29T22:31:18Z)`. */
function sayWhen(at: number, now: number): string {
  const stamp = new Date(Math.ceil(at / 1000) * 1000).toISOString().replace('.000Z', 'Z')
  return `in ${sayDuration(Math.max(1000, at - now))} (${stamp})`
}

/** The two largest units of a duration: `9 s`, `4 min 12 s`, `1 h 5 min`, `2 days 3 h`. */
function sayDuration(ms: number): string {
  const seconds = Math.ceil(ms / 1000)
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  const days = Math.floor(hours / 24)
  if (days > 0) return `${days} ${days === 1 ? 'day' : 'days'} ${hours % 24} h`
  if (hours > 0) return `${hours} h ${minutes % 60} min`
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`
}

/** The candidates that were left out or refused, by reason: `openai, groq: no key; sandbox: …`. */
function why({ leftOut, refusals }: Failure): string {
  const reasons = Map.groupBy(
    [
      ...leftOut.map(({ provider, reason }) => ({ provider, reason })),
      ...refusals.map(({ candidate, refusals: keys, unlisted }) => ({
        provider: candidate.providerId,
        reason: summarise(keys, unlisted),
      })),
    ],
    ({ reason }) => reason,
  )
  const parts = [...reasons].map(
    ([reason, entries]) => `${[...new Set(entries.map(({ provider }) => provider))].join(', ')}: ${reason}`,
  )
  return parts.length > 0 ? ` (${parts.join('; ')})` : ''
}

function summarise(refusals: KeyRefusal[], unlisted: number): string {
  if (refusals.length === 0) return 'no enabled key'
  const counts = new Map<string, number>()
  for (const { reason } of refusals) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  const parts = [...counts].map(
    ([reason, count]) =>
      `${count} ${count === 1 ? 'key' : 'keys'} ${phrases[reason as KeyRefusal['reason']]}`,
  )
  return [...parts, ...(unlisted > 0 ? [`${unlisted} more`] : [])].join(', ')
}

const phrases: Record<KeyRefusal['reason'], string> = {
  tried: 'failed',
  disabled: 'disabled',
  'model-not-allowed': 'not allowed to use this model',
  'priority-not-allowed': 'excluded by priority',
  quarantined: 'quarantined',
  'account-rests': 'cooling down',
  'model-rests': 'cooling down for this model',
  'provider-rests': 'paused because the provider is failing',
  'requests-used-up': 'out of requests',
  'tokens-used-up': 'out of tokens',
  'audio-used-up': 'out of audio seconds',
  'money-used-up': 'out of money',
  'plan-used-up': 'with their plan used up',
  'price-unknown': 'with a limit of money, for a model without a known price',
  'larger-than-window': 'with a limit below this request',
  busy: 'at the concurrency limit',
  probing: 'recovering',
  reserved: 'reserved for queued requests',
  'share-used-up': 'with your share used up',
  'reserved-for-owner': 'reserved for the owner',
}
