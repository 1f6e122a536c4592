/**
 * Limits of a provider that nothing is known of: only headers that say themselves what is counted
 * and for how long are read. OpenAI's names without a period mean a minute here and a day there,
 * and are passed over. Pure.
 */
import { type Period, units } from '../domain/limits.ts'
import { type Claim, periodsBySeconds } from './limit-claims.ts'
import { claimsInFields } from './ratelimit-fields.ts'

/** Every claim in headers whose names and values leave no doubt. */
export function claimsInNames(headers: ReadonlyMap<string, string>): Claim[] {
  return [...claimsWithPeriod(headers), ...claimsWithRenewal(headers), ...claimsInFields(headers)]
}

const unitsByWord = { req: 'requests', request: 'requests', requests: 'requests', tokens: 'tokens' } as const
// `x-ratelimit-limit-tokens-minute` (Mistral, Cerebras and their like) and
// `x-ratelimit-limit-minute` (Kong, which counts requests).
const nameWithPeriod =
  /^x-ratelimit-(?:limit|remaining)-(?:(req|requests?|tokens)-)?(second|minute|hour|day|month)$/

function claimsWithPeriod(headers: ReadonlyMap<string, string>): Claim[] {
  const claims = new Map<string, Claim>()
  for (const name of headers.keys()) {
    const [, unit, per] = nameWithPeriod.exec(name) ?? []
    if (per === undefined) continue
    const suffix = unit === undefined ? per : `${unit}-${per}`
    // The pattern lets nothing else through.
    const counted = unit === undefined ? 'requests' : unitsByWord[unit as keyof typeof unitsByWord]
    claims.set(suffix, { unit: counted, per: per as Period, ...valuesOf(headers, suffix) })
  }
  return [...claims.values()]
}

/**
 * Azure names the period, in seconds, in a header beside it, and counts for a deployment: one
 * model.
 */
function claimsWithRenewal(headers: ReadonlyMap<string, string>): Claim[] {
  return units.flatMap((unit) => {
    const per = periodsBySeconds.get(headers.get(`x-ratelimit-renewalperiod-${unit}`))
    return per === undefined ? [] : [{ unit, per, scope: 'model' as const, ...valuesOf(headers, unit) }]
  })
}

function valuesOf(headers: ReadonlyMap<string, string>, suffix: string): Partial<Claim> {
  return {
    limit: headers.get(`x-ratelimit-limit-${suffix}`),
    remaining: headers.get(`x-ratelimit-remaining-${suffix}`),
    reset: headers.get(`x-ratelimit-reset-${suffix}`),
  }
}
