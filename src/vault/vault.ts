/**
 * Encryption of what must not be read at rest: provider keys, kept conversations, answers and
 * transcripts. AES-256-GCM under a key that HKDF derives for each record from the master key and a
 * random salt; what the record belongs to is authenticated with it (for a provider key its owner
 * and id, and the owner, id, base URL and dialect of its provider's row), so that a ciphertext
 * opens only in its own row.
 *
 * Form: `<master key id>.<salt>.<iv>.<ciphertext>`, the last three in base64url.
 * HKDF: RFC 5869. AES-GCM with a 96-bit nonce: NIST SP 800-38D.
 */
import { BoundedMap } from '../isolate/bounded-map.ts'
import { base64url } from 'jose'
import { HubError } from '../errors.ts'
import { hex } from '../ids.ts'
import type { RowBinding } from '../providers/provider.ts'
import { type KeyRing, type MasterKey, readKeyRing, type Secrets } from '../auth/secrets.ts'

/** The binding of a ciphertext. `origin` is where the key is sent: scheme, host and port. */
export interface SecretContext {
  owner: string
  provider: string
  origin: string
  keyId: string
  /** Absent for a key that was sealed before rows were bound too. */
  row?: RowBinding | undefined
}

/**
 * A sealed text that does not open: the key that sealed it is gone, or it was altered or belongs
 * elsewhere.
 */
export class SealError extends HubError {
  readonly problem: 'no-master-key' | 'altered'

  constructor(problem: SealError['problem'], message: string, cause?: unknown) {
    super('INTERNAL_ERROR', message, { cause })
    this.problem = problem
  }
}

/** Seals a provider key for one row. */
export function sealSecret(secrets: Secrets, secret: string, context: SecretContext): Promise<string> {
  return sealText(secrets, secret, boundTo(context))
}

/**
 * Opens a sealed provider key. Called only by the Worker that makes the call, for that call; the
 * result is kept nowhere.
 * @throws {SealError} when the master key is gone, or the ciphertext was altered or belongs to
 *   another row.
 */
export async function openSecret(secrets: Secrets, sealed: string, context: SecretContext): Promise<string> {
  return openText(secrets, sealed, boundTo(context))
}

/**
 * Seals a text for one place, which `bound` names: its owner first, then whatever else makes it
 * unique.
 */
export function sealText(secrets: Secrets, text: string, bound: readonly (string | null)[]): Promise<string> {
  return sealBytes(secrets, new TextEncoder().encode(text), bound)
}

/** Seals bytes for one place, as `sealText` does a text. */
export async function sealBytes(
  secrets: Secrets,
  bytes: Uint8Array,
  bound: readonly (string | null)[],
): Promise<string> {
  const [master] = requireKeyRing(secrets)
  const salt = crypto.getRandomValues(new Uint8Array(16))
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const key = await deriveKey(master, salt)
  const ciphertext = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv, additionalData: associatedData(bound) },
    key,
    bytes,
  )
  return [
    master.id,
    base64url.encode(salt),
    base64url.encode(iv),
    base64url.encode(new Uint8Array(ciphertext)),
  ].join('.')
}

/**
 * Opens a sealed text in the place it was sealed for.
 * @throws {SealError} as `openSecret` does.
 */
export async function openText(
  secrets: Secrets,
  sealed: string,
  bound: readonly (string | null)[],
): Promise<string> {
  return new TextDecoder().decode(await openBytes(secrets, sealed, bound))
}

/**
 * Opens sealed bytes in the place they were sealed for.
 * @throws {SealError} as `openSecret` does.
 */
export async function openBytes(
  secrets: Secrets,
  sealed: string,
  bound: readonly (string | null)[],
): Promise<Uint8Array<ArrayBuffer>> {
  const [id, salt = '', iv = '', ciphertext = ''] = sealed.split('.')
  const master = requireKeyRing(secrets).find((candidate) => candidate.id === id)
  if (!master)
    throw new SealError('no-master-key', `The master key "${id}" that encrypted this entry is not set.`)
  try {
    const key = await deriveKey(master, base64url.decode(salt))
    const plain = await crypto.subtle.decrypt(
      { name: 'AES-GCM', iv: base64url.decode(iv), additionalData: associatedData(bound) },
      key,
      base64url.decode(ciphertext),
    )
    return new Uint8Array(plain)
  } catch (cause) {
    const message = 'A stored secret could not be decrypted. Enter it again.'
    throw new SealError('altered', message, cause)
  }
}

/**
 * A keyed hash that tells whether two entries are the same provider key, and nothing else. It names
 * the master key that it was made with, the newest; sealing anew makes it anew, so that an older
 * one is not needed for it either.
 */
export async function fingerprintSecret(secrets: Secrets, secret: string): Promise<string> {
  return fingerprintUnder(requireKeyRing(secrets)[0], secret)
}

/**
 * The fingerprints under which the same key may be stored already: one of each master key that is
 * still in use.
 */
export async function knownFingerprints(secrets: Secrets, secret: string): Promise<string[]> {
  const named = await Promise.all(requireKeyRing(secrets).map((master) => fingerprintUnder(master, secret)))
  // Those of the first releases do not name their master key.
  return named.flatMap((fingerprint) => [fingerprint, fingerprint.slice(fingerprint.indexOf('.') + 1)])
}

async function fingerprintUnder(master: MasterKey, secret: string): Promise<string> {
  const key = await crypto.subtle.importKey('raw', master.bytes, { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
  ])
  const mac = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(`fingerprint:${secret}`))
  return `${master.id}.${hex(new Uint8Array(mac, 0, 16))}`
}

/** What a person sees of a key they entered: `sk-****1234`. */
export function maskSecret(secret: string): string {
  const prefix = /^[A-Za-z]{1,6}[-_]/.exec(secret)?.[0] ?? ''
  // A short text would be given away by its last four characters.
  const tail = secret.length >= 12 ? secret.slice(-4) : ''
  return `${prefix}****${tail}`
}

/**
 * Keys that were derived lately, by ring name and salt. They cannot be extracted, and open nothing
 * without a ciphertext.
 */
const derived = new BoundedMap<string, Promise<CryptoKey>>(1_000)

function deriveKey(master: MasterKey, salt: Uint8Array): Promise<CryptoKey> {
  const name = `${hex(master.bytes)}:${hex(salt)}`
  let key = derived.get(name)
  if (!key) {
    key = deriveAnew(master, salt)
    derived.set(name, key)
  }
  return key
}

async function deriveAnew(master: MasterKey, salt: Uint8Array): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey('raw', master.bytes, 'HKDF', false, ['deriveKey'])
  const info = new TextEncoder().encode('llm-hub provider key')
  const algorithm = { name: 'HKDF', hash: 'SHA-256', salt, info }
  return crypto.subtle.deriveKey(algorithm, base, { name: 'AES-GCM', length: 256 }, false, [
    'encrypt',
    'decrypt',
  ])
}

/** @throws {HubError} INTERNAL_ERROR where the deployment has no usable master key. */
export function requireKeyRing(secrets: Secrets): KeyRing {
  const ring = readKeyRing(secrets)
  if (!ring) throw new HubError('INTERNAL_ERROR', 'MASTER_KEY is missing or invalid.')
  return ring
}

function boundTo({ owner, provider, origin, keyId, row }: SecretContext): (string | null)[] {
  const old = [owner, provider, origin, keyId]
  return row ? [...old, row.owner, row.baseUrl, row.dialect] : old
}

function associatedData(bound: readonly (string | null)[]): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(bound))
}
