/**
 * The hub's own secrets, read from the environment and checked. Without real ones it refuses to
 * serve.
 */
import type { Env } from '../env.ts'

/**
 * One master key with the name under which ciphertexts refer to it, and the variable that it stands
 * in.
 */
export interface MasterKey {
  id: string
  bytes: Uint8Array
  variable: string
}

/**
 * The master keys of a deployment, newest first. The first one encrypts; the others open what they
 * encrypted.
 */
export type KeyRing = readonly [MasterKey, ...MasterKey[]]

/**
 * The part of the environment that holds master keys: `MASTER_KEY`, and `MASTER_KEY_2` and so on
 * beside it.
 */
export interface Secrets {
  MASTER_KEY?: string
  [name: string]: unknown
}

/** A setting that is missing or unusable, with the command that mends it. */
export interface Misconfiguration {
  name: string
  problem: string
  remedy: string
}

/**
 * Whether a request may be treated as local: the deployment says it is local, and the request came
 * to a loopback name. Cloudflare routes by host name, so a deployed Worker never sees such a name.
 */
export function isLocal(env: Env, url: URL): boolean {
  return env.HUB_LOCAL === '1' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
}

const judged = new WeakMap<object, Map<boolean, readonly Misconfiguration[]>>()

/**
 * What is wrong with the secrets, or nothing. Local development values are good only where `local`
 * holds. The environment does not change while an isolate lives, and every request asks: the answer
 * is remembered.
 */
export function findMisconfigurations(env: Env, local: boolean): readonly Misconfiguration[] {
  const known = judged.get(env) ?? new Map<boolean, readonly Misconfiguration[]>()
  judged.set(env, known)
  const found = known.get(local) ?? judgeSecrets(env, local)
  known.set(local, found)
  return found
}

function judgeSecrets(env: Env, local: boolean): Misconfiguration[] {
  const found: Misconfiguration[] = []
  const wrong = (name: string, problem: string | undefined, remedy: string): void => {
    if (problem !== undefined) found.push({ name, problem, remedy })
  }
  const put = (name: string): string => `openssl rand -base64 32 | npx wrangler secret put ${name}`
  wrong('MASTER_KEY', problemOfMasterKeys(env, local), put('MASTER_KEY'))
  wrong('JWT_SECRET', problemOfText(env.JWT_SECRET, 32, local) ?? sharedWith(env, local), put('JWT_SECRET'))
  const setupToken = env.SETUP_TOKEN
  // It is optional, but a weak one lets strangers claim the hub.
  if (setupToken && !local) {
    const remedy = 'openssl rand -hex 24 | npx wrangler secret put SETUP_TOKEN'
    wrong('SETUP_TOKEN', problemOfText(setupToken, 16, local), remedy)
  }
  if (!local && env.HUB_LOCAL === '1') {
    const problem = 'is set, but this request was not sent to a loopback address'
    wrong('HUB_LOCAL', problem, 'npx wrangler secret delete HUB_LOCAL')
  }
  return found
}

function problemOfMasterKeys(env: Env, local: boolean): string | undefined {
  const ring = readKeyRing(env)
  if (!ring) {
    return masterVariables(env).length > 0
      ? 'must be 32 bytes in base64, or a list such as v2:…,v1:…'
      : 'is not set'
  }
  const guessable = ring.some(({ bytes }) => new Set(bytes).size < minDistinct)
  return guessable && !local ? 'is a public development value; set your own' : undefined
}

function problemOfText(text: string | undefined, minLength: number, local: boolean): string | undefined {
  if (!text) return 'is not set'
  if (text.length < minLength) return `is shorter than ${minLength} characters`
  return isGuessable(text) && !local ? 'is a public development value; set your own' : undefined
}

/** One secret for two purposes is lost twice. */
function sharedWith(env: Env, local: boolean): string | undefined {
  return !local && env.JWT_SECRET === env.MASTER_KEY ? 'is the same as MASTER_KEY' : undefined
}

/**
 * Even sixteen random hexadecimal digits hold five different ones, but for one case in two million.
 */
const minDistinct = 5

/** Whether a text says of itself that it is no secret, or is too uniform to be one. */
function isGuessable(text: string): boolean {
  return (
    /^(dev|test|local|example|sample|demo|default)([-_ .:]|$)/i.test(text) ||
    /change[-_ ]?me|password|placeholder|your[-_ ]|replace[-_ ]|insecure|not[-_ ]?(a[-_ ]|so[-_ ])?secret|12345678|qwerty/i.test(
      text,
    ) ||
    new Set(text).size < minDistinct
  )
}

const rings = new WeakMap<object, { ring: KeyRing | undefined }>()

/**
 * The master keys, newest first: `MASTER_KEY_9` … `MASTER_KEY_2`, whose names are `v9` … `v2`, then
 * `MASTER_KEY`, which is one bare key, `v1`, or a ring such as `v2:<base64>,v1:<base64>`. Undefined
 * where there is none, or any is not 32 bytes in base64. Remembered.
 */
export function readKeyRing(env: Secrets): KeyRing | undefined {
  const known = rings.get(env)
  if (known) return known.ring
  const ring = parseKeyRing(env)
  rings.set(env, { ring })
  return ring
}

function parseKeyRing(env: Secrets): KeyRing | undefined {
  const keys = new Map<string, MasterKey>()
  for (const variable of masterVariables(env)) {
    for (const entry of String(env[variable]).split(',')) {
      const number = variable.slice('MASTER_KEY_'.length) || '1'
      const [, id = `v${number}`, base64 = ''] =
        /^(?:([a-z0-9]+):)?([A-Za-z0-9+/_-]+=*)$/.exec(entry.trim()) ?? []
      const bytes = decodeBase64(base64)
      if (bytes?.length !== 32) return undefined
      const same = keys.get(id)
      // Two keys of one name cannot be told apart in a ciphertext.
      if (same && !same.bytes.every((byte, i) => byte === bytes[i])) return undefined
      if (!same) keys.set(id, { id, bytes, variable })
    }
  }
  const [first, ...rest] = keys.values()
  return first && [first, ...rest]
}

/** The variables that hold master keys, the newest first. */
function masterVariables(env: Secrets): string[] {
  const numberOf = (name: string): number => Number(name.slice('MASTER_KEY_'.length) || 1)
  return Object.keys(env)
    .filter((name) => /^MASTER_KEY(_([2-9]|[1-9]\d))?$/.test(name) && Boolean(env[name]))
    .toSorted((a, b) => numberOf(b) - numberOf(a))
}

function decodeBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0))
  } catch {
    return undefined
  }
}
