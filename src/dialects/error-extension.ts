/**
 * The `hub` object that every error carries beside the dialect's own shape: our code, and what was
 * tried.
 */
import type { JsonObject } from '../chat/json.ts'
import type { HubError, TrailEntry } from '../errors.ts'

/**
 * @param always whether the attempts are told of every error: clients of our own endpoints go by
 * the code.
 */
export function hubBlock(error: HubError, requestId: string, always = false): JsonObject {
  return {
    code: error.code,
    requestId,
    ...(error.trail &&
      (always || mayShowTrail(error)) && {
        trail: error.trail.map((entry) => trailEntry(entry, error.concealed)),
      }),
    ...(error.retryAt !== undefined && { retryAt: isoTime(error.retryAt) }),
  }
}

/**
 * Whether the attempts are told. Of a request that is at fault they say nothing, and clients look
 * for numbers such as 429 and 503 in the whole body to decide whether to try again: ids of keys
 * hold them. The log has them.
 */
function mayShowTrail({ upstream, status }: HubError): boolean {
  const isRetryable = status >= 500 || status === 408 || status === 409 || status === 429
  return upstream === undefined && isRetryable
}

function trailEntry(
  { provider, model, keyId, startedAt, retryAt, message: _message, ...entry }: TrailEntry,
  isConcealed: boolean,
): JsonObject {
  return {
    ...(!isConcealed && { provider, model, keyId }),
    ...entry,
    startedAt: isoTime(startedAt),
    ...(retryAt !== undefined && { retryAt: isoTime(retryAt) }),
  }
}

function isoTime(at: number): string {
  return new Date(at).toISOString()
}

/** Whether the last provider that was asked was overloaded. */
export function isOverloaded({ code, upstream, trail }: HubError): boolean {
  const verdict = upstream?.verdict ?? trail?.at(-1)?.verdict
  return code === 'PROVIDER_ERROR' && verdict === 'overloaded'
}
