/**
 * Every address that a user supplied passes through here before it is stored and before it is
 * called, so that the hub cannot be made to call what only it can reach, nor itself. It must be
 * https on the standard port, and its host on the public internet, however it is written and
 * wherever its name points to. Redirects are not followed. `ALLOW_PRIVATE_UPSTREAMS=true` lifts all
 * of this but the ban on calling itself, for the providers of administrators and of the hub: it is
 * for hubs that run beside their models, and the rule in a local run.
 *
 * Accepted: the platform resolves the name once more when it is called, and cannot be told which
 * address to take. Who answers the two questions differently (rebinding) is called at the second
 * answer; Workers reach no private network by a public call, and the name must match the
 * certificate of whoever answers. A name of this hub under which this isolate was never called is
 * not known to be its own; Cloudflare ends such a loop after a few rounds.
 */
import { BoundedMap } from '../isolate/bounded-map.ts'
import { HubError } from '../errors.ts'
import type { Env } from '../env.ts'
import { isPublicAddress, kindOfHost } from './public-hosts.ts'
import { isOwnHost } from './own-hosts.ts'
import { resolveOverHttps, type Resolver } from './dns.ts'
import { withoutTrailing } from './trim-end.ts'

/** What a deployment allows. */
export interface AddressRules {
  allowPrivate: boolean
  /** What would allow a private address, as the end of the sentence that refuses one. */
  remedy?: string
  /** Tests put their own here. */
  resolve?: Resolver
}

type Switches = Pick<Env, 'ALLOW_PRIVATE_UPSTREAMS' | 'HUB_LOCAL' | 'HUB_PORT'>

/**
 * The rules for an address.
 * @param byAdmin whether an administrator answers for it: only they may reach what only the hub
 *   can.
 */
export function addressRules(env: Switches, byAdmin: boolean): AddressRules {
  const allows = allowsPrivate(env)
  return {
    allowPrivate: byAdmin && allows,
    remedy: allows
      ? 'only admins can use on this hub'
      : 'this hub does not allow. Set ALLOW_PRIVATE_UPSTREAMS=true',
  }
}

/** The rules for an address that a user enters. */
export function addressRulesFor(env: Switches, { role }: { role: string }): AddressRules {
  return addressRules(env, role === 'admin')
}

/**
 * Whether the deployment may call private addresses. A local run may: it is beside the models of
 * the machine, and only `npm start` and `npm run dev` set its port.
 */
function allowsPrivate({ ALLOW_PRIVATE_UPSTREAMS, HUB_LOCAL, HUB_PORT }: Switches): boolean {
  if (ALLOW_PRIVATE_UPSTREAMS) return ALLOW_PRIVATE_UPSTREAMS === 'true'
  return HUB_LOCAL === '1' && Boolean(HUB_PORT)
}

/**
 * An address that is not called. The message ends a sentence that begins with what the address is.
 */
export class AddressError extends Error {
  override readonly name = 'AddressError'
  /** `unresolved`: nobody could say where the name points to. */
  readonly verdict: 'address-refused' | 'unresolved'

  constructor(verdict: AddressError['verdict'], message: string) {
    super(message)
    this.verdict = verdict
  }
}

/**
 * A base URL as it will be used: normalised, without a slash at its end.
 * @throws {HubError} VALIDATION_ERROR naming `field` and what is wrong with the address.
 */
export async function checkBaseUrl(text: string, field: string, rules: AddressRules): Promise<string> {
  try {
    const url = readUrl(text)
    // An empty query or fragment is none for `URL`, and would still swallow the path that is
    // appended.
    if (/[?#]/.test(text)) throw refuse('must not contain a query or a fragment')
    await checkUrl(url, rules)
    return withoutTrailing(url.href, '/')
  } catch (error) {
    if (!(error instanceof AddressError)) throw error
    throw new HubError('VALIDATION_ERROR', `"${field}" ${error.message}.`, { param: field })
  }
}

/**
 * `fetch` for such an address, which is checked again: what its name points to may have changed. A
 * redirect is handed to the caller as it came.
 * @throws {AddressError} when it is not called.
 */
export async function safeFetch(text: string, init: RequestInit, rules: AddressRules): Promise<Response> {
  await checkUrl(readUrl(text), rules)
  return fetch(text, { ...init, redirect: 'manual' })
}

function readUrl(text: string): URL {
  const url = URL.parse(text)
  // What `URL` forgives (backslashes, line breaks) another reader of the same address may read
  // differently.
  if (!url || /[\\\s]/.test(text)) throw refuse('is not a URL such as https://models.example.com/v1')
  return url
}

async function checkUrl(
  url: URL,
  { allowPrivate, remedy, resolve = resolveOverHttps }: AddressRules,
): Promise<void> {
  if (url.username || url.password) throw refuse('must not contain a username or password')
  if (isOwnHost(url)) throw refuse('points to this hub itself')
  if (allowPrivate) {
    if (url.protocol !== 'https:' && url.protocol !== 'http:')
      throw refuse('must start with https:// or http://')
    return
  }
  const kind = kindOfHost(url.hostname)
  if (kind === 'private') throw privateAddress(remedy)
  if (url.protocol !== 'https:') throw refuse('must start with https://')
  if (url.port) throw refuse('must use the standard port')
  if (kind === 'name') await checkName(url.hostname, resolve, remedy, Date.now())
}

/** How long the answer about a name is believed, whatever it says itself, in milliseconds. */
const shortestMs = 30_000
const longestMs = 300_000
const maxRemembered = 500
const remembered = new BoundedMap<string, { addresses: string[]; until: number }>(maxRemembered)

/** One private address among several is enough: nobody can tell which of them will be called. */
async function checkName(
  hostname: string,
  resolve: Resolver,
  remedy: string | undefined,
  now: number,
): Promise<void> {
  const name = withoutTrailing(hostname.toLowerCase(), '.')
  const addresses = await resolveRemembered(name, resolve, now)
  if (addresses.length === 0) throw refuse('has a host that does not exist')
  if (!addresses.every(isPublicAddress)) throw privateAddress(remedy)
}

async function resolveRemembered(name: string, resolve: Resolver, now: number): Promise<string[]> {
  const known = remembered.get(name)
  if (known && known.until > now) return known.addresses
  remembered.delete(name)
  let resolution
  try {
    resolution = await resolve(name)
  } catch (cause) {
    console.warn('A name could not be looked up.', cause)
    const message = 'has a host that could not be resolved. Try again in a few seconds'
    throw new AddressError('unresolved', message)
  }
  const until = now + Math.min(longestMs, Math.max(shortestMs, resolution.ttlSeconds * 1_000))
  remembered.set(name, { addresses: resolution.addresses, until })
  return resolution.addresses
}

function privateAddress(remedy = 'this hub does not allow'): AddressError {
  return refuse(`points to a private, local or reserved address, which ${remedy}`)
}

function refuse(problem: string): AddressError {
  return new AddressError('address-refused', problem)
}
