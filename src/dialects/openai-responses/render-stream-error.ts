/**
 * How a stream breaks in this dialect: an `error` event, then `response.failed`. SDKs raise the first; Codex reads the second,
 * and would take a stream without it for one that was cut, and ask again.
 */
import type { ErrorCode, HubError } from '../../errors.ts'
import type { SseMessage } from '../../http/sse.ts'
import { hubBlock } from '../hub-block.ts'
import { failed, type Outcome } from './finish.ts'
import { responseId } from './ids.ts'
import type { WireEvent } from './item-writer.ts'

/** The words that clients know of a failed answer. https://platform.openai.com/docs/api-reference/responses/object */
const words: Partial<Record<ErrorCode, string>> = {
  RATE_LIMIT_EXCEEDED: 'rate_limit_exceeded',
  QUOTA_EXHAUSTED: 'rate_limit_exceeded',
  BUDGET_EXCEEDED: 'insufficient_quota',
  OVERLOADED: 'server_is_overloaded',
}

/** For a stream that was relayed: what was sent before is not known here, so the answer that failed is empty. */
export function renderStreamError(error: HubError, requestId: string): SseMessage[] {
  const response = { id: responseId(requestId), object: 'response', ...failureOf(error), output: [] }
  const events: WireEvent[] = [errorEvent(error, requestId), { type: 'response.failed', response }]
  return events.map((event) => ({ event: event.type, data: JSON.stringify(event) }))
}

export function errorEvent(error: HubError, requestId: string): WireEvent {
  const { upstream } = error
  return {
    type: 'error',
    code: upstream?.code ?? error.code,
    message: error.message,
    param: upstream?.param ?? error.param ?? null,
    hub: hubBlock(error, requestId),
  }
}

export function failureOf(error: HubError): Outcome {
  return failed(error.upstream?.code ?? words[error.code] ?? 'server_error', error.message)
}
