/**
 * Our errors as our own endpoints word them: the two dialects here, and everything under `/api`
 * that is not chat.
 */
import type { JsonObject } from '../../chat/json.ts'
import { errorMeanings, type HubError } from '../../errors.ts'
import { hubBlock } from '../error-extension.ts'

export function renderError(error: HubError, requestId: string): JsonObject {
  return {
    error: {
      code: error.code,
      message: error.message,
      ...(error.param !== undefined && { param: error.param }),
      remedy: errorMeanings[error.code].remedy,
    },
    hub: hubBlock(error, requestId, true),
  }
}
