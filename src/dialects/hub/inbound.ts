/**
 * How clients speak the hub's own small dialects to us: `POST /api/chat` and `POST /gateway/query`.
 */
import type { Inbound } from '../dialect.ts'
import { readChat, readQuery } from './read-request.ts'
import { renderChat, renderQuery } from './render-answer.ts'
import { renderError } from './render-error.ts'
import { send, StreamRenderer } from './render-stream.ts'

export const hubChatInbound: Inbound = {
  id: 'hub-chat',
  parseRequest: readChat,
  renderResponse: renderChat,
  renderStream: (_request, served) => new StreamRenderer(served),
  renderError,
  renderStreamError: (error, requestId) => [send('error', renderError(error, requestId))],
}

export const hubQueryInbound: Inbound = {
  ...hubChatInbound,
  id: 'hub-query',
  parseRequest: readQuery,
  renderResponse: renderQuery,
}
