/**
 * The part of a shared account that one person may use: at most their share of each limit, and
 * nothing of what its owner keeps. Pure, and given the time. The rule is in README.md.
 */
import { periods } from '../domain/limits.ts'
import type { Held } from './refusals.ts'
import type { Need } from './rpc.ts'
import { certainPartOf, partOf, type Person, shareOf, withoutPart } from './usage-by-user.ts'
import type { Account, PoolKey } from './pool-state.ts'
import { drains, freeAt, limitOf, roomAt, usedAt, type Window, windowName } from './windows.ts'

/** The part of an account that its owner keeps: of each limit, or of requests alone. */
export type Reserve = { percent: number } | { requests: number }

/** What a key says of an account that serves everyone. */
export interface SharedAccount {
  /** The user who entered its keys; absent for a key of the deployment. */
  owner?: string
  reserve?: Reserve
}

/** The part of a need that says who asks. */
export type Asker = Pick<Need, 'user' | 'maxShare'>

/** An account as it is offered to a need. */
export interface Offered {
  key: Pick<PoolKey, 'shared'>
  account: Pick<Account, 'windows'>
}

/** A part of a window that a person may not pass, although the window has room. */
export interface Portion {
  reason: 'share-used-up' | 'reserved-for-owner'
  /** The most that may be used of it, now used, and held for those who go first. */
  limit: number
  used: number
  ahead: number
  /** The soonest time at which an amount fits; undefined if it never does. */
  freeAt: (amount: number) => number | undefined
}

/** The person whose use is counted; undefined where an account serves one person alone. */
export function personOf(key: Pick<PoolKey, 'shared'>, { user, maxShare }: Asker): Person | undefined {
  return key.shared && { user, ...(maxShare !== undefined && { maxShare }) }
}

/**
 * Whether a call must be in storage before it is answered, because its person's part of the account
 * decides about others' calls or their own.
 */
export function isCountedExactly({ shared }: Pick<PoolKey, 'shared'>, { user, maxShare }: Asker): boolean {
  return Boolean(shared && (maxShare !== undefined || (shared.reserve && shared.owner === user)))
}

/** The portions of a window that bind a person, beside its limit. */
export function portionsOf(
  window: Window,
  offered: Offered,
  asker: Asker,
  held: Held,
  now: number,
): Portion[] {
  const { key, account } = offered
  const limit = limitOf(window)
  if (!key.shared || limit === undefined) return []
  const { owner } = key.shared
  const reserved = reservedOf(window, account.windows, key.shared.reserve)
  const name = windowName(window)
  const portions: Portion[] = []
  const ownHeld = owner === undefined ? 0 : heldBy(held, owner, name)
  if (reserved > 0 && owner !== undefined && owner !== asker.user) {
    const ahead = (held.charges[name] ?? 0) - ownHeld
    portions.push(othersPortion(window, owner, limit - reserved, ahead, now))
  }
  const share = shareIn(limit, reserved, key.shared, asker)
  if (share < limit) {
    const part = partOf(window, asker.user, share)
    const ahead = heldBy(held, asker.user, name)
    portions.push({
      reason: 'share-used-up',
      limit: share,
      used: usedAt(part, now),
      ahead,
      freeAt: (amount) => freeAt(part, amount, now, ahead),
    })
  }
  return portions
}

/** The most of a window that a person may ever use; infinite without a limit. */
export function mostFor(window: Window, { key, account }: Offered, asker: Asker): number {
  const limit = limitOf(window) ?? Infinity
  if (!key.shared || limit === Infinity) return limit
  const reserved = reservedOf(window, account.windows, key.shared.reserve)
  const others = key.shared.owner === asker.user ? limit : limit - reserved
  return Math.min(others, shareIn(limit, reserved, key.shared, asker))
}

/** How much more of a window a person may use now. */
export function roomFor(window: Window, offered: Offered, asker: Asker, held: Held, now: number): number {
  const portions = portionsOf(window, offered, asker, held, now)
  return Math.min(roomAt(window, now), ...portions.map(({ limit, used }) => limit - used))
}

/**
 * The amount that goes before a person in a whole window. Of what others wait for, the owner lets
 * pass only what fits beside the reserve.
 */
export function aheadOf(window: Window, offered: Offered, asker: Asker, held: Held, now: number): number {
  const name = windowName(window)
  const all = held.charges[name] ?? 0
  const { shared } = offered.key
  if (all === 0 || !shared?.reserve || shared.owner !== asker.user) return all
  const reserved = reservedOf(window, offered.account.windows, shared.reserve)
  if (reserved === 0) return all
  const own = heldBy(held, asker.user, name)
  const { limit, used } = othersPortion(window, asker.user, (limitOf(window) ?? Infinity) - reserved, 0, now)
  return own + Math.min(all - own, Math.max(0, limit - used))
}

/**
 * The calls at a time that a person may make with a key, and that others must leave to its owner.
 */
export function callsFor(
  maxConcurrent: number,
  shared: SharedAccount,
  asker: Asker,
): { share: number; reserved: number } {
  const reserved = shared.reserve ? reservedPart(maxConcurrent, shared.reserve) : 0
  return { share: shareIn(maxConcurrent, reserved, shared, asker), reserved }
}

/** The amount of a window that its owner keeps. */
export function reservedOf(window: Window, windows: readonly Window[], reserve: Reserve | undefined): number {
  const limit = limitOf(window)
  if (!reserve || limit === undefined) return 0
  if ('percent' in reserve) return reservedPart(limit, reserve)
  // Requests are kept once: of the longest window that has a limit, which decides how many there
  // are.
  const isKept = window.unit === 'requests' && window.per === longestPeriod(windows)
  return isKept ? Math.min(limit, reserve.requests) : 0
}

/** A percentage of a limit is rounded up, and leaves others at least 1 unless it is all. */
function reservedPart(limit: number, reserve: Reserve): number {
  if (!('percent' in reserve)) return 0
  if (reserve.percent >= 100) return limit
  return Math.max(0, Math.min(Math.ceil((limit * reserve.percent) / 100 - 1e-9), limit - 1))
}

function longestPeriod(windows: readonly Window[]): Window['per'] | undefined {
  const limited = windows.filter((one) => one.unit === 'requests' && limitOf(one) !== undefined)
  return periods.findLast((per) => limited.some((one) => one.per === per))
}

/** A person's share of a limit. An owner's is never less than the reserve. */
function shareIn(limit: number, reserved: number, { owner }: SharedAccount, asker: Asker): number {
  if (asker.maxShare === undefined || asker.maxShare >= 1) return limit
  const share = Math.min(limit, shareOf(limit, asker.maxShare))
  return owner === asker.user ? Math.max(share, reserved) : share
}

/** The part of a window that is for everyone but its owner. */
function othersPortion(window: Window, owner: string, limit: number, ahead: number, now: number): Portion {
  const reason = 'reserved-for-owner'
  if (!drains(window)) {
    const part = withoutPart(window, owner, limit)
    const fits = (amount: number) => (limit < 1 ? undefined : freeAt(part, amount, now, ahead))
    return { reason, limit, ahead, used: usedAt(part, now), freeAt: fits }
  }
  const whole = limitOf(window) ?? Infinity
  const used = Math.max(0, usedAt(window, now) - usedAt(certainPartOf(window, owner, whole), now))
  return {
    reason,
    limit,
    ahead,
    used,
    // Until it fits, the window must drain by what is missing, whoever used it.
    freeAt: (amount) =>
      used + ahead + amount <= limit ? now : freeAt(window, amount + whole - limit, now, ahead),
  }
}

function heldBy({ people }: Held, user: string, window: string): number {
  return people[user]?.charges[window] ?? 0
}
