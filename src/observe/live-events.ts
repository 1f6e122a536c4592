/**
 * How one event stream is driven: how often it looks, how long it lasts, and what it writes. Pure
 * but for what it is given.
 */
import { minuteMs } from '../domain/time.ts'

/** Between two looks: short after something changed, longer while nothing does. */
export const shortestPauseMs = 1_000
const longestPauseMs = 5_000

/**
 * A stream ends by itself, and the browser opens the next one: after five minutes, or before it has
 * used up what one invocation may ask of others (1,000 on the free plan,
 * https://developers.cloudflare.com/workers/platform/limits/#subrequests).
 */
const lifetimeMs = 5 * minuteMs
const mostSubrequests = 900

/** One look: the events that tell what is new, and how much of others it asked for that. */
export interface Look {
  events: string[]
  subrequests: number
}

export interface LiveOptions {
  /** Looks once; undefined where the caller may look no longer. */
  look: () => Promise<Look | undefined>
  /** Writes to the client. Rejects when it has left. */
  write: (text: string) => Promise<void>
  /** Waits, or until the client has left. */
  pause: (ms: number) => Promise<void>
  hasLeft: () => boolean
  /** Milliseconds since the epoch. */
  now: () => number
}

/** Tells a client what changes for as long as it listens, the caller may, and an invocation can. */
export async function runLive({ look, write, pause, hasLeft, now }: LiveOptions): Promise<void> {
  const endsAt = now() + lifetimeMs
  let spent = 0
  let pauseMs = shortestPauseMs
  await write(`retry: ${shortestPauseMs}\n\n`)
  while (!hasLeft()) {
    const found = await look()
    if (hasLeft()) return
    // Said, so that the client does not come back only to be refused.
    if (!found) return write(formatSse('ended', {}))
    // A comment where nothing is new: what lies between keeps the connection open, and a client
    // that has left is noticed.
    await write(found.events.length > 0 ? found.events.join('') : ': nothing new\n\n')
    spent += found.subrequests
    if (spent + found.subrequests > mostSubrequests) return
    pauseMs = nextPauseMs(pauseMs, found.events.length > 0)
    if (now() + pauseMs >= endsAt) return
    await pause(pauseMs)
  }
}

function nextPauseMs(pauseMs: number, changed: boolean): number {
  return changed ? shortestPauseMs : Math.min(longestPauseMs, Math.round(pauseMs * 1.5))
}

/**
 * A server-sent event. JSON has no line breaks of its own, so that its text is one line of data.
 */
export function formatSse(event: string, data: unknown, id?: string): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}
