/** Says again and again that a call goes on, so that the slot that it holds is not taken for a dead Worker's. */
import type { Env } from '../env.ts'
import type { Lease } from '../quota/lease.ts'
import { renewMs } from '../quota/slots.ts'
import { poolStub } from '../quota/stub.ts'
import type { AskedPool } from './leased-call.ts'

/**
 * Renews a slot every twenty seconds, until that is ended or the slot is no more.
 *
 * @param renew answers false where the slot has ended. A renewal that fails is made good by the next.
 * @returns what ends it.
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

/** Renews the slot of a lease, where it holds one. @returns what ends that. */
export function renewLease(env: Env, { candidate, poolOwner }: AskedPool, { id, slot }: Lease): () => void {
  if (!slot) return () => {}
  // A stub is made anew for each renewal: one that has failed once fails for ever.
  return keepRenewing(() => poolStub(env, poolOwner, candidate.providerId).renew(id))
}
