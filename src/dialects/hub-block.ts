/** The `hub` object that every error carries beside the dialect's own shape: our code, and what was tried. */
import type { JsonObject } from '../chat/json.ts'
import type { HubError, TrailEntry } from '../errors.ts'

export function hubBlock(error: HubError, requestId: string): JsonObject {
  return {
    code: error.code,
    requestId,
    ...(error.trail && { trail: error.trail.map((entry) => trailEntry(entry, error.concealed)) }),
    ...(error.retryAt !== undefined && { retryAt: isoTime(error.retryAt) }),
  }
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
