/**
 * The address that the request at hand came from, for whoever writes down who acted: the audit log is written deep inside
 * handlers that know no request, and none of them can forget it.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { MiddlewareHandler } from 'hono'

const addresses = new AsyncLocalStorage<string | null>()

/**
 * Remembers where a request came from while it is handled. Only Cloudflare's own header is believed: a client can write any other.
 * https://developers.cloudflare.com/fundamentals/reference/http-headers/#cf-connecting-ip
 */
export const rememberAddress: MiddlewareHandler = (c, next) =>
  addresses.run(c.req.header('cf-connecting-ip')?.slice(0, 64) ?? null, next)

/** Where the request at hand came from; null where that is not known, and outside of requests. */
export function actingAddress(): string | null {
  return addresses.getStore() ?? null
}
