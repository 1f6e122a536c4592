/**
 * A provider that redirects. Its redirects are not followed: a key must not go to another host, nor
 * a request to an address that was not looked at. Whoever made the row is told the address to
 * enter.
 */
import type { Caller } from '../auth/caller.ts'
import type { Fault } from '../errors.ts'
import { redact } from '../providers/redact.ts'
import type { ProviderRow } from './provider-row.ts'

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
const longestAddress = 300

export function isRedirect({ status }: Response): boolean {
  return redirects.has(status)
}

/** Whether the caller may learn where the provider of a row lives. */
export function ownsRow({ configuration: { user } }: Caller, { binding }: ProviderRow): boolean {
  return binding.owner === user.id || (binding.owner === 'hub' && user.role === 'admin')
}

/**
 * The fault of an answer that redirects.
 * @param called the address that was called.
 * @param mayName whether the new address may be told.
 */
export function redirectFault(
  { status, headers }: Response,
  { called, mayName, secrets }: { called: string; mayName: boolean; secrets: readonly string[] },
): Fault {
  const address = mayName ? addressIn(headers.get('location'), called) : undefined
  const place = address === undefined ? 'another address' : redact(address, secrets)
  const message = `The provider redirects (${status}) to ${place}. Enter the redirect’s target as its base URL.`
  return { blame: 'unknown', verdict: 'redirected', message, status }
}

/** Where a redirect leads, without what may be secret: a login, a query or a fragment. */
function addressIn(location: string | null, called: string): string | undefined {
  const url = location === null ? null : URL.parse(location, called)
  if (!url || !/^https?:$/.test(url.protocol)) return undefined
  return `${url.origin}${url.pathname}`.slice(0, longestAddress)
}
