/**
 * Keys that were refused by a 403 that names nothing. Where two requests have met it on two models,
 * the pool asks for a test: a request of the hub's own shows whether the key is forbidden or the
 * callers' requests are. The pool says when one is due, at most once per key in ten minutes (see
 * `quota/forbidden-keys.ts`).
 */
import type { Caller } from '../auth/caller.ts'
import { isBuiltIn } from '../providers/registry.ts'
import { timeOrderedId } from '../ids.ts'
import type { Env } from '../env.ts'
import type { AskedPool } from './attempt.ts'
import type { PoolStub } from './request-context.ts'
import { tryKey } from './test-key.ts'

/** A key that has just been refused so, and the row that was called with it. */
export interface Suspect extends AskedPool {
  pool: PoolStub
  keyId: string
}

/**
 * Tests those keys for which a test is due. It comes after their settlements, which were sent to
 * the same pools before. The tests are in the log of the caller, and on no token.
 */
export async function testSuspects(env: Env, caller: Caller, suspects: readonly Suspect[]): Promise<void> {
  const byKey = new Map(suspects.map((suspect) => [suspect.keyId, suspect]))
  await Promise.all([...byKey.values()].map((suspect) => testSuspect(env, caller, suspect)))
}

async function testSuspect(
  env: Env,
  caller: Caller,
  { pool, keyId, candidate, poolOwner }: Suspect,
): Promise<void> {
  const { providerId, provider, row } = candidate
  try {
    const key = await pool.takeTest(keyId)
    if (!key) return
    const now = Date.now()
    await tryKey({
      env,
      caller: { ...caller, token: null },
      requestId: timeOrderedId('req', now),
      receivedAt: now,
      known: { id: providerId, provider, custom: !isBuiltIn(providerId, provider), row },
      key,
      poolOwner,
      clientLeft: new AbortController().signal,
    })
  } catch (thrown) {
    console.error(`The key ${keyId} could not be tested`, thrown)
  }
}
