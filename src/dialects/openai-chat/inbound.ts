/** How clients speak OpenAI chat to us. */
import type { Inbound } from '../dialect.ts'
import { openaiStatus } from '../openai-errors.ts'
import { readRequest } from './read-request.ts'
import { renderAnswer } from './render-answer.ts'
import { renderError } from './render-error.ts'
import { StreamRenderer } from './render-stream.ts'

export const openaiChatInbound: Inbound = {
  id: 'openai-chat',
  parseRequest: readRequest,
  renderResponse: renderAnswer,
  renderStream: (request) => new StreamRenderer(request),
  renderError,
  errorStatus: openaiStatus,
  // An ordinary message with an `error`, which OpenAI's SDKs throw; no [DONE] follows, so nobody
  // takes it for an end.
  renderStreamError: (error, requestId) => [{ data: JSON.stringify(renderError(error, requestId)) }],
}
