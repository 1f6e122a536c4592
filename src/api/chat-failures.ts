/** Whether chat fails now for lack of storage, as the requests of this isolate have shown. */
import type { MiddlewareHandler } from 'hono'
import type { HubContext } from './context.ts'

/** A failure says nothing after this. */
const memoryMs = 30_000

let failedAt = -Infinity

/** Whether the last chat request failed for lack of storage, a short while ago. */
export function chatFailsNow(now: number): boolean {
  return now - failedAt < memoryMs
}

/** Notes how chat requests end. */
export const noteChat: MiddlewareHandler<HubContext> = async (c, next) => {
  await next()
  if (c.req.method !== 'POST' || /^\/v1\/(?:auth|admin)\//.test(c.req.path)) return
  if (c.res.ok) failedAt = -Infinity
  else if (c.var.unavailable) failedAt = Date.now()
}
