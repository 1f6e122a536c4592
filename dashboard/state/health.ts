/**
 * The health of the hub: the worst of recent failures, routes without a provider, and models that
 * are cooling down. The states of keys alone do not show an outage. Pure.
 */
import { minuteMs } from '../../src/domain/time.ts'
import type { Log, Pool, RouteHealth } from '../api.ts'
import { toneOf } from './success-rate.ts'

/** How far back requests count, in milliseconds. */
export const recentMs = 5 * minuteMs
/** A single failure is not an outage, even if it is the only request. */
const fewestFailures = 2

export type End = Pick<Log, 'startedAt' | 'status' | 'code'>

export interface Recent {
  total: number
  failed: number
}

export type Trouble =
  | ({ type: 'failing' } & Recent)
  | { type: 'route'; name: string }
  | { type: 'resting'; provider: string; models: string[] }

export interface Health {
  state: 'operational' | 'degraded' | 'down'
  /** The worst first. */
  troubles: Trouble[]
}

/** Codes below 500 that are the hub's failure, not the client's. */
const ownCodes = new Set(['QUOTA_EXHAUSTED', 'NO_ELIGIBLE_KEY'])

/**
 * Counts requests of the last minutes. Mistakes of clients, and clients that left, say nothing of
 * the hub.
 */
export function countRecent(ends: readonly End[], now: number): Recent {
  const recent = ends.filter(({ startedAt }) => Date.parse(startedAt) > now - recentMs)
  const failed = recent.filter(({ status, code }) => status >= 500 || ownCodes.has(code ?? '')).length
  const served = recent.filter(({ status }) => status < 400).length
  return { total: failed + served, failed }
}

interface Known {
  recent: Recent
  routes: readonly Pick<RouteHealth, 'name' | 'serves' | 'retryAt'>[]
  pools: readonly Pick<Pool, 'provider' | 'restingModels'>[]
}

/** Returns the state and what makes it so. */
export function healthOf({ recent, routes, pools }: Known): Health {
  const isFailing = recent.failed >= fewestFailures && toneOf(recent.failed, recent.total) !== 'good'
  // A route without any key that could serve it is not an outage.
  const served = routes.filter(({ serves }) => serves !== null)
  const waiting = routes.filter(({ serves, retryAt }) => serves === null && retryAt !== null)
  const troubles: Trouble[] = [
    ...(isFailing ? [{ type: 'failing' as const, ...recent }] : []),
    ...waiting.map(({ name }) => ({ type: 'route' as const, name })),
    ...pools
      .filter(({ restingModels }) => restingModels.length > 0)
      .map(({ provider, restingModels }) => ({
        type: 'resting' as const,
        provider,
        models: restingModels.map(({ model }) => model),
      })),
  ]
  const isDown =
    (isFailing && recent.failed * 2 > recent.total) || (waiting.length > 0 && served.length === 0)
  return { state: isDown ? 'down' : troubles.length > 0 ? 'degraded' : 'operational', troubles }
}
