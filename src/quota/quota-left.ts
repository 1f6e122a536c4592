/**
 * How much of a window can still be used. Pure. A provider that says a quota is used up is believed
 * before the hub's own count: nothing is left of that window until the rest is over.
 */
import type { Period } from '../domain/limits.ts'
import type { Rest } from './cooldown.ts'
import type { Account } from './pool-state.ts'
import { limitOf, roomAt, type Window } from './windows.ts'

/** Verdicts that state a quota as used up, and the windows that they are about. */
const exhausted: Readonly<Record<string, Period>> = {
  'session-quota': '5h',
  'daily-quota': 'day',
  'weekly-quota': '7d',
  'monthly-quota': 'month',
}

/**
 * Returns what is left of a window of an account; undefined without a limit.
 * @param isUsable whether the key serves at all: a quarantined one has nothing left.
 */
export function leftOf(
  window: Window,
  account: Pick<Account, 'rest' | 'modelRests'>,
  isUsable: boolean,
  now: number,
): number | undefined {
  if (limitOf(window) === undefined) return undefined
  const rests = [account.rest, window.model === undefined ? undefined : account.modelRests[window.model]]
  const isExhausted = rests.some((rest) => rest !== undefined && exhausts(rest, window, now))
  return isExhausted || !isUsable ? 0 : Math.max(0, Math.floor(roomAt(window, now)))
}

function exhausts({ until, verdict }: Rest, { per }: Window, now: number): boolean {
  return until > now && exhausted[verdict] === per
}
