/**
 * Which hosts are on the public internet, by what their name says of itself. Pure; where a name
 * points to is asked in `dns.ts`. Ranges: IANA special-purpose address registries (RFC 6890), IPv6
 * global unicast (RFC 4291).
 */
import { withoutTrailing } from './trim-end.ts'

/**
 * Names that are for local use, or for nothing: RFC 6761, RFC 6762, RFC 7686, RFC 8375, RFC 9476,
 * and what routers make up.
 */
const localNames =
  /(^|\.)(localhost|localdomain|local|internal|intranet|private|corp|home|lan|home\.arpa|test|invalid|example|onion|alt|arpa)$/

export type HostKind =
  /** A name that somebody must look up. */
  | 'name'
  | 'public-address'
  /** Private, local or reserved: an address of that kind, or a name that can be nothing else. */
  | 'private'

/**
 * What kind of host this is, as `URL` normalises it: it turns octal, hexadecimal, integer and short
 * forms of IPv4 into dotted ones.
 */
export function kindOfHost(hostname: string): HostKind {
  const host = withoutTrailing(hostname.toLowerCase(), '.')
  if (host.startsWith('[')) return isPublicIpv6(host.slice(1, -1)) ? 'public-address' : 'private'
  const ipv4 = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(host)
  if (ipv4) return isPublicIpv4(ipv4.slice(1).map(Number)) ? 'public-address' : 'private'
  return host.includes('.') && !localNames.test(host) ? 'name' : 'private'
}

/**
 * Whether an address, as a resolver writes it, is on the public internet. What is no address is
 * not.
 */
export function isPublicAddress(address: string): boolean {
  const url = URL.parse(address.includes(':') ? `http://[${address}]` : `http://${address}`)
  return url !== null && kindOfHost(url.hostname) === 'public-address'
}

function isPublicIpv4([a = 0, b = 0, c = 0]: number[]): boolean {
  return !(
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

/**
 * Global unicast is 2000::/3; within it, what embeds IPv4 (6to4, Teredo) or is set aside
 * (2001::/23, documentation) is not public.
 */
function isPublicIpv6(address: string): boolean {
  const [first = 0, second = 0] = groupsOf(address)
  if ((first & 0xe000) !== 0x2000) return false
  if (first === 0x2001 && (second < 0x200 || second === 0xdb8)) return false
  return first !== 0x2002 && !(first === 0x3fff && second < 0x1000)
}

/**
 * The eight groups of an address as `URL` writes it: hexadecimal throughout, with at most one `::`.
 */
function groupsOf(address: string): number[] {
  const [head = '', tail] = address.split('::')
  const read = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => parseInt(group, 16))
  const before = read(head)
  if (tail === undefined) return before
  const after = read(tail)
  return [...before, ...Array<number>(Math.max(0, 8 - before.length - after.length)).fill(0), ...after]
}
