/**
 * The order of the keys that can serve. A strategy ranks each key by its state, and the lowest rank
 * of the best priority serves; between equals, the one entered first. Pure. `domain/strategies.ts`
 * has their names and words.
 */
import { minuteMs } from '../domain/time.ts'
import { type StrategyName, strategyNames } from '../domain/strategies.ts'
import { lengthMs, limitOf, resetsAt, roomAt, type Window } from './windows.ts'

/** What a strategy may look at. Times are milliseconds since the epoch. */
export interface Standing {
  /** Its place in the order in which keys were entered. */
  position: number
  /** The pool's count of admissions when it had its last one; 0 for never. */
  lastTurn: number
  /** Its share of the work so far, in virtual time: each call adds the reciprocal of its weight. */
  pass: number
  /** Usual time to the first content, and when it was last measured. */
  latency?: { ms: number; at: number }
  /** The windows that count for the model that is asked for. */
  windows: readonly Window[]
}

export interface Strategy {
  rank(standing: Standing, now: number): number
  /** Ranks change as time passes, and not only when a key is used. */
  ages?: true
  /** It uses many keys in turn rather than one for long. */
  spreads?: true
}

/** A measurement older than this is taken again. */
const latencyAgeMs = 10 * minuteMs

const strategies: Readonly<Record<StrategyName, Strategy>> = {
  /** Drains one key before the next. */
  'exhaust-first': { rank: ({ position }) => position },
  /** The one that has waited longest. */
  'round-robin': { rank: ({ lastTurn }) => lastTurn, spreads: true },
  /** In proportion to the weights: stride scheduling. */
  weighted: { rank: ({ pass }) => pass, spreads: true },
  /** The one that answers soonest. Who was not measured lately goes first, so that it is. */
  'least-latency': {
    rank: ({ latency }, now) => (latency && now - latency.at < latencyAgeMs ? latency.ms : 0),
    ages: true,
  },
  /** The one with most left for the time until it resets: what expires soon is spent first. */
  'most-remaining': {
    rank: ({ windows }, now) => -abundance(windows, now),
    ages: true,
    spreads: true,
  },
}

export const defaultStrategy: StrategyName = 'exhaust-first'

/** The strategy of this name; the default for names that are not known. */
export function strategyNamed(name: string): Strategy {
  return strategies[strategyNames.find((known) => known === name) ?? defaultStrategy]
}

/** The share that is left of the tightest of some windows, 0 to 1; 1 where none is limited. */
export function shareLeft(windows: readonly Window[], now: number): number {
  return Math.min(1, ...windows.map((window) => share(window, now)))
}

function share(window: Window, now: number): number {
  const limit = limitOf(window)
  return limit === undefined ? 1 : Math.max(0, roomAt(window, now)) / limit
}

/**
 * The share that is left over the share of the time that is left, of the scarcest window. Without
 * limits: as if used evenly.
 */
function abundance(windows: readonly Window[], now: number): number {
  const limited = windows.filter((window) => limitOf(window) !== undefined)
  const ratios = limited.map((window) => {
    const reset = resetsAt(window, now)
    const timeLeft = reset === undefined ? 1 : (reset - now) / lengthMs[window.per]
    return share(window, now) / Math.min(1, Math.max(timeLeft, 0.001))
  })
  return ratios.length > 0 ? Math.min(...ratios) : 1
}
