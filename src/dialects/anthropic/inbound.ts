/** How clients speak Anthropic Messages to us. */
import type { Inbound } from '../dialect.ts'
import { readRequest } from './read-request.ts'
import { renderAnswer } from './render-answer.ts'
import { errorStatus, renderError } from './render-error.ts'
import { StreamRenderer } from './render-stream.ts'

export const anthropicInbound: Inbound = {
  id: 'anthropic',
  parseRequest: readRequest,
  renderResponse: renderAnswer,
  renderStream: () => new StreamRenderer(),
  renderError,
  errorStatus,
  // The SDKs throw it; no message_stop follows, so nobody takes it for an end.
  renderStreamError: (error, requestId) => [
    { event: 'error', data: JSON.stringify(renderError(error, requestId)) },
  ],
}
