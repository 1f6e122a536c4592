/**
 * How a stream breaks in this dialect: an `error` event, then `response.failed`. SDKs raise the
 * first; Codex reads the second, and would take a stream without it for one that was cut, and ask
 * again.
 */
import type { HubError } from '../../errors.ts'
import type { SseMessage } from '../../http/sse.ts'
import { hubBlock } from '../error-extension.ts'
import { openaiCode, openaiMessage } from '../openai-errors.ts'
import { failed, type Outcome } from './finish.ts'
import { responseId } from './ids.ts'
import type { WireEvent } from './item-writer.ts'

/**
 * For a stream that was relayed: what was sent before is not known here, so the answer that failed
 * is empty.
 */
export function renderStreamError(error: HubError, requestId: string, now: number): SseMessage[] {
  const response = { id: responseId(requestId), object: 'response', ...failureOf(error, now), output: [] }
  const events: WireEvent[] = [errorEvent(error, requestId), { type: 'response.failed', response }]
  return events.map((event) => ({ event: event.type, data: JSON.stringify(event) }))
}

export function errorEvent(error: HubError, requestId: string): WireEvent {
  return {
    type: 'error',
    code: openaiCode(error),
    message: openaiMessage(error),
    param: error.upstream?.param ?? error.param ?? null,
    hub: hubBlock(error, requestId),
  }
}

export function failureOf(error: HubError, now: number): Outcome {
  if (error.code === 'OVERLOADED') return failed('server_is_overloaded', error.message)
  const code = openaiCode(error)
  // The words that clients know of a failed answer: of our own codes it has none.
  const word = code === error.code ? 'server_error' : code
  return failed(word, `${openaiMessage(error)}${waitIn(error, now)}`)
}

/** Codex reads from the sentence how long to wait. */
function waitIn({ retryAt }: HubError, now: number): string {
  if (retryAt === undefined) return ''
  return ` Please try again in ${Math.max(1, Math.ceil((retryAt - now) / 1000))}s.`
}
