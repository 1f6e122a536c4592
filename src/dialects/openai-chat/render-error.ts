/** Our errors as OpenAI words them. */
import type { JsonObject } from '../../chat/json.ts'
import type { HubError } from '../../errors.ts'
import { hubBlock } from '../error-extension.ts'
import { openaiCode, openaiMessage, openaiType } from '../openai-errors.ts'

/**
 * A provider's own verdict on the request keeps the provider's code, type and parameter; our code
 * stands in `hub`.
 */
export function renderError(error: HubError, requestId: string): JsonObject {
  return {
    error: {
      message: openaiMessage(error),
      type: openaiType(error),
      code: openaiCode(error),
      param: error.upstream?.param ?? error.param ?? null,
    },
    hub: hubBlock(error, requestId),
  }
}
