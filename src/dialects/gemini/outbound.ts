/** How we speak Gemini to a provider. */
import { foldEvents } from '../../chat/fold.ts'
import type { Json } from '../../chat/json.ts'
import type { ChatResponse } from '../../chat/response.ts'
import { readError } from '../provider-error.ts'
import type { Outbound } from '../dialect.ts'
import { listIn, objectIn, textIn } from '../json-read.ts'
import { buildCall } from './build-call.ts'
import { glimpse } from './inspect.ts'
import { AnswerReader } from './read-answer.ts'
import { findComplaint, StreamParser } from './stream.ts'
import { readUsage } from './usage.ts'

export const geminiOutbound: Outbound = {
  id: 'gemini',
  buildCall,
  parseResponse,
  readUsage,
  readComplaint: findComplaint,
  isAnswer,
  parseError: readError,
  parseStream: () => new StreamParser(),
  glimpse,
}

function parseResponse(body: Json): ChatResponse {
  const reader = new AnswerReader()
  return foldEvents([...reader.push(objectIn(body) ?? {}), ...reader.close()])
}

/** A prompt that was blocked has an answer, and no candidate. */
function isAnswer(body: Json): boolean {
  const { candidates, promptFeedback } = objectIn(body) ?? {}
  if (textIn(objectIn(promptFeedback)?.blockReason) !== undefined) return true
  return listIn(candidates).some((candidate) => {
    const { content, finishReason } = objectIn(candidate) ?? {}
    return listIn(objectIn(content)?.parts).length > 0 || textIn(finishReason) !== undefined
  })
}
