/** Renews the slot of a call while it runs, so that its Worker is not taken for dead. */
import type { Env } from '../env.ts'
import type { Lease } from '../quota/rpc.ts'
import { renewMs } from '../quota/slots.ts'
import { poolStub } from '../quota/stub.ts'
import type { AskedPool } from './attempt.ts'

/**
 * Renews a slot every twenty seconds, until the renewals are stopped or the slot has ended.
 *
 * @param renew answers false where the slot has ended. After one that fails, the next is made as
 *   usual.
 * @returns the function that stops the renewals.
 */
export function keepRenewing(renew: () => Promise<boolean>): () => void {
  const timer = setInterval(() => {
    void renew().then(
      (goesOn) => goesOn || clearInterval(timer),
      () => {},
    )
  }, renewMs)
  return () => clearInterval(timer)
}

/** Renews the slot of a lease, where it holds one. @returns the function that stops it. */
export function renewLease(env: Env, { candidate, poolOwner }: AskedPool, { id, slot }: Lease): () => void {
  if (!slot) return () => {}
  // Each renewal has a new stub: one that has failed once keeps failing.
  return keepRenewing(() => poolStub(env, poolOwner, candidate.providerId).renew(id))
}
