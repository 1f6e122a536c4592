/** How the end of a call reaches its key pool: at once, or with this isolate's next call to it. */
import type { Env } from '../env.ts'
import type { Lease, Settlement } from '../quota/rpc.ts'
import { poolName, poolStub } from '../quota/stub.ts'
import { DeferredSettlements } from './deferred-settlements.ts'

/** Settlements of this isolate that wait, by the names of pools. */
export const poolSettlements = new DeferredSettlements<Settlement>()

/**
 * Settles a lease. A success waits for the next call to the pool, at most three seconds, unless the
 * pool wants it at once. So does nothing else, nor anything in a local run: a call there is free,
 * and the hub may be stopped at any moment.
 *
 * @returns once the pool has it.
 */
export function settleCall(
  env: Env,
  { poolOwner, provider }: { poolOwner: string; provider: string },
  { settlesAtOnce }: Lease,
  settlement: Settlement,
): Promise<void> {
  const name = poolName(poolOwner, provider)
  // A stub that has failed once keeps failing.
  const send = (settlements: Settlement[]): Promise<void> =>
    poolStub(env, poolOwner, provider).settle(settlements)
  if (settlement.outcome.type === 'success' && !settlesAtOnce && env.HUB_LOCAL !== '1')
    return poolSettlements.defer(name, settlement, send)
  return poolSettlements.carry(name, (others) => send([settlement, ...others]))
}
