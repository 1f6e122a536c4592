/**
 * Request forgery: a browser sends cookies with requests that another site made it send.
 * SameSite=Strict keeps the session's cookie from those; this check does not rely on it. What
 * carries a credential of its own (a bearer token, an API key) is exempt, because no other site can
 * make a browser add it.
 *
 * Fetch Metadata: https://www.w3.org/TR/fetch-metadata/ · Origin: RFC 6454.
 */
import type { MiddlewareHandler } from 'hono'
import { HubError } from '../errors.ts'
import { bringsSession } from './cookies.ts'
import { readCredential } from './credentials.ts'

/**
 * Refuses a request that changes something, comes with nothing but a cookie, and was made by
 * another site.
 */
export const refuseForgery: MiddlewareHandler = async (context, next) => {
  const { raw } = context.req
  if (
    isUnsafe(raw) &&
    (readCredential(context)?.fromCookie ?? bringsSession(context)) &&
    !isFromOwnPage(raw)
  ) {
    throw new HubError(
      'FORBIDDEN',
      'Session cookies only work on the hub’s own pages. Send "Authorization: Bearer <token>" instead.',
    )
  }
  await next()
}

/** Whether a request may change something, or opens a connection that may. RFC 9110, 9.2.1. */
function isUnsafe({ method, headers }: Request): boolean {
  return !['GET', 'HEAD', 'OPTIONS'].includes(method) || headers.has('upgrade')
}

/**
 * Whether the page that made a browser send this is ours, as the browser tells; what tells nothing
 * is no browser.
 */
export function isFromOwnPage({ headers, url }: Pick<Request, 'headers' | 'url'>): boolean {
  const site = headers.get('sec-fetch-site')
  // `none` is a person's own doing: an address typed, a bookmark.
  if (site !== null) return site === 'same-origin' || site === 'none'
  const origin = headers.get('origin')
  return origin === null || origin === new URL(url).origin
}
