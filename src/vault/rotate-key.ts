/**
 * One provider key, sealed again: with the newest master key, and bound to the row that it goes
 * with.
 */
import { fingerprintSecret, openSecret, SealError, type SecretContext, sealSecret } from './vault.ts'
import type { ResealedKey, SealedKey } from '../db/ciphertexts.ts'
import type { Env } from '../env.ts'
import { originOf } from '../providers/auth.ts'
import type { RowBinding } from '../providers/provider.ts'
import { findProvider } from '../providers/registry.ts'

/** A key that does not open: its master key is not in the ring, or it was altered. */
export interface StuckKey {
  what: 'key'
  owner: string
  id: string
  problem: SealError['problem']
}

/** The address of a key: its origin, and the row that it is bound to where that is known. */
interface Address {
  origin: string
  row: RowBinding | undefined
}

/**
 * Seals a key again.
 * @param moved the row that it goes with from now on, where its owner has moved that row.
 */
export async function resealKey(
  env: Env,
  key: SealedKey,
  moved?: RowBinding,
): Promise<ResealedKey | StuckKey> {
  const { owner, id, provider, ciphertext } = key
  const { origin, row } = addressOf(key)
  const old = { owner, provider, origin, keyId: id }
  const target = moved ?? row
  try {
    const secret = await open(env, ciphertext, row ? { ...old, row } : old)
    return {
      owner,
      id,
      before: ciphertext,
      ciphertext: await sealSecret(env, secret, target ? { ...old, row: target } : old),
      fingerprint: await fingerprintSecret(env, secret),
      origin,
      rowOwner: target?.owner ?? null,
      baseUrl: target?.baseUrl ?? null,
      dialect: target?.dialect ?? null,
      bindingVersion: target ? 2 : 1,
    }
  } catch (error) {
    if (error instanceof SealError) return { what: 'key', owner, id, problem: error.problem }
    throw error
  }
}

/** Opens a key for its row; one from before that is bound to the origin alone. */
async function open(env: Env, ciphertext: string, context: SecretContext): Promise<string> {
  const { row, ...old } = context
  try {
    return await openSecret(env, ciphertext, context)
  } catch (error) {
    if (row === undefined) throw error
    return openSecret(env, ciphertext, old).catch(() => Promise.reject(error))
  }
}

/**
 * Where a key is sent. A row is only bound where its origin is the one that the key was entered
 * for: a key from before whose row has moved, or is gone, keeps its origin and stays where it is.
 */
function addressOf({
  origin,
  provider,
  rowOwner,
  baseUrl,
  dialect,
  rowBaseUrl,
  rowDialect,
}: SealedKey): Address {
  if (baseUrl !== null) return { origin: new URL(baseUrl).origin, row: { owner: rowOwner, baseUrl, dialect } }
  const now = rowOwner === 'built-in' ? builtInOrigin(provider) : rowBaseUrl && new URL(rowBaseUrl).origin
  const row: RowBinding = { owner: rowOwner, baseUrl: rowBaseUrl, dialect: rowDialect }
  // A key whose provider is gone opens nowhere.
  if (!now) return { origin: origin ?? '', row: undefined }
  return origin === null || origin === now ? { origin: now, row } : { origin, row: undefined }
}

function builtInOrigin(provider: string): string | undefined {
  const builtIn = findProvider(provider)
  return builtIn && originOf(builtIn.provider)
}
