/** What a request carries through the app, as Hono's types want it. */
import type { Caller } from '../auth/caller.ts'
import type { Env } from '../env.ts'

/** The body of a request, within the bounds that its route declares. */
export interface SentBody {
  /** The text, once: it is not kept from here on. Call `parse` before. */
  takeText: () => string
  /**
   * The JSON in it, parsed at the first call.
   * @throws {HubError} VALIDATION_ERROR where it is none.
   */
  parse: () => unknown
  /**
   * Counts more bytes as part of the body, or fewer.
   * @throws {HubError} OVERLOADED where there is no room for them.
   */
  grow: (bytes: number) => void
  /**
   * Counts the body as in work until `work` is over, besides the time until the response is made.
   */
  heldBy: (work: Promise<unknown>) => void
}

export interface HubContext {
  Bindings: Env
  Variables: {
    requestId: string
    /** Milliseconds since the epoch at which the request came. */
    receivedAt: number
    /** Set by every guard but `public`. */
    caller: Caller
    /** Set on routes that take a body. */
    sent: SentBody
    /** Set where a request failed for lack of storage. */
    unavailable?: true
  }
}
