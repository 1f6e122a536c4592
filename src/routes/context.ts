/** What a request carries through the app, as Hono's types want it. */
import type { Caller } from '../auth/caller.ts'
import type { Env } from '../env.ts'

export interface HubContext {
  Bindings: Env
  Variables: {
    requestId: string
    /** Milliseconds since the epoch at which the request came. */
    receivedAt: number
    /** Set by every guard but `public`. */
    caller: Caller
  }
}
