/**
 * When quota runs dry at the present pace. Pure. A forecast is given only where there is something
 * to go by: some minutes of use, and a limit that would be reached before it resets.
 */
import { minuteMs } from '../domain/time.ts'
import { type Amounts, amountsBy } from './amounts.ts'
import { startsOver } from './spans.ts'
import { limitOf, lengthMs, resetsAt, roomAt, type Window } from './windows.ts'

/**
 * How much was used lately, older use counting less and less. Times are milliseconds since the
 * epoch.
 */
export interface Pace extends Amounts {
  /** When it was brought up to date last. */
  at: number
  /** When this spell of use began. */
  since: number
}

const halfLifeMs = 15 * minuteMs
/** What was used for less than this says nothing about what is to come. */
const shortestMs = 2 * minuteMs
/** After a pause of so long a new spell begins. */
const pauseMs = 4 * halfLifeMs

/** A pace after more was used, or (negative) less than had been thought. */
export function paceAfter(pace: Pace | undefined, more: Amounts, now: number): Pace {
  if (!pace || now - pace.at > pauseMs) {
    return { ...amountsBy((unit) => Math.max(0, more[unit] ?? 0)), at: now, since: now }
  }
  const faded = fade(now - pace.at)
  return {
    ...amountsBy((unit) => Math.max(0, (pace[unit] ?? 0) * faded + (more[unit] ?? 0))),
    at: Math.max(now, pace.at),
    since: pace.since,
  }
}

/** Use per millisecond at present; undefined where it has not been watched for long enough. */
export function pacePerMs(pace: Pace | undefined, unit: Window['unit'], now: number): number | undefined {
  if (!pace || now - pace.since < shortestMs) return undefined
  const level = (pace[unit] ?? 0) * fade(now - pace.at)
  // The weights of a spell that is younger than for ever do not add up to the whole.
  const weight = 1 - fade(now - pace.since)
  return (level * Math.LN2) / halfLifeMs / weight
}

/**
 * When a window is used up at the present pace of its account; undefined where it is not, or where
 * nobody can tell.
 */
export function dryAt(window: Window, pace: Pace | undefined, now: number): number | undefined {
  const limit = limitOf(window)
  // The pace is that of the whole account, not of one model or key.
  if (limit === undefined || window.model !== undefined || window.key !== undefined) return undefined
  const perMs = pacePerMs(pace, window.unit, now)
  if (perMs === undefined || perMs <= 0) return undefined
  const at = now + Math.max(0, roomAt(window, now)) / perMs
  // What slides or refills gives back as it goes: it runs dry only for who uses more than it gives.
  if (!startsOver(window)) {
    return perMs * lengthMs[window.per] > limit ? Math.ceil(at) : undefined
  }
  const reset = resetsAt(window, now)
  return reset === undefined || at < reset ? Math.ceil(at) : undefined
}

function fade(passedMs: number): number {
  return 2 ** (-Math.max(0, passedMs) / halfLifeMs)
}
