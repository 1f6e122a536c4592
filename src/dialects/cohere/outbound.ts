/**
 * How we speak Cohere's chat, version 2, to a provider. No client speaks it to us, so nothing is
 * relayed and there is no inbound half. https://docs.cohere.com/reference/chat
 */
import { foldEvents } from '../../chat/fold.ts'
import type { Json } from '../../chat/json.ts'
import type { ChatResponse } from '../../chat/response.ts'
import { readError } from '../provider-error.ts'
import type { Outbound } from '../dialect.ts'
import { objectIn, textIn } from '../json-read.ts'
import { buildCall } from './build-call.ts'
import { findComplaint } from './provider-error.ts'
import { glimpse } from './inspect.ts'
import { readAnswer } from './read-answer.ts'
import { StreamParser } from './stream.ts'
import { readUsage } from './usage.ts'

export const cohereOutbound: Outbound = {
  id: 'cohere',
  buildCall,
  parseResponse,
  readUsage: (body) => readUsage(objectIn(body)?.usage),
  readComplaint: (body) => findComplaint(objectIn(body) ?? {}),
  isAnswer,
  parseError: readError,
  parseStream: () => new StreamParser(),
  glimpse,
}

function parseResponse(body: Json): ChatResponse {
  return foldEvents(readAnswer(objectIn(body) ?? {}))
}

function isAnswer(body: Json): boolean {
  const { message, finish_reason: reason } = objectIn(body) ?? {}
  return Object.keys(objectIn(message) ?? {}).length > 0 || textIn(reason) !== undefined
}
