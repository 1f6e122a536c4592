/**
 * Our errors as Google words them. https://google.aip.dev/193,
 * https://ai.google.dev/gemini-api/docs/troubleshooting
 */
import type { JsonObject } from '../../chat/json.ts'
import type { ErrorCode, HubError } from '../../errors.ts'
import { geminiTooLong, isTooLong } from '../context-limit.ts'
import { hubBlock, isOverloaded } from '../error-extension.ts'

/** https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto */
const statuses = {
  VALIDATION_ERROR: 'INVALID_ARGUMENT',
  NO_ELIGIBLE_KEY: 'FAILED_PRECONDITION',
  UNAUTHORIZED: 'UNAUTHENTICATED',
  BUDGET_EXCEEDED: 'RESOURCE_EXHAUSTED',
  FORBIDDEN: 'PERMISSION_DENIED',
  NOT_FOUND: 'NOT_FOUND',
  REQUEST_TIMEOUT: 'DEADLINE_EXCEEDED',
  CONFLICT: 'ABORTED',
  PAYLOAD_TOO_LARGE: 'INVALID_ARGUMENT',
  UNSUPPORTED_MEDIA_TYPE: 'INVALID_ARGUMENT',
  UPGRADE_REQUIRED: 'INVALID_ARGUMENT',
  RATE_LIMIT_EXCEEDED: 'RESOURCE_EXHAUSTED',
  QUOTA_EXHAUSTED: 'RESOURCE_EXHAUSTED',
  INTERNAL_ERROR: 'INTERNAL',
  PROVIDER_ERROR: 'UNAVAILABLE',
  UNAVAILABLE: 'UNAVAILABLE',
  OVERLOADED: 'UNAVAILABLE',
  PROVIDER_TIMEOUT: 'DEADLINE_EXCEEDED',
} as const satisfies Record<ErrorCode, string>

/** For a provider's verdict on the request, which is passed on under its own HTTP status. */
const statusOf: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  413: 'INVALID_ARGUMENT',
  422: 'INVALID_ARGUMENT',
  429: 'RESOURCE_EXHAUSTED',
}

export function renderError(error: HubError, requestId: string, now: number): JsonObject {
  const details = renderDetails(error, now)
  return {
    error: {
      code: errorStatus(error),
      message: isTooLong(error) ? geminiTooLong(error.message) : error.message,
      status: renderStatus(error),
      ...(details.length > 0 && { details }),
    },
    hub: hubBlock(error, requestId),
  }
}

/** Google's own for these: its clients go by the status. */
export function errorStatus(error: HubError): number {
  if (isTooLong(error)) return 400
  return isOverloaded(error) ? 503 : error.status
}

function renderStatus(error: HubError): string {
  const { upstream, code, status } = error
  if (isTooLong(error)) return 'INVALID_ARGUMENT'
  if (!upstream) return statuses[code]
  // A provider of this dialect has said the word itself.
  return /^[A-Z]+(_[A-Z]+)*$/.test(upstream.type ?? '')
    ? (upstream.type ?? '')
    : (statusOf[status] ?? statuses[code])
}

/** Google's SDKs read how long to wait from here, and not from `retry-after`. */
function renderDetails({ retryAt, param, message }: HubError, now: number): JsonObject[] {
  const details: JsonObject[] = []
  if (param !== undefined) {
    const fieldViolations = [{ field: param, description: message }]
    details.push({ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations })
  }
  if (retryAt !== undefined) {
    const seconds = Math.max(0, Math.ceil((retryAt - now) / 1000))
    details.push({ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${seconds}s` })
  }
  return details
}
