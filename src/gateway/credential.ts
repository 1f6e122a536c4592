/**
 * What a call is made with: the secret behind a lease and the header values of the provider's row,
 * opened for that call; or the fault where they are not to be had. A secret opens for the row that
 * its owner entered it for, and for no other.
 */
import { auditTampering } from '../vault/tamper-audit.ts'
import { openSecret, SealError, type SecretContext } from '../vault/vault.ts'
import { findSealedKey, type StoredSeal } from '../db/ciphertexts.ts'
import type { Env } from '../env.ts'
import type { Fault } from '../errors.ts'
import { originOf } from '../providers/auth.ts'
import type { RowBinding } from '../providers/provider.ts'
import type { KeySecret, Lease } from '../quota/rpc.ts'
import type { Candidate } from './plan.ts'
import { headersForCall } from './provider-row.ts'

type Sealed = Extract<KeySecret, { type: 'sealed' }>
type Opened = { secret: string } | { fault: Fault }

/** A provider key and the header values of its row in the clear. They are kept nowhere. */
export type Credential = { secret: string; headers: Readonly<Record<string, string>> } | { fault: Fault }

/** What is to be opened: the secret, and the name of the key that it is bound to. */
type Secret = Pick<Lease, 'secret' | 'keyId' | 'boundTo'>
/** Who is about to be called. */
type Called = Pick<Candidate, 'provider' | 'providerId' | 'row'>

/** Opens a provider key, of a lease or of a row, for the row that is about to be called. */
export async function openCredential(env: Env, lease: Secret, called: Called): Promise<Credential> {
  const opened = await openKey(env, lease, called)
  if ('fault' in opened) return opened
  const headers = await headersForCall(env, called.providerId, called.row)
  return 'fault' in headers ? headers : { ...opened, ...headers }
}

/** Every text of a credential that must reach nobody: the key, and the value of each header. */
export function secretsOf({ secret, headers }: Exclude<Credential, { fault: Fault }>): string[] {
  return [secret, ...Object.values(headers)]
}

async function openKey(env: Env, lease: Secret, called: Called): Promise<Opened> {
  const { secret } = lease
  switch (secret.type) {
    case 'none':
      return { secret: 'sandbox' }
    case 'environment': {
      // The deployment's own key is for the provider of that name that this hub brings.
      if (called.row.binding.owner !== 'built-in') return unopened('unknown', ...anotherRow)
      const value = env[secret.variable]
      return { secret: typeof value === 'string' ? value : '' }
    }
    case 'sealed':
      return openSealed(env, secret, lease, called)
  }
}

async function openSealed(
  env: Env,
  { owner, ciphertext }: Sealed,
  { keyId, boundTo }: Secret,
  called: Called,
): Promise<Opened> {
  // A key never goes with a row of somebody else than its owner, unless it is the hub's or built
  // in.
  if (![owner, 'hub', 'built-in'].includes(called.row.binding.owner))
    return unopened('unknown', ...anotherRow)
  const origin = originOf(called.provider)
  const context = { owner, provider: called.providerId, origin, keyId, row: called.row.binding }
  const opened = await openBound(env, ciphertext, boundTo, context)
  if (typeof opened === 'string') return { secret: opened }
  // The pool's copy may be from before a rotation or a change: what the database says is the truth.
  const stored = await findSealedKey(env.DB, owner, keyId)
  if (!stored) return unopened('unknown', 'key-removed', 'This key was deleted.')
  const again = await openBound(env, stored.ciphertext, bindingOf(stored), context)
  if (typeof again === 'string') return { secret: again }
  if (again.type === 'another-row' || (stored.origin !== null && stored.origin !== origin))
    return unopened('unknown', ...movedAway)
  if (again.error.problem === 'no-master-key') {
    console.error(again.error.message)
    return unopened('unknown', 'no-master-key', 'The master key that encrypted this key is not set.')
  }
  await auditTampering(env.DB, { what: 'key', owner, id: keyId }, Date.now())
  return unopened('key', 'not-openable', 'The stored key could not be decrypted. Enter it again.')
}

/**
 * Why a ciphertext does not open: it is for another row than the one that is called, or the vault
 * refuses.
 */
type Refused = { type: 'another-row' } | { type: 'sealed'; error: SealError }

/**
 * Opens a ciphertext for the row that is called.
 * @param boundTo the row that the key was entered for, as it is stored; undefined where only its
 *   origin is known. A key that was sealed before rows were bound opens by its origin, for that
 *   row.
 */
async function openBound(
  env: Env,
  ciphertext: string,
  boundTo: RowBinding | undefined,
  context: SecretContext & { row: RowBinding },
): Promise<string | Refused> {
  const { row, ...old } = context
  if (boundTo && !isSameRow(boundTo, row)) return { type: 'another-row' }
  const refused = (error: unknown): Refused => ({ type: 'sealed', error: sealErrorOf(error) })
  const opened = await openSecret(env, ciphertext, context).catch(refused)
  if (typeof opened === 'string') return opened
  return openSecret(env, ciphertext, old).catch(() => opened)
}

function isSameRow(one: RowBinding, other: RowBinding): boolean {
  return one.owner === other.owner && one.baseUrl === other.baseUrl && one.dialect === other.dialect
}

/** The row that a stored key was entered for; undefined where only its origin is known. */
export function bindingOf({
  rowOwner,
  baseUrl,
  dialect,
}: Omit<StoredSeal, 'ciphertext' | 'origin'>): RowBinding | undefined {
  if (rowOwner === 'built-in') return { owner: rowOwner, baseUrl: null, dialect: null }
  return rowOwner === null || baseUrl === null ? undefined : { owner: rowOwner, baseUrl, dialect }
}

/** A key that is bound to another address than the one that would be called. */
const movedAway = [
  'address-changed',
  'The provider’s base URL changed after this key was entered. Enter the key again.',
] as const

/** A key that another row of the same id was entered for. */
const anotherRow = [
  'another-row',
  'This key belongs to another definition of this provider. Enter it again.',
] as const

function unopened(blame: Fault['blame'], verdict: string, message: string): { fault: Fault } {
  return { fault: { blame, verdict, message } }
}

/** What the vault refuses is looked into; anything else is a fault of ours. */
function sealErrorOf(error: unknown): SealError {
  if (error instanceof SealError) return error
  throw error
}
