/**
 * What every answer of the Worker tells browsers: that it is data and no page, that nobody frames
 * or sniffs it, and that no cache keeps it. The dashboard's files are served without the Worker;
 * theirs stand in `dashboard/public/_headers`.
 */
import type { MiddlewareHandler } from 'hono'

/**
 * CSP: https://www.w3.org/TR/CSP3/. An answer of the API needs nothing; a page that needs more says
 * so itself.
 */
const headers: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
}

/** RFC 6797. Two years, which a browser only believes over https. */
const strictTransport = 'max-age=63072000; includeSubDomains'

/**
 * Adds the headers to what the handlers answer, errors included. A handler's own content policy is
 * kept.
 */
export const secureHeaders: MiddlewareHandler = async (c, next) => {
  await next()
  const answer = c.res.headers
  for (const name in headers) {
    if (name === 'content-security-policy' && answer.has(name)) continue
    answer.set(name, headers[name] ?? '')
  }
  if (c.req.url.startsWith('https:')) answer.set('strict-transport-security', strictTransport)
}
