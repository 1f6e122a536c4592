/**
 * The request at hand, for the audit log: where it came from, and whether it has made an entry. The
 * log is written deep inside handlers that know no request, and none of them can forget either.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Context, Env as HonoEnv, MiddlewareHandler } from 'hono'
import { statedAddress } from './client-address.ts'

interface ActingRequest {
  address: string | null
  hasEntries: boolean
}

const requests = new AsyncLocalStorage<ActingRequest>()

/**
 * Returns a middleware that remembers a request while it is handled: the whole address, where
 * others count by its network.
 *
 * @param afterEntries runs before the answer leaves, where the request has made entries.
 */
export function rememberRequest<E extends HonoEnv>(
  afterEntries: (c: Context<E>) => Promise<void>,
): MiddlewareHandler<E> {
  return async (c, next) => {
    const request = {
      address: statedAddress(c.req.raw.headers, c.env ?? {})?.slice(0, 64) ?? null,
      hasEntries: false,
    }
    await requests.run(request, next)
    if (request.hasEntries) await afterEntries(c)
  }
}

/**
 * Returns where the request at hand came from; null where that is not known, and outside of
 * requests.
 */
export function actingAddress(): string | null {
  return requests.getStore()?.address ?? null
}

/** Notes that the request at hand makes an entry. */
export function noteEntry(): void {
  const request = requests.getStore()
  if (request) request.hasEntries = true
}
