/** The secret behind a lease, opened for one call; or the fault where there is none to be had. */
import { auditTampering } from '../auth/tampering.ts'
import { openSecret, SealError } from '../auth/vault.ts'
import { findSealedKey } from '../db/sealed.ts'
import type { Env } from '../env.ts'
import type { Fault } from '../errors.ts'
import { originOf } from '../providers/auth.ts'
import type { KeySecret, Lease } from '../quota/lease.ts'
import type { Candidate } from './plan.ts'

type Sealed = Extract<KeySecret, { type: 'sealed' }>

/** A provider key in the clear. It is kept nowhere. */
export type Credential = { secret: string } | { fault: Fault }

/** What is to be opened: the secret, and the name of the key that it is bound to. */
type Secret = Pick<Lease, 'secret' | 'keyId'>
/** Who is about to be called. */
type Called = Pick<Candidate, 'provider' | 'providerId'>

/** Opens a provider key, of a lease or of a row, which is bound to the address of the provider's row that is about to be called. */
export async function openCredential(env: Env, lease: Secret, candidate: Called): Promise<Credential> {
  const { secret } = lease
  switch (secret.type) {
    case 'none':
      return { secret: 'sandbox' }
    case 'environment': {
      const value = env[secret.variable]
      return { secret: typeof value === 'string' ? value : '' }
    }
    case 'sealed':
      return openSealed(env, secret, lease.keyId, candidate)
  }
}

async function openSealed(env: Env, sealed: Sealed, keyId: string, candidate: Called): Promise<Credential> {
  const { owner, ciphertext } = sealed
  const origin = originOf(candidate.provider)
  const open = (text: string) =>
    openSecret(env, text, { owner, provider: candidate.providerId, origin, keyId }).catch(sealErrorOf)
  const opened = await open(ciphertext)
  if (typeof opened === 'string') return { secret: opened }
  // The pool's copy may be from before a rotation or a change: what the database says is the truth.
  const stored = await findSealedKey(env.DB, owner, keyId)
  const again = stored && stored.ciphertext !== ciphertext ? await open(stored.ciphertext) : opened
  if (typeof again === 'string') return { secret: again }
  if (!stored) return unopened('unknown', 'key-removed', 'This key was removed.')
  if (stored.origin !== null && stored.origin !== origin) return unopened('unknown', ...movedAway)
  if (again.problem === 'no-master-key') {
    console.error(again.message)
    return unopened('unknown', 'no-master-key', 'The master key that this key is sealed with is not set.')
  }
  await auditTampering(env.DB, { what: 'key', owner, id: keyId }, Date.now())
  return unopened('key', 'not-openable', 'What is stored of this key does not open. Enter the key again.')
}

/** A key that is bound to another address than the one that would be called. */
const movedAway = [
  'address-changed',
  'This key was entered for another address than the one on the provider’s row.',
] as const

function unopened(blame: Fault['blame'], verdict: string, message: string): Credential {
  return { fault: { blame, verdict, message } }
}

/** What the vault refuses is looked into; anything else is a fault of ours. */
function sealErrorOf(error: unknown): SealError {
  if (error instanceof SealError) return error
  throw error
}
