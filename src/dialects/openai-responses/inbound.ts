/** How clients speak OpenAI Responses to us. */
import type { Inbound } from '../dialect.ts'
import { renderError } from '../openai-chat/render-error.ts'
import { openaiStatus } from '../openai-errors.ts'
import { readRequest } from './read-request.ts'
import { renderAnswer } from './render-answer.ts'
import { StreamRenderer } from './render-stream.ts'
import { renderStreamError } from './render-stream-error.ts'

export const openaiResponsesInbound: Inbound = {
  id: 'openai-responses',
  parseRequest: readRequest,
  renderResponse: renderAnswer,
  renderStream: (request, served) => new StreamRenderer(request, served),
  // OpenAI's error bodies are the same for both of its dialects.
  renderError,
  errorStatus: openaiStatus,
  renderStreamError,
}
