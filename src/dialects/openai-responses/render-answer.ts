/**
 * A canonical answer, whole, as a Responses client reads it: what the last event of its stream
 * would hold.
 */
import { unfold } from '../../chat/fold.ts'
import type { JsonObject } from '../../chat/json.ts'
import type { ChatRequest } from '../../chat/request.ts'
import type { ChatResponse } from '../../chat/response.ts'
import type { Served } from '../dialect.ts'
import { AnswerWriter } from './answer-writer.ts'

export function renderAnswer(response: ChatResponse, request: ChatRequest, served?: Served): JsonObject {
  const writer = new AnswerWriter(request, served)
  for (const event of unfold(response)) writer.push(event)
  return writer.whole()
}
