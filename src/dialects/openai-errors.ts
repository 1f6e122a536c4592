/**
 * The words of OpenAI for our errors, in Chat and in Responses: clients retry, wait or shorten by
 * them. Our own code is in `hub`. https://platform.openai.com/docs/guides/error-codes
 */
import type { ErrorCode, HubError } from '../errors.ts'
import { isTooLong, openaiTooLong } from './context-limit.ts'

const types = {
  VALIDATION_ERROR: 'invalid_request_error',
  NO_ELIGIBLE_KEY: 'invalid_request_error',
  UNAUTHORIZED: 'authentication_error',
  BUDGET_EXCEEDED: 'insufficient_quota',
  FORBIDDEN: 'permission_error',
  NOT_FOUND: 'not_found_error',
  REQUEST_TIMEOUT: 'timeout_error',
  CONFLICT: 'invalid_request_error',
  PAYLOAD_TOO_LARGE: 'invalid_request_error',
  UNSUPPORTED_MEDIA_TYPE: 'invalid_request_error',
  UPGRADE_REQUIRED: 'invalid_request_error',
  RATE_LIMIT_EXCEEDED: 'rate_limit_error',
  QUOTA_EXHAUSTED: 'rate_limit_error',
  INTERNAL_ERROR: 'server_error',
  PROVIDER_ERROR: 'server_error',
  UNAVAILABLE: 'server_error',
  OVERLOADED: 'server_error',
  PROVIDER_TIMEOUT: 'server_error',
} as const satisfies Record<ErrorCode, string>

/** Codes that clients act on. All others are told by ours. */
const codes: Partial<Record<ErrorCode, string>> = {
  BUDGET_EXCEEDED: 'insufficient_quota',
  RATE_LIMIT_EXCEEDED: 'rate_limit_exceeded',
  QUOTA_EXHAUSTED: 'rate_limit_exceeded',
  INTERNAL_ERROR: 'server_error',
  PROVIDER_ERROR: 'server_error',
  PROVIDER_TIMEOUT: 'server_error',
}

const contextCode = 'context_length_exceeded'

/** The `code`: the provider's own where its verdict on the request is passed on. */
export function openaiCode(error: HubError): string {
  return isTooLong(error) ? contextCode : (error.upstream?.code ?? codes[error.code] ?? error.code)
}

/** The `type`. */
export function openaiType(error: HubError): string {
  return isTooLong(error) ? 'invalid_request_error' : (error.upstream?.type ?? types[error.code])
}

export function openaiMessage(error: HubError): string {
  return isTooLong(error) ? openaiTooLong(error.message) : error.message
}

/** The HTTP status, where it is another than the code's. */
export function openaiStatus(error: HubError): number {
  return isTooLong(error) ? 400 : error.status
}
