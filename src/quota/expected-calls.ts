/** What the next calls will probably be, for counting ahead. Pure, and given the time. */
import type { Pool } from './admission.ts'
import { amountOf, counts, nothingHeld } from './refusals.ts'
import type { Need } from './rpc.ts'
import { accountOf, type PoolKey } from './pool-state.ts'
import { roomFor } from './shares.ts'
import { windowName } from './windows.ts'
import type { Likely } from './write-ahead.ts'

const mostLikely = 256
/** No more than this part of what is left of a window is counted ahead. */
const ahead = 128

/** From so many calls on that still fit, it does not matter when one of them is settled. */
const plenty = 16

/**
 * Whether so little is left of a key that a call which used less than it reserved should say so at
 * once. Requests are reserved as they are used.
 */
export function isScarce(
  pool: Pool,
  { key, model }: { key: PoolKey; model: string },
  need: Need,
  now: number,
): boolean {
  const offered = { key, account: accountOf(pool.state, key.account) }
  return offered.account.windows.some((window) => {
    if (window.unit === 'requests' || !counts(window, model, key.id)) return false
    const amount = amountOf(window, offered, need)
    return roomFor(window, offered, need, nothingHeld, now) < plenty * amount
  })
}

/**
 * What the next calls like this one will probably take, for counting ahead: first of the key that
 * has just been chosen.
 */
export function likelyCalls(
  pool: Pool,
  chosen: { key: PoolKey; model: string },
  need: Need,
  now: number,
): [Likely, ...Likely[]] {
  const likely = ({ key, model }: { key: PoolKey; model: string }): Likely => {
    const account = accountOf(pool.state, key.account)
    const offered = { key, account }
    const counted = account.windows.filter((window) => counts(window, model, key.id))
    const amounts = counted.map((window) => ({ window, amount: amountOf(window, offered, need) }))
    const spares = amounts
      .filter(({ amount }) => amount > 0)
      .map(({ window, amount }) => roomFor(window, offered, need, nothingHeld, now) / ahead / amount)
    return {
      account: key.account,
      charges: Object.fromEntries(amounts.map(({ window, amount }) => [windowName(window), amount])),
      spare: Math.floor(Math.min(...spares, Number.MAX_SAFE_INTEGER)),
    }
  }
  // Who spreads the work will have used these when they are asked again; who does not stays with
  // the first.
  const next = pool.roster.spreads ? pool.roster.laneFor(need, now).ready.slice(0, mostLikely) : []
  return [likely(chosen), ...next.filter(({ key }) => key.account !== chosen.key.account).map(likely)]
}
