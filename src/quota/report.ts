/**
 * The state of a pool as the API shows it: what is left, who rests and why, and when it runs dry.
 * Pure.
 */
import { periods, units } from '../domain/limits.ts'
import { toShown } from './amounts.ts'
import { type Block, usedUpBlock } from './refusals.ts'
import { isHalfOpen } from './cooldown.ts'
import { dryAt, pacePerMs } from './forecast.ts'
import type { KeyState, PersonUse, PoolReport, WindowState } from './rpc.ts'
import {
  type Account,
  accountOf,
  type Configuration,
  type OpenLease,
  type PoolKey,
  type PoolState,
  quarantineOf,
} from './pool-state.ts'
import { leftOf } from './quota-left.ts'
import { reservedOf } from './shares.ts'
import {
  countsAt,
  lastResetAt,
  limitOf,
  resetsAt,
  roomAt,
  usedAt,
  usedByPerson,
  type Window,
  windowName,
} from './windows.ts'

/** The state of every key, in the order in which they were entered. */
export function reportKeys(configuration: Configuration, state: PoolState, now: number): KeyState[] {
  const leases = Map.groupBy(state.leases.values(), (lease) => lease.account)
  return configuration.keys.map((key) => {
    const account = accountOf(state, key.account)
    const { lastUsedAt, latency } = account.keys[key.id] ?? {}
    return {
      keyId: key.id,
      account: key.account,
      ...reportStatus(key, account, now),
      halfOpen: isHalfOpen(account.rest, now),
      restingModels: restingModels(account, state, now),
      windows: account.windows
        .filter((window) => window.key === undefined || window.key === key.id)
        .map((window) => reportWindow(window, key, account, leases.get(key.account) ?? [], now)),
      running: state.running.get(key.id) ?? 0,
      ...(latency && { latencyMs: latency.ms }),
      ...(lastUsedAt !== undefined && { lastUsedAt }),
    }
  })
}

/**
 * When the accounts of a pool have run dry together, at their present pace; undefined where one of
 * them is not limited by day or month, or it would reset before.
 */
export function poolDryAt(configuration: Configuration, state: PoolState, now: number): PoolReport['dryAt'] {
  const names = new Set(configuration.keys.filter(({ enabled }) => enabled).map(({ account }) => account))
  const accounts = [...names].map((name) => accountOf(state, name))
  const times = units.flatMap((unit) => {
    const longest = accounts.map((account) => longestWindow(account, unit))
    if (longest.length === 0 || longest.some((window) => window === undefined)) return []
    const windows = longest.filter((window) => window !== undefined)
    const room = windows.reduce((sum, window) => sum + Math.max(0, roomAt(window, now)), 0)
    const pace = accounts.reduce((sum, account) => sum + (pacePerMs(account.pace, unit, now) ?? 0), 0)
    const resets = windows.map((window) => resetsAt(window, now) ?? Infinity)
    const at = now + room / pace
    return pace > 0 && at < Math.min(...resets) ? [Math.ceil(at)] : []
  })
  return times.length > 0 ? Math.min(...times) : undefined
}

/** The limit of a day or longer that an account has: of several the shortest. */
function longestWindow(account: Account, unit: Window['unit']): Window | undefined {
  const limited = account.windows.filter(
    (window) =>
      window.unit === unit &&
      window.model === undefined &&
      window.key === undefined &&
      limitOf(window) !== undefined,
  )
  return periods
    .slice(periods.indexOf('day'))
    .flatMap((longPeriod) => limited.find(({ per }) => per === longPeriod) ?? [])[0]
}

function reportStatus(
  key: PoolKey,
  account: Account,
  now: number,
): Pick<KeyState, 'status' | 'coolingUntil' | 'reason'> {
  if (!key.enabled) return { status: 'disabled' }
  const quarantine = quarantineOf(account, key)
  if (quarantine) return { status: 'quarantined', reason: reasonOf(quarantine) }
  const { rest } = account
  if (rest && rest.until > now) return { status: 'cooling', coolingUntil: rest.until, reason: reasonOf(rest) }
  const full = usedUpBlock(key, account, now)
  if (!full) return { status: 'active' }
  return {
    status: 'cooling',
    ...(full.retryAt !== undefined && { coolingUntil: full.retryAt }),
    // What filled the window was the last call of the account.
    reason: { verdict: full.reason, message: sentenceOf(full), since: lastUseOf(account) ?? 0 },
  }
}

function sentenceOf({ detail = '' }: Block): string {
  return detail && `${detail}.`
}

function lastUseOf({ keys }: Account): number | undefined {
  const times = Object.values(keys).flatMap((use) => use.lastUsedAt ?? [])
  return times.length > 0 ? Math.max(...times) : undefined
}

/** Models that rest on the account, and those that rest at the provider for everyone. */
function restingModels(account: Account, state: PoolState, now: number): KeyState['restingModels'] {
  return [...Object.entries(account.modelRests), ...state.circuits]
    .filter(([, rest]) => rest.until > now && rest.user === undefined)
    .map(([model, { until, verdict }]) => ({ model, until, verdict }))
}

function reportWindow(
  window: Window,
  key: PoolKey,
  account: Account,
  leases: OpenLease[],
  now: number,
): WindowState {
  const { shared } = key
  const taken = Math.ceil(usedAt(window, now))
  const left = leftOf(window, account, quarantineOf(account, key) === undefined, now)
  // A reservation is counted in its window like use; what of it still counts there is told apart
  // here.
  const open = leases.filter((lease) => countsAt(window, lease.admittedAt, now))
  const reserved = Math.min(sumCharges(open, window), taken)
  const kept = reservedOf(window, account.windows, shared?.reserve)
  const { unit, per, model, resets, stated, limit: entered } = window
  const limit = limitOf(window)
  const began = lastResetAt(window, now)
  const ends = resetsAt(window, now)
  const dry = dryAt(window, account.pace, now)
  const show = (amount: number): number => toShown(unit, amount)
  return {
    unit,
    per,
    resets,
    scope: window.key === undefined ? 'account' : 'key',
    ...(model !== undefined && { model }),
    used: show(taken - reserved),
    reserved: show(reserved),
    ...(limit !== undefined && { limit: show(limit) }),
    ...(left !== undefined && { left: show(left) }),
    ...(began !== undefined && { lastResetAt: began }),
    ...(ends !== undefined && { resetsAt: ends }),
    source: limit === undefined ? 'counted' : limit === entered ? 'entered' : 'stated',
    ...(stated && { stated }),
    ...(entered !== undefined && { entered: show(entered) }),
    ...(dry !== undefined && { dryAt: dry }),
    ...(kept > 0 && { reserve: show(kept) }),
    ...(shared && { byPerson: usePerPerson(window, open, now) }),
  }
}

/** More people than this are not listed. */
const mostPeople = 200

/**
 * The part of each person, the largest first.
 * @param open leases that still count in the window.
 */
function usePerPerson(window: Window, open: OpenLease[], now: number): PersonUse[] {
  const leases = Map.groupBy(open, ({ user }) => user)
  const uses = [...usedByPerson(window, now)].map(([user, amount]) => {
    const taken = Math.ceil(amount)
    const reserved = Math.min(sumCharges(leases.get(user) ?? [], window), taken)
    return { user, used: toShown(window.unit, taken - reserved), reserved: toShown(window.unit, reserved) }
  })
  return uses
    .filter(({ used, reserved }) => used + reserved > 0)
    .toSorted((a, b) => b.used + b.reserved - a.used - a.reserved)
    .slice(0, mostPeople)
}

function sumCharges(leases: OpenLease[], window: Window): number {
  return leases.reduce((sum, { charges }) => sum + (charges[windowName(window)] ?? 0), 0)
}

function reasonOf({ verdict, message, since }: { verdict: string; message: string; since: number }): {
  verdict: string
  message: string
  since: number
} {
  return { verdict, message, since }
}
