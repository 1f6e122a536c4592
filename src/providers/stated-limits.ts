/**
 * What a provider says of its limits, in a good answer or a bad one: in headers, in the error's
 * details, in its words. How its headers are to be read stands on its row; what to do with it is
 * for `quota/` to decide. Pure.
 */
import type { Period, Reset, Unit } from '../domain/limits.ts'
import type { Complaint } from '../chat/events.ts'
import { readSenderClock } from '../http/retry-after.ts'
import { believe, type Claim, type Numbers } from './limit-claims.ts'
import { claimsInNames } from './limit-names.ts'
import { claimOfType, claimsInDetails, claimsInWords } from './limit-words.ts'
import { claimsInPlans } from './plan-headers.ts'
import type { LimitHeaders, Provider } from './provider.ts'
import { headersInBody } from './stated-reset.ts'

export interface StatedLimit {
  unit: Unit
  per: Period
  /** Whether the provider counts it for the account or for the model that was called. */
  scope: 'account' | 'model'
  limit?: number
  remaining?: number
  /** When it is whole again, in milliseconds since the epoch, where stated. */
  resetsAt?: number
  /** How it resets, where that is known of this provider. */
  resets?: Reset
}

/**
 * The limits that an answer states, each once. Absurd values are left out; an answer without such
 * headers costs one look at each name.
 *
 * @param complaint what a bad answer says; undefined for a good one.
 * @param now milliseconds since the epoch.
 */
export function statedLimits(
  provider: Provider,
  headers: Headers | ReadonlyMap<string, string> | Readonly<Record<string, string>>,
  complaint: Complaint | undefined,
  now: number,
): StatedLimit[] {
  const found = headersOfLimits(headers)
  const sentAt = readSenderClock(found.get('date'), now)
  found.delete('date')
  if (complaint) for (const [name, value] of headersInBody(complaint)) found.set(name, value)
  if (found.size === 0 && !complaint) return []
  // What an error says is about the limit that refused, and comes first.
  const claims = [
    ...(complaint && !provider.router ? claimsInError(complaint, found) : []),
    ...(provider.limitHeaders
      ? claimsInHeaders(provider.limitHeaders, found, complaint)
      : claimsInNames(found)),
    ...claimsInPlans(found),
  ]
  return merge(
    claims.flatMap((claim) => {
      const numbers = believe(claim, now, sentAt)
      return numbers ? [toStatedLimit(provider, claim, numbers)] : []
    }),
  )
}

/** The few headers that may speak of limits, and the date, by their names in lower case. */
function headersOfLimits(headers: Parameters<typeof statedLimits>[1]): Map<string, string> {
  const found = new Map<string, string>()
  const entries =
    headers instanceof Headers || headers instanceof Map ? headers.entries() : Object.entries(headers)
  for (const [name, value] of entries)
    if (/limit|remaining|^x-codex-|^date$/i.test(name)) found.set(name.toLowerCase(), value)
  return found
}

function claimsInError(complaint: Complaint, headers: ReadonlyMap<string, string>): Claim[] {
  const claims = [...claimsInDetails(complaint), ...claimsInWords(complaint)]
  const ofType = claimOfType(headers.get('x-ratelimit-type') ?? '')
  return ofType ? [...claims, ofType] : claims
}

function claimsInHeaders(
  known: readonly LimitHeaders[],
  headers: ReadonlyMap<string, string>,
  complaint: Complaint | undefined,
): Claim[] {
  return known
    .filter(({ where }) => where === undefined || (complaint !== undefined && where.test(wordsOf(complaint))))
    .map(({ limit, remaining, reset, unit, per, scope, resets }) => ({
      unit,
      per,
      scope,
      resets,
      limit: headers.get(limit),
      remaining: remaining && headers.get(remaining),
      reset: reset && headers.get(reset),
    }))
}

function wordsOf({ message, body }: Complaint): string {
  return `${message} ${JSON.stringify(body ?? '')}`
}

function toStatedLimit(provider: Provider, claim: Claim, { per, ...numbers }: Numbers): StatedLimit {
  const resets = claim.resets ?? resetsOf(provider, claim.unit, per)
  return {
    unit: claim.unit,
    per,
    scope: claim.scope ?? provider.limitsPer ?? 'account',
    ...numbers,
    ...(resets !== undefined && { resets }),
  }
}

/** How such a limit resets there: as its headers' entry says, else by the provider's calendar. */
function resetsOf(provider: Provider, unit: StatedLimit['unit'], per: StatedLimit['per']): Reset | undefined {
  const entry = provider.limitHeaders?.find(
    (known) => known.unit === unit && (known.per === per || known.per === 'told-by-reset'),
  )
  return entry?.resets ?? provider.resets?.[per]
}

/**
 * Each limit once. What was said first stands; what is said of the same limit later only adds to
 * it.
 */
function merge(stated: StatedLimit[]): StatedLimit[] {
  const merged = new Map<string, StatedLimit>()
  for (const limit of stated) {
    const name = `${limit.unit}/${limit.per}/${limit.scope}`
    const first = merged.get(name)
    if (!first) merged.set(name, limit)
    else if (first.limit === undefined || limit.limit === undefined || first.limit === limit.limit)
      merged.set(name, { ...limit, ...first })
  }
  return [...merged.values()]
}
