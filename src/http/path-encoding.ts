/** Percent-encoding of paths (RFC 3986, 2.1): a path that does not decode is refused before any route. */
import type { MiddlewareHandler } from 'hono'
import { HubError } from '../errors.ts'

/** Refuses a path with a broken escape. The router decodes every parameter, once; handlers never do. */
export const refuseBrokenPaths: MiddlewareHandler = (c, next) => {
  const { pathname } = new URL(c.req.url)
  if (pathname.includes('%') && !decodes(pathname)) {
    throw new HubError('VALIDATION_ERROR', 'The path holds "%" in a place where it encodes nothing (RFC 3986).')
  }
  return next()
}

function decodes(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
