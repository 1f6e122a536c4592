/**
 * How much of a subscription's plan is used, as the back ends of Claude and Codex state it beside
 * their answers: a share of a window of hours or days, and when it ends. Pure.
 *
 *     anthropic-ratelimit-unified-5h-utilization: 0.42
 *     anthropic-ratelimit-unified-5h-reset: 1790256000
 *
 *     x-codex-primary-used-percent: 42.5
 *     x-codex-primary-window-minutes: 300
 *     x-codex-primary-reset-at: 1790256000
 *
 * Claude's windows of one model alone (`7d_oi`) are left out: they say less than the whole.
 */
import type { Period } from '../domain/limits.ts'
import { type Claim, periodsBySeconds } from './limit-claims.ts'

/** The limits of plans that headers state, in percent. */
export function claimsInPlans(headers: ReadonlyMap<string, string>): Claim[] {
  return [...claudeClaims(headers), ...codexClaims(headers)]
}

const claudeWindows = ['5h', '7d'] as const satisfies readonly Period[]

function claudeClaims(headers: ReadonlyMap<string, string>): Claim[] {
  return claudeWindows.flatMap((per) => {
    const read = (field: string) => headers.get(`anthropic-ratelimit-unified-${per}-${field}`)
    const isUsedUp = read('status') === 'rejected'
    const share = isUsedUp ? 1 : Number(read('utilization') ?? Number.NaN)
    return planClaim(per, share * 100, read('reset'))
  })
}

function codexClaims(headers: ReadonlyMap<string, string>): Claim[] {
  return ['primary', 'secondary'].flatMap((name) => {
    const read = (field: string) => headers.get(`x-codex-${name}-${field}`)
    const per = periodsBySeconds.get(String(Number(read('window-minutes')) * 60))
    const percent = Number(read('used-percent') ?? Number.NaN)
    return per ? planClaim(per, percent, read('reset-at') ?? read('reset-after-seconds')) : []
  })
}

/** @param percent what is used: a plan that is used beyond its end has nothing left. */
function planClaim(per: Period, percent: number, reset: string | undefined): Claim[] {
  if (!(percent >= 0)) return []
  // In floating point, 0.29 × 100 is less than 29.
  const used = Math.floor(Math.min(100, percent) + 1e-9)
  return [
    {
      unit: 'percent',
      per,
      scope: 'account',
      resets: 'first-use',
      limit: '100',
      used: String(used),
      reset,
    },
  ]
}
