/**
 * Paths that mean nothing are refused before any route: broken escapes (RFC 3986, 2.1), and control
 * characters.
 */
import type { MiddlewareHandler } from 'hono'
import { HubError } from '../errors.ts'

/**
 * Refuses a path that does not decode. The router decodes every parameter, once; handlers never do.
 */
export const refuseBrokenPaths: MiddlewareHandler = (c, next) => {
  const { pathname } = new URL(c.req.url)
  if (pathname.includes('%')) {
    const decoded = decode(pathname)
    if (decoded === undefined) throw refuse('an invalid "%" encoding')
    if (/[\p{Cc}\u2028\u2029]/u.test(decoded)) throw refuse('line breaks or other control characters')
  }
  return next()
}

function refuse(what: string): HubError {
  return new HubError('VALIDATION_ERROR', `The path contains ${what}.`)
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
