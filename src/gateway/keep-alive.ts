/**
 * A stream whose outcome takes long. Its headers wait for the outcome, so that a failure still gets
 * its status, but not for ever; then comments keep the client company, and what the headers would
 * have told follows in a last comment.
 */
import type { Framing } from '../chat/request.ts'
import type { StreamWriter } from '../http/stream-writer.ts'
import { budgets } from './timeouts.ts'

/** In place of an outcome: the headers go before it. */
export const early = 'early'

/**
 * The outcome, or `early` where it cannot be waited for any longer. Rejects as the outcome does.
 */
export async function holdHeaders<T>(outcome: Promise<T>): Promise<T | typeof early> {
  const hold = Promise.withResolvers<typeof early>()
  const timer = setTimeout(() => hold.resolve(early), budgets.holdMs)
  return Promise.race([outcome, hold.promise]).finally(() => clearTimeout(timer))
}

/** The headers that every stream has. */
export function streamHeaders(framing: Framing | undefined): [string, string][] {
  return [
    ['content-type', framing === 'json-array' ? 'application/json' : 'text/event-stream; charset=utf-8'],
    ['cache-control', 'no-cache'],
  ]
}

/**
 * Writes comments until the outcome is there. Settles as the outcome does.
 * @param gone called when a comment cannot be written: nobody is there to read it.
 */
export async function keepCompany<T>(
  writer: StreamWriter,
  outcome: Promise<T>,
  gone: () => void,
): Promise<T> {
  const comment = (): void => void writer.write(': keep-alive\n\n').catch(gone)
  comment()
  const timer = setInterval(comment, budgets.keepAliveMs)
  return outcome.finally(() => clearInterval(timer))
}

/** What headers would have told, as a comment. */
export function factsComment(facts: Iterable<[string, string]>): string {
  return `: ${[...facts].map(([name, value]) => `${name}=${value}`).join(' ')}\n\n`
}
