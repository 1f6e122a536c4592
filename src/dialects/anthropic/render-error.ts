/** Our errors as Anthropic words them. https://platform.claude.com/docs/en/api/errors */
import type { JsonObject } from '../../chat/json.ts'
import type { ErrorCode, HubError } from '../../errors.ts'
import { anthropicTooLong, isTooLong } from '../context-limit.ts'
import { hubBlock, isOverloaded } from '../error-extension.ts'

/** The types that clients of this dialect know. */
const types = {
  VALIDATION_ERROR: 'invalid_request_error',
  NO_ELIGIBLE_KEY: 'invalid_request_error',
  UNAUTHORIZED: 'authentication_error',
  BUDGET_EXCEEDED: 'billing_error',
  FORBIDDEN: 'permission_error',
  NOT_FOUND: 'not_found_error',
  REQUEST_TIMEOUT: 'timeout_error',
  CONFLICT: 'conflict_error',
  PAYLOAD_TOO_LARGE: 'request_too_large',
  UNSUPPORTED_MEDIA_TYPE: 'invalid_request_error',
  UPGRADE_REQUIRED: 'invalid_request_error',
  RATE_LIMIT_EXCEEDED: 'rate_limit_error',
  QUOTA_EXHAUSTED: 'rate_limit_error',
  INTERNAL_ERROR: 'api_error',
  PROVIDER_ERROR: 'api_error',
  UNAVAILABLE: 'api_error',
  OVERLOADED: 'overloaded_error',
  PROVIDER_TIMEOUT: 'timeout_error',
} as const satisfies Record<ErrorCode, string>

/**
 * A provider's own verdict on the request, by its status: its type may be a word of another
 * dialect.
 */
const typesOfStatus: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  404: 'not_found_error',
  413: 'request_too_large',
  422: 'invalid_request_error',
}

/** How Anthropic's SDKs know that they have to go on without a thread. */
const threadsUnsupported = { error_code: 'thread_unsupported_request', unsupported: [] }

export function renderError(error: HubError, requestId: string): JsonObject {
  return {
    type: 'error',
    error: {
      type: typeOf(error),
      message: isTooLong(error) ? anthropicTooLong(error.message) : error.message,
      ...(error.param === 'thread' && { details: threadsUnsupported }),
    },
    request_id: requestId,
    hub: hubBlock(error, requestId),
  }
}

/** Claude Code makes a conversation shorter on a 400 alone, and waits on a 529. */
export function errorStatus(error: HubError): number {
  if (isTooLong(error)) return 400
  return isOverloaded(error) ? 529 : error.status
}

function typeOf(error: HubError): string {
  const { code, upstream } = error
  if (isTooLong(error)) return 'invalid_request_error'
  if (upstream?.status !== undefined) return typesOfStatus[upstream.status] ?? types[code]
  // Clients try again after a while when they are told this, which is what helps.
  return isOverloaded(error) ? 'overloaded_error' : types[code]
}
