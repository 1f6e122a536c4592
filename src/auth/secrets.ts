/** The hub's own secrets, read from the environment and checked. Without real ones it refuses to serve. */
import type { Env } from '../env.ts'

/** One master key with the name under which ciphertexts refer to it. */
export interface MasterKey {
  id: string
  bytes: Uint8Array
}

/** A setting that is missing or unusable, with the command that mends it. */
export interface Misconfiguration {
  name: string
  problem: string
  remedy: string
}

/**
 * Whether a request may be treated as local: the deployment says it is local, and the request came to a loopback name.
 * Cloudflare routes by host name, so a deployed Worker never sees such a name.
 */
export function isLocal(env: Env, url: URL): boolean {
  return env.HUB_LOCAL === '1' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
}

/** What is wrong with the secrets, or nothing. Local development values are good only where `local` holds. */
export function findMisconfigurations(env: Env, local: boolean): Misconfiguration[] {
  const found: Misconfiguration[] = []
  const ring = readMasterKeys(env.MASTER_KEY)
  if (ring === undefined) {
    found.push({
      name: 'MASTER_KEY',
      problem: env.MASTER_KEY ? 'is not 32 bytes in base64, nor a ring of such keys' : 'is not set',
      remedy: 'openssl rand -base64 32 | npx wrangler secret put MASTER_KEY',
    })
  }
  if (!env.JWT_SECRET || env.JWT_SECRET.length < 32) {
    found.push({
      name: 'JWT_SECRET',
      problem: env.JWT_SECRET ? 'is shorter than 32 characters' : 'is not set',
      remedy: 'openssl rand -base64 32 | npx wrangler secret put JWT_SECRET',
    })
  }
  if (env.HUB_LOCAL === '1' && !local) {
    found.push({
      name: 'HUB_LOCAL',
      problem: 'is set, but this request did not come to a loopback address',
      remedy: 'npx wrangler secret delete HUB_LOCAL',
    })
  }
  return found
}

let lastRing: { text: string; keys: ReturnType<typeof parseMasterKeys> } | undefined

/** `parseMasterKeys`, remembered: the secret does not change while an isolate lives, and every request asks. */
export function readMasterKeys(text: string | undefined): [MasterKey, ...MasterKey[]] | undefined {
  if (!text) return undefined
  if (lastRing?.text !== text) lastRing = { text, keys: parseMasterKeys(text) }
  return lastRing.keys
}

/**
 * The key ring in `MASTER_KEY`: `v2:<base64>,v1:<base64>`, or one bare key, which is `v1`. The first one encrypts.
 * Undefined where any of it is not 32 bytes in base64.
 */
function parseMasterKeys(text: string): [MasterKey, ...MasterKey[]] | undefined {
  const keys: MasterKey[] = []
  for (const entry of text.split(',')) {
    const [, id = 'v1', base64 = ''] = /^(?:([a-z0-9]+):)?([A-Za-z0-9+/_-]+=*)$/.exec(entry.trim()) ?? []
    const bytes = decodeBase64(base64)
    if (bytes?.length !== 32) return undefined
    keys.push({ id, bytes })
  }
  const [first, ...rest] = keys
  return first && [first, ...rest]
}

function decodeBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0))
  } catch {
    return undefined
  }
}
