/**
 * Every address that a user supplied passes through here before it is stored and before it is called, so that the hub cannot be
 * made to call what only it can reach. Names are not resolved yet: a public name that points to a private address passes.
 */
import { HubError } from '../errors.ts'

/** What a deployment allows. `ALLOW_PRIVATE_UPSTREAMS=true` is for hubs that run beside their models. */
export interface AddressRules {
  allowPrivate: boolean
}

/**
 * A base URL as it will be used: normalised, without a slash at its end.
 * @throws {HubError} VALIDATION_ERROR naming `field` and what is wrong with the address.
 */
export function checkBaseUrl(text: string, field: string, rules: AddressRules): string {
  const refuse = (problem: string): HubError =>
    new HubError('VALIDATION_ERROR', `"${field}" ${problem}.`, { param: field })
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw refuse('is not a URL such as https://models.example.com/v1')
  }
  if (url.username || url.password) throw refuse('must not hold a user name or password')
  if (url.search || url.hash) throw refuse('must not hold a query or a fragment')
  if (rules.allowPrivate) {
    if (url.protocol !== 'https:' && url.protocol !== 'http:')
      throw refuse('must begin with https:// or http://')
  } else {
    if (url.protocol !== 'https:') throw refuse('must begin with https://')
    if (url.port) throw refuse('must use the standard port')
    if (isPrivateHost(url.hostname))
      throw refuse('points to a private or local address, which this hub does not allow')
  }
  return url.href.replace(/\/+$/, '')
}

/**
 * Whether a host name, as `URL` normalises it (octal, hexadecimal and integer IPv4 forms become dotted), is local or private.
 * Ranges: IANA special-purpose address registries (RFC 6890 and later).
 */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname.toLowerCase().replace(/\.$/, '')
  if (host.startsWith('[')) return isPrivateIpv6(host.slice(1, -1))
  const ipv4 = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(host)
  if (ipv4) return isPrivateIpv4(ipv4.slice(1).map(Number))
  // A name without a dot, and the names reserved for local use: RFC 6761, RFC 6762, RFC 8375, RFC 9476.
  return (
    !host.includes('.') ||
    /(^|\.)(localhost|local|internal|home\.arpa|test|invalid|example|onion|alt)$/.test(host)
  )
}

function isPrivateIpv4([a = 0, b = 0, c = 0]: number[]): boolean {
  return (
    a === 0 ||
    a === 10 ||
    a === 127 ||
    a >= 224 ||
    (a === 100 && b >= 64 && b < 128) ||
    (a === 169 && b === 254) ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 192 && b === 0 && (c === 0 || c === 2)) ||
    (a === 192 && b === 88 && c === 99) ||
    (a === 198 && (b === 18 || b === 19)) ||
    (a === 198 && b === 51 && c === 100) ||
    (a === 203 && b === 0 && c === 113)
  )
}

function isPrivateIpv6(address: string): boolean {
  // Global unicast is 2000::/3. Within it, what embeds IPv4 (6to4, Teredo) or is for documentation is refused as well.
  const first = Number.parseInt(address.split(':')[0] || '0', 16)
  if ((first & 0xe000) !== 0x2000) return true
  return /^(2001:0?:|2001:db8:|2002:|3fff:|2001::)/.test(address)
}
