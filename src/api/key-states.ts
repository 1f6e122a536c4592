/** Keys by their ids, as their callers may see them, with the state that their pools know. */
import type { z } from 'zod'
import type { Caller } from '../auth/caller.ts'
import { findKey, type StoredKey } from '../db/keys.ts'
import type { Env } from '../env.ts'
import { HubError } from '../errors.ts'
import type { KeyState } from '../quota/rpc.ts'
import { poolStub } from '../quota/stub.ts'
import { findEnvironmentKey } from './environment-keys.ts'
import { type Key, type ShownKey, showKey } from './schemas/key.ts'

/** The pool that decides about a key. */
export function poolOf(key: ShownKey): { owner: string; provider: string } {
  return { owner: key.shared ? 'hub' : key.owner, provider: key.provider }
}

/**
 * The live state of keys, from each of their pools at once. A pool that does not answer costs the
 * state of its keys.
 */
export async function readStates(env: Env, keys: ShownKey[]): Promise<Map<string, KeyState>> {
  const pools = new Map(keys.map((key) => [`${poolOf(key).owner}/${key.provider}`, poolOf(key)]))
  const reports = await Promise.all(
    [...pools.values()].map(async ({ owner, provider }) => {
      try {
        return (await poolStub(env, owner, provider).report()).keys
      } catch (error) {
        console.warn(`The pool ${owner}/${provider} does not report.`, error)
        return []
      }
    }),
  )
  return new Map(reports.flat().map((state) => [state.keyId, state]))
}

export async function readKey(env: Env, owner: string, id: string): Promise<z.infer<typeof Key>> {
  const key = await requireKey(env, owner, id)
  return showKey(key, (await readStates(env, [key])).get(id))
}

export async function requireKey(env: Env, owner: string, id: string): Promise<StoredKey> {
  const key = await findKey(env.DB, owner, id)
  if (!key) throw new HubError('NOT_FOUND', 'Key not found.')
  return key
}

/**
 * A key of the caller's own, or one of the deployment for an administrator: it may be tried and
 * restored.
 */
export async function requireUsableKey(env: Env, caller: Caller, id: string): Promise<ShownKey> {
  return findEnvironmentKey(env, caller, id) ?? requireKey(env, caller.configuration.user.id, id)
}

export async function readUsableKey(env: Env, caller: Caller, id: string): Promise<z.infer<typeof Key>> {
  const key = await requireUsableKey(env, caller, id)
  return showKey(key, (await readStates(env, [key])).get(id))
}
