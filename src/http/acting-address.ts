/**
 * The address that the request at hand came from, for whoever writes down who acted: the audit log is written deep inside
 * handlers that know no request, and none of them can forget it.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { MiddlewareHandler } from 'hono'
import { statedAddress } from './client-address.ts'

const addresses = new AsyncLocalStorage<string | null>()

/** Remembers where a request came from while it is handled: the whole address, where others count by its network. */
export const rememberAddress: MiddlewareHandler = (c, next) =>
  addresses.run(statedAddress(c.req.raw.headers)?.slice(0, 64) ?? null, next)

/** Where the request at hand came from; null where that is not known, and outside of requests. */
export function actingAddress(): string | null {
  return addresses.getStore() ?? null
}
