/** The state of a pool's keys as the API shows it. Pure. */
import type { KeyState, WindowState } from './lease.ts'
import {
  type Account,
  accountOf,
  type Configuration,
  type OpenLease,
  type PoolKey,
  type PoolState,
  quarantineOf,
} from './pool-state.ts'
import { countsAt, lastResetAt, resetsAt, usedAt, type Window, windowName } from './windows.ts'

export function reportKeys(configuration: Configuration, state: PoolState, now: number): KeyState[] {
  const leases = Map.groupBy(state.leases.values(), (lease) => lease.account)
  return configuration.keys.map((key) => {
    const account = accountOf(state, key.account)
    const lastUsedAt = account.keys[key.id]?.lastUsedAt
    return {
      keyId: key.id,
      ...reportStatus(key, account, now),
      restingModels: restingModels(account, state, now),
      windows: account.windows.map((window) => reportWindow(window, leases.get(key.account) ?? [], now)),
      ...(lastUsedAt !== undefined && { lastUsedAt }),
    }
  })
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
  return { status: 'active' }
}

/** Models that rest on the account, and those that rest at the provider. */
function restingModels(account: Account, state: PoolState, now: number): KeyState['restingModels'] {
  return [...Object.entries(account.modelRests), ...state.circuits]
    .filter(([, rest]) => rest.until > now)
    .map(([model, { until, verdict }]) => ({ model, until, verdict }))
}

function reportWindow(window: Window, leases: OpenLease[], now: number): WindowState {
  const taken = Math.ceil(usedAt(window, now))
  // A reservation is counted in its window like use; what of it still counts there is told apart here.
  const held = leases
    .filter((lease) => countsAt(window, lease.admittedAt, now))
    .reduce((sum, lease) => sum + (lease.charges[windowName(window)] ?? 0), 0)
  const reserved = Math.min(held, taken)
  const { unit, per, model, limit } = window
  const began = lastResetAt(window, now)
  const ends = resetsAt(window, now)
  return {
    unit,
    per,
    ...(model !== undefined && { model }),
    used: taken - reserved,
    reserved,
    ...(limit !== undefined && { limit }),
    ...(began !== undefined && { lastResetAt: began }),
    ...(ends !== undefined && { resetsAt: ends }),
    source: limit === undefined ? 'counted' : 'entered',
  }
}

function reasonOf({ verdict, message, since }: { verdict: string; message: string; since: number }): {
  verdict: string
  message: string
  since: number
} {
  return { verdict, message, since }
}
