/** The call to Cohere, always a translation: whoever asks speaks another dialect. */
import type { ChatRequest } from '../../chat/request.ts'
import type { Call, Upstream } from '../dialect.ts'
import { writeRequest } from './write-request.ts'

/** @throws {HubError} VALIDATION_ERROR where the request holds what Cohere cannot be told. */
export function buildCall(request: ChatRequest, { baseUrl, model, quirks, facts = {} }: Upstream): Call {
  const { body, dropped } = writeRequest(request, facts)
  for (const field of quirks.refuses ?? []) {
    if (body[field] !== undefined) dropped.push(field)
    delete body[field]
  }
  return { url: `${baseUrl}/chat`, body: { model, ...body, stream: request.stream }, dropped }
}
