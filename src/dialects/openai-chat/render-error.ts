/** Our errors as OpenAI words them. https://platform.openai.com/docs/guides/error-codes */
import type { JsonObject } from '../../chat/json.ts'
import type { ErrorCode, HubError } from '../../errors.ts'
import { hubBlock } from '../hub-block.ts'

/** The types that clients of this dialect know. */
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
  RATE_LIMIT_EXCEEDED: 'rate_limit_error',
  QUOTA_EXHAUSTED: 'rate_limit_error',
  INTERNAL_ERROR: 'api_error',
  PROVIDER_ERROR: 'api_error',
  OVERLOADED: 'server_error',
  PROVIDER_TIMEOUT: 'timeout_error',
} as const satisfies Record<ErrorCode, string>

/** A provider's own verdict on the request keeps the provider's code, type and parameter; our code stands in `hub`. */
export function renderError(error: HubError, requestId: string): JsonObject {
  const { upstream } = error
  return {
    error: {
      message: error.message,
      type: upstream?.type ?? types[error.code],
      code: upstream?.code ?? error.code,
      param: upstream?.param ?? error.param ?? null,
    },
    hub: hubBlock(error, requestId),
  }
}
