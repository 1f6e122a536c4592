/** How clients speak Gemini to us. */
import type { Inbound } from '../dialect.ts'
import { rendererOfWord, withWord } from './enum-format.ts'
import { readRequest } from './read-request.ts'
import { renderAnswer } from './render-answer.ts'
import { errorStatus, renderError } from './render-error.ts'
import { StreamRenderer } from './render-stream.ts'

export const geminiInbound: Inbound = {
  id: 'gemini',
  parseRequest: readRequest,
  renderResponse: (response, request, served) => renderAnswer(withWord(response, request), served),
  renderStream: (request, served) => rendererOfWord(request, new StreamRenderer(served)),
  renderError,
  errorStatus,
  // A message like any other, in which Google's SDKs look for an `error` and throw it.
  // Google's SDK before 2.0 ignores an error in an event, and throws only where text is left unread
  // at the end: an event without data is.
  renderStreamError: (...said) => [{ data: JSON.stringify(renderError(...said)) }, { event: 'error' }],
}
