/**
 * Those who wait for a slot: in which order they go, and what is kept for them. Pure.
 *
 * The order is fair between waiters (tokens), not between requests: each waiter's requests go round by round, and whoever has
 * fewer ahead of them goes first. A place is planned on one account; what it will take there is held against everyone behind it,
 * and against those who do not wait. Who does not ask again in time loses the place: nobody else can know that a Worker has died.
 */
import { amountFor, type Block, counts, type Held, longest, nothingHeld, standingBlocks } from './blocks.ts'
import type { Pool } from './admission.ts'
import type { Need } from './lease.ts'
import { freeAt, limitOf, windowName } from './windows.ts'

/** One request that waits. Times are milliseconds since the epoch. */
export interface Place {
  id: string
  waiter: string
  /** How many requests of this waiter were served or stood in line before it. */
  round: number
  /** Rises with each place that is taken: two may be taken in one millisecond. */
  turn: number
  /** When its Worker was told to ask again. */
  notBefore: number
  /** Where it is expected to be served, and what it will take there, by the name of the window. */
  account: string
  charges: Record<string, number>
}

/** More than this wait in no pool: a line that long is no service. */
export const mostPlaces = 200
/** How late a Worker may ask again before its place is given up. */
const graceMs = 15_000
/** Of many keys those are looked at for a place that are free soonest. */
const mostConsidered = 24

/** The order in which places are served. */
export function inOrder(places: Iterable<Place>): Place[] {
  return [...places].toSorted((a, b) => a.round - b.round || a.turn - b.turn)
}

/** Whether nobody has asked for a place any more. */
export function isAbandoned(place: Place, now: number): boolean {
  return place.notBefore + graceMs < now
}

/** The round of a new place: after the last of the same waiter, and not before those who are being served now. */
export function roundFor(waiter: string, places: Iterable<Place>, served: number): number {
  let round = served
  for (const place of places) if (place.waiter === waiter) round = Math.max(round, place.round + 1)
  return round
}

/** What places hold of each account. */
export function heldOf(places: readonly Place[]): (accountId: string) => Held {
  if (places.length === 0) return () => nothingHeld
  const byAccount = new Map<string, Held>()
  for (const { account, charges } of places) {
    const held = byAccount.get(account) ?? nothingHeld
    const sum = { ...held.charges }
    for (const [window, amount] of Object.entries(charges)) sum[window] = (sum[window] ?? 0) + amount
    byAccount.set(account, { calls: held.calls + 1, charges: sum })
  }
  return (accountId) => byAccount.get(accountId) ?? nothingHeld
}

/** Where and when a need can be served soonest, behind those who go before it; undefined where it never can. */
export function planPlace(
  pool: Pool,
  need: Need,
  ahead: readonly Place[],
  now: number,
): Pick<Place, 'notBefore' | 'account' | 'charges'> | undefined {
  const lane = pool.roster.laneFor(need, now)
  const held = heldOf(ahead)
  let best: Pick<Place, 'notBefore' | 'account' | 'charges'> | undefined
  for (const entry of [...lane.ready, ...lane.asleep].slice(0, mostConsidered)) {
    const { key, model } = entry
    if (need.excludedKeys.includes(key.id)) continue
    if (need.allowedPriorities && !need.allowedPriorities.includes(key.priority)) continue
    const offer = pool.roster.offer(entry)
    const circuit = pool.state.circuits.get(model)
    const standing = longest(standingBlocks(offer, now))
    const { charges: taken } = held(key.account)
    const charges: Record<string, number> = {}
    let at = Math.max(now, standingTime(standing), circuit?.until ?? 0)
    for (const window of offer.account.windows) {
      if (!counts(window, model, key.id)) continue
      const name = windowName(window)
      charges[name] = amountFor(window, need)
      if (limitOf(window) === undefined) continue
      const fits = need.estimate.inputTokens <= (limitOf(window) ?? 0) || window.unit === 'requests'
      at = Math.max(at, fits ? (freeAt(window, charges[name], now, taken[name] ?? 0) ?? Infinity) : Infinity)
    }
    if (at < (best?.notBefore ?? Infinity)) best = { notBefore: at, account: key.account, charges }
  }
  return best
}

/** What stands against a key without an end lasts for as long as anyone would wait. */
function standingTime(block: Block | undefined): number {
  return block ? (block.retryAt ?? Infinity) : 0
}
