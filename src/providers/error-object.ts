/**
 * Looks deeper into an error than its code, type and message: Google's details, OpenRouter's
 * metadata. Pure.
 */
import type { Complaint } from '../chat/events.ts'
import { isJsonObject, type Json, type JsonObject } from '../chat/json.ts'

/** The value at a path in the error object; undefined where any step is missing. */
export function lookUp(complaint: Complaint, ...path: string[]): Json | undefined {
  let value: Json | undefined = errorObject(complaint)
  for (const name of path) value = isJsonObject(value) ? value[name] : undefined
  return value
}

/** The same as a text; numbers are given as they are written. */
export function lookUpText(complaint: Complaint, ...path: string[]): string | undefined {
  const value = lookUp(complaint, ...path)
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

/** https://cloud.google.com/apis/design/errors#error_details, as far as it is of use here. */
export interface GoogleDetails {
  /** `API_KEY_INVALID`, `SERVICE_DISABLED`, … */
  reason?: string
  /** The quotas that were exceeded, `GenerateRequestsPerDayPerProjectPerModel-FreeTier` for one. */
  quotaIds: string[]
  /** The same with what else is said of each: its value, and the model it is counted for. */
  quotas: { id: string; value?: string; model?: string }[]
  /** A protobuf duration: `48s`. */
  retryDelay?: string
}

/** What Google says beside the message. */
export function googleDetails(complaint: Complaint): GoogleDetails {
  const found: GoogleDetails = { quotaIds: [], quotas: [] }
  for (const detail of objects(lookUp(complaint, 'details'))) {
    if (typeof detail.reason === 'string') found.reason = detail.reason
    if (typeof detail.retryDelay === 'string') found.retryDelay = detail.retryDelay
    for (const violation of objects(detail.violations)) {
      const { quotaId: id, quotaValue: value, quotaDimensions: dimensions } = violation
      if (typeof id !== 'string') continue
      const model = isJsonObject(dimensions) ? dimensions.model : undefined
      found.quotaIds.push(id)
      found.quotas.push({
        id,
        ...(typeof value === 'string' && { value }),
        ...(typeof model === 'string' && { model }),
      })
    }
  }
  return found
}

/** A body is the error itself, or the answer that it stands in. */
function errorObject({ body }: Complaint): Json | undefined {
  return isJsonObject(body) && isJsonObject(body.error) ? body.error : body
}

function objects(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}
