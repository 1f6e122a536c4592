/** How we speak OpenAI chat to a provider. */
import { foldEvents } from '../../chat/fold.ts'
import type { Json } from '../../chat/json.ts'
import type { ChatResponse } from '../../chat/response.ts'
import { findError, readError } from '../provider-error.ts'
import type { Outbound } from '../dialect.ts'
import { listIn, objectIn, textIn } from '../json-read.ts'
import { buildCall } from './build-call.ts'
import { glimpse, watch } from './inspect.ts'
import { withPlainContent } from './plain-content.ts'
import { AnswerReader } from './read-answer.ts'
import { StreamParser } from './stream.ts'
import { readUsage } from './usage.ts'

export const openaiChatOutbound: Outbound = {
  id: 'openai-chat',
  buildCall,
  parseResponse,
  readUsage,
  readComplaint: findError,
  isAnswer,
  parseError: readError,
  parseStream: () => new StreamParser(),
  glimpse,
  watch,
  simplify: withPlainContent,
}

function parseResponse(body: Json): ChatResponse {
  const reader = new AnswerReader('whole')
  return foldEvents([...reader.push(objectIn(body) ?? {}), ...reader.close()])
}

function isAnswer(body: Json): boolean {
  return listIn(objectIn(body)?.choices).some((choice) => {
    const { message, delta, text, finish_reason: finish } = objectIn(choice) ?? {}
    const said = objectIn(message) ?? objectIn(delta) ?? {}
    return Object.keys(said).length > 0 || typeof text === 'string' || textIn(finish) !== undefined
  })
}
