/**
 * Places of requests that wait for a slot: when each is due, and what is kept for it. Pure. The
 * order is in `fair-order.ts`.
 *
 * A place is planned on one account. What it will take there is held against everyone behind it,
 * and against requests that do not wait. A place that waits for its person's own share holds
 * nothing. A place that is not asked for in time is given up, because its Worker may have died.
 */
import {
  amountOf,
  neededOf,
  type Block,
  callBlocks,
  counts,
  type Held,
  isTried,
  longest,
  nothingHeld,
  portionBlocks,
  ownRestBlocks,
  standingBlocks,
} from './refusals.ts'
import type { Pool } from './admission.ts'
import { certainAmount } from './amounts.ts'
import { binds } from './cooldown.ts'
import type { Need } from './rpc.ts'
import { aheadOf } from './shares.ts'
import type { Waiter } from './fair-order.ts'
import { freeAt, limitOf, windowName } from './windows.ts'

/** One request that waits. Times are milliseconds since the epoch. */
export interface Place extends Waiter {
  id: string
  /** When its Worker was told to ask again. */
  notBefore: number
  /** Where it is expected to be served, and what it will take there, by the name of the window. */
  account: string
  charges: Record<string, number>
  /** It waits for its person's own share, and nothing is held for it. */
  ownShare?: true
}

/** When and where a place is due. */
export type Plan = Pick<Place, 'notBefore' | 'account' | 'charges' | 'ownShare'>

/** More than this wait in no pool: a line that long is no service. */
export const mostPlaces = 200
/** More than this wait for no person, however many tokens they have. */
export const mostPlacesOfPerson = 20
/** How late a Worker may ask again before its place is given up. */
const graceMs = 15_000
/** Of many keys those are looked at for a place that are free soonest. */
const mostConsidered = 24

/** Whether nobody has asked for a place any more. */
export function isAbandoned(place: Place, now: number): boolean {
  return place.notBefore + graceMs < now
}

/**
 * The request that must go so that a line keeps its bounds: the last of a person who has too many,
 * or the last of all. Undefined where the line is short enough.
 */
export function overflowOf<W extends Waiter>(line: readonly W[], user: string): W | undefined {
  const own = line.filter((one) => one.user === user)
  if (own.length > mostPlacesOfPerson) return own.at(-1)
  return line.length > mostPlaces ? line.at(-1) : undefined
}

/** What places hold of each account, all together and for each person. */
export function heldOf(places: readonly Place[]): (accountId: string) => Held {
  if (places.length === 0) return () => nothingHeld
  const byAccount = new Map<string, Held>()
  for (const { account, user, charges, ownShare } of places) {
    if (ownShare) continue
    const held = byAccount.get(account) ?? nothingHeld
    const own = plus(held.people[user] ?? nothingHeld, charges)
    byAccount.set(account, { ...plus(held, charges), people: { ...held.people, [user]: own } })
  }
  return (accountId) => byAccount.get(accountId) ?? nothingHeld
}

function plus({ calls, charges }: Pick<Held, 'calls' | 'charges'>, more: Place['charges']) {
  const sum = { ...charges }
  for (const [window, amount] of Object.entries(more)) sum[window] = (sum[window] ?? 0) + amount
  return { calls: calls + 1, charges: sum }
}

/**
 * Where and when a need can be served soonest, behind those who go before it; undefined where it
 * never can.
 */
export function planPlace(pool: Pool, need: Need, ahead: readonly Place[], now: number): Plan | undefined {
  const lane = pool.roster.laneFor(need, now)
  const held = heldOf(ahead)
  let best: Plan | undefined
  for (const entry of [...lane.ready, ...lane.asleep].slice(0, mostConsidered)) {
    const { key, model } = entry
    if (isTried(need, key.id, model)) continue
    if (need.allowedPriorities && !need.allowedPriorities.includes(key.priority)) continue
    const offer = pool.roster.offer(entry)
    const circuit = pool.state.circuits.get(model)
    const standing = longest(standingBlocks(offer, now))
    const before = held(key.account)
    const charges: Record<string, number> = {}
    const personal = [...callBlocks(offer, need, now), ...ownRestBlocks(offer, need, now)]
    let at = Math.max(now, standingTime(standing), circuit && binds(circuit, need.user) ? circuit.until : 0)
    for (const window of offer.account.windows) {
      if (!counts(window, model, key.id)) continue
      const amount = amountOf(window, offer, need)
      charges[windowName(window)] = amount
      if (limitOf(window) === undefined) continue
      personal.push(...portionBlocks(window, offer, need, before, now))
      const taken = aheadOf(window, offer, need, before, now)
      const needed = neededOf(window, offer, need)
      if (needed === 0) continue
      const fits = certainAmount(window.unit, need.estimate) <= (limitOf(window) ?? 0)
      at = Math.max(at, fits ? (freeAt(window, needed, now, taken) ?? Infinity) : Infinity)
    }
    const share = personal.filter(({ reason }) => reason === 'share-used-up')
    const others = Math.max(at, ...personal.filter((block) => !share.includes(block)).map(standingTime))
    const notBefore = Math.max(others, ...share.map(standingTime))
    if (notBefore < (best?.notBefore ?? Infinity)) {
      const ownShare = notBefore > others && { ownShare: true as const }
      best = { notBefore, account: key.account, charges, ...ownShare }
    }
  }
  return best
}

/** What stands against a key without an end lasts for as long as anyone would wait. */
function standingTime(block: Block | undefined): number {
  return block ? (block.retryAt ?? Infinity) : 0
}
