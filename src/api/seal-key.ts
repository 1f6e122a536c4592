/** What is stored of a provider key that a person entered, wherever it is entered. */
import { fingerprintSecret, knownFingerprints, maskSecret, sealSecret } from '../vault/vault.ts'
import type { Env } from '../env.ts'
import type { KnownProvider } from '../gateway/provider-directory.ts'
import { checkKey, originOf } from '../providers/auth.ts'

export interface SealedKey {
  /** The columns of its row: bound to the provider's row as it is now. */
  columns: {
    ciphertext: string
    origin: string
    rowOwner: string
    baseUrl: string | null
    dialect: string | null
    bindingVersion: number
    fingerprint: string
    masked: string
  }
  /** The fingerprints under which the same key may be there already. */
  fingerprints: string[]
}

/**
 * Checks a key and seals it for one row.
 * @throws {HubError} VALIDATION_ERROR naming `apiKey` where it can be no key of this provider.
 */
export async function sealKey(
  env: Env,
  { id: provider, provider: described, row }: KnownProvider,
  entered: string,
  { owner, id }: { owner: string; id: string },
): Promise<SealedKey> {
  // The sandbox takes any text for a key, because it looks at none.
  const secret = provider === 'sandbox' ? entered : checkKey(described, entered)
  const origin = originOf(described)
  return {
    columns: {
      ciphertext: await sealSecret(env, secret, { owner, provider, origin, keyId: id, row: row.binding }),
      origin,
      rowOwner: row.binding.owner,
      baseUrl: row.binding.baseUrl,
      dialect: row.binding.dialect,
      bindingVersion: 2,
      fingerprint: await fingerprintSecret(env, secret),
      masked: maskSecret(secret),
    },
    fingerprints: await knownFingerprints(env, secret),
  }
}
