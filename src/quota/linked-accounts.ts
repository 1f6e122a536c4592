/**
 * Whether accounts that should be independent are one and the same at the provider: they rest at
 * the same times. Pure. It is only ever suggested; what follows from it is for a person to say.
 */
import { dayMs } from '../domain/time.ts'
import type { Fault } from '../errors.ts'
import type { Outcome } from './rpc.ts'

/** What was seen of quota that ran out. Times are milliseconds since the epoch. */
export interface Together {
  /** The last time each account ran out, and until when. */
  last: Record<string, { at: number; until: number }>
  /** How often two accounts ran out together, by their names in order. */
  pairs: Record<string, { accounts: [string, string]; times: number; lastAt: number }>
}

/** Two that run out within so long of one another, until about the same time, did so together. */
const togetherMs = 30_000
/** Once may be chance. */
const enoughTimes = 2
const forgetMs = 30 * dayMs
const mostPairs = 50

/**
 * What was seen, after another call has ended.
 * @param call how it ended, when it began, and until when its account rests because of it.
 */
export function afterCall(
  seen: Together | undefined,
  account: string,
  call: { outcome: Outcome; startedAt: number; restsUntil: number | undefined },
  now: number,
): Together | undefined {
  switch (call.outcome.type) {
    case 'failure':
      if (!tellsOfQuota(call.outcome.fault)) return seen
      return ranOut(seen, account, call.restsUntil ?? now, now)
    case 'success':
      return servedAlone(seen, account, call.startedAt)
    case 'cancelled':
    case 'unused':
      return seen
  }
}

/** The pairs that look like one account. */
export function suggestions(seen: Together | undefined): Together['pairs'][string][] {
  return Object.values(seen?.pairs ?? {}).filter(({ times }) => times >= enoughTimes)
}

/**
 * Whether a fault tells of quota that an account shares: not of what a single call or model ran
 * into.
 */
function tellsOfQuota({ blame, verdict }: Fault): boolean {
  return blame === 'account' && /quota|limit|credit|rate/.test(verdict)
}

/** After an account has run out. */
function ranOut(seen: Together | undefined, account: string, until: number, now: number): Together {
  const last = { ...seen?.last }
  const pairs = { ...seen?.pairs }
  const before = last[account]
  // Of the others only the last time of those that may be one is asked for again: a pool of a
  // thousand keys must not keep them all.
  const paired = new Set(Object.values(pairs).flatMap(({ accounts }) => accounts))
  // Calls that were under way fail one after the other: that is one time, not many.
  const isSameTime = before && now - before.at < togetherMs
  for (const [other, { at, until: otherUntil }] of Object.entries(last)) {
    if (now - at > (paired.has(other) ? forgetMs : togetherMs)) delete last[other]
    else if (
      other !== account &&
      !isSameTime &&
      now - at < togetherMs &&
      Math.abs(until - otherUntil) < togetherMs
    ) {
      const accounts: [string, string] = account < other ? [account, other] : [other, account]
      const name = accounts.join(' ')
      pairs[name] = { accounts, times: (pairs[name]?.times ?? 0) + 1, lastAt: now }
    }
  }
  last[account] = { at: now, until }
  return { last, pairs: Object.fromEntries(Object.entries(pairs).slice(-mostPairs)) }
}

/**
 * After an account has served while another, with which it had run out before, rests: they are two.
 */
function servedAlone(seen: Together | undefined, account: string, startedAt: number): Together | undefined {
  if (!seen) return seen
  const apart = Object.entries(seen.pairs).filter(([, { accounts }]) => {
    if (!accounts.includes(account)) return false
    const [other = ''] = accounts.filter((name) => name !== account)
    const rest = seen.last[other]
    return rest !== undefined && rest.at < startedAt && startedAt < rest.until
  })
  if (apart.length === 0) return seen
  const pairs = { ...seen.pairs }
  for (const [name] of apart) delete pairs[name]
  return { ...seen, pairs }
}
