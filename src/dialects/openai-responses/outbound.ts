/** How we speak OpenAI Responses to a provider. */
import { foldEvents } from '../../chat/fold.ts'
import { findError, readError } from '../provider-error.ts'
import type { Outbound } from '../dialect.ts'
import { listIn, objectIn, textIn } from '../json-read.ts'
import { buildCall } from './build-call.ts'
import { findFailure } from './failure.ts'
import { glimpse } from './inspect.ts'
import { AnswerReader } from './read-answer.ts'
import { StreamParser } from './stream.ts'
import { readUsage } from './usage.ts'

export const openaiResponsesOutbound: Outbound = {
  id: 'openai-responses',
  buildCall,
  // A whole answer is what the last event of a stream holds.
  parseResponse: (body) => foldEvents(new AnswerReader().finish(objectIn(body) ?? {})),
  readUsage,
  readComplaint: (body) => findFailure(body) ?? findError(body),
  // One that is made in the background has its status, and its output later.
  isAnswer(body) {
    const { output, status } = objectIn(body) ?? {}
    return listIn(output).length > 0 || (Array.isArray(output) && textIn(status) !== undefined)
  },
  parseError: readError,
  parseStream: () => new StreamParser(),
  glimpse,
}
