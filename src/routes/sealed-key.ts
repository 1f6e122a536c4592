/** What is stored of a provider key that a person entered, wherever it is entered. */
import { fingerprintSecret, knownFingerprints, maskSecret, sealSecret } from '../auth/vault.ts'
import type { Env } from '../env.ts'
import type { KnownProvider } from '../gateway/directory.ts'
import { checkKey, originOf } from '../providers/auth.ts'

export interface SealedKey {
  /** The columns of its row: bound to the address that its provider has now. */
  columns: { ciphertext: string; origin: string; fingerprint: string; masked: string }
  /** The fingerprints under which the same key may be there already. */
  fingerprints: string[]
}

/**
 * Checks a key and seals it for one row.
 * @throws {HubError} VALIDATION_ERROR naming `apiKey` where it can be no key of this provider.
 */
export async function sealKey(
  env: Env,
  { id: provider, provider: row }: KnownProvider,
  entered: string,
  { owner, id }: { owner: string; id: string },
): Promise<SealedKey> {
  // The sandbox takes any text for a key, because it looks at none.
  const secret = provider === 'sandbox' ? entered : checkKey(row, entered)
  const origin = originOf(row)
  return {
    columns: {
      ciphertext: await sealSecret(env, secret, { owner, provider, origin, keyId: id }),
      origin,
      fingerprint: await fingerprintSecret(env, secret),
      masked: maskSecret(secret),
    },
    fingerprints: await knownFingerprints(env, secret),
  }
}
