/** How the end of a call reaches its key pool: at once, or with this isolate's next call to it. */
import type { Env } from '../env.ts'
import type { Lease, Settlement } from '../quota/rpc.ts'
import { poolName, poolStub } from '../quota/stub.ts'
import { DeferredSettlements } from './deferred-settlements.ts'

/** Settlements of this isolate that wait, by the names of pools. */
export const poolSettlements = new DeferredSettlements<Settlement>()

/**
 * Settlements as the argument of a pool's verb; undefined for none. While a release is rolled out,
 * the pool may be of the one before, which takes one at most: a list is sent of several only.
 */
export function argumentOf(settlements: Settlement[]): Settlement | Settlement[] | undefined {
  return settlements.length > 1 ? settlements : settlements[0]
}

/**
 * Settles a lease. A success waits for the next call to the pool, at most three seconds, where the
 * lease allows that. Other ends are sent at once, and so is all in a local run: a call there is
 * free, and the hub may be stopped at any moment.
 *
 * @returns once the pool has it.
 */
export function settleCall(
  env: Env,
  { poolOwner, provider }: { poolOwner: string; provider: string },
  { maySettleLater }: Lease,
  settlement: Settlement,
): Promise<void> {
  const name = poolName(poolOwner, provider)
  // A stub that has failed once keeps failing.
  const send = (settlements: Settlement[]): Promise<void> =>
    poolStub(env, poolOwner, provider).settle(argumentOf(settlements) ?? [])
  if (settlement.outcome.type === 'success' && maySettleLater && env.HUB_LOCAL !== '1')
    return poolSettlements.defer(name, settlement, send)
  // In the order of their calls: of two ends of one lease the first counts.
  return poolSettlements.carry(name, (others) => send([...others, settlement]))
}
