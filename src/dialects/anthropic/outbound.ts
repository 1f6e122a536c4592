/** How we speak Anthropic Messages to a provider. */
import { foldEvents } from '../../chat/fold.ts'
import type { Json } from '../../chat/json.ts'
import type { ChatResponse } from '../../chat/response.ts'
import { findError, readError } from '../provider-error.ts'
import type { Outbound } from '../dialect.ts'
import { listIn, objectIn, textIn } from '../json-read.ts'
import { buildCall } from './build-call.ts'
import { glimpseAlone, Watcher } from './inspect.ts'
import { readWholeAnswer } from './read-answer.ts'
import { StreamParser } from './stream.ts'
import { readUsage } from './usage.ts'

export const anthropicOutbound: Outbound = {
  id: 'anthropic',
  buildCall,
  parseResponse,
  readUsage,
  readComplaint: findError,
  isAnswer,
  parseError: readError,
  parseStream: () => new StreamParser(),
  glimpse: glimpseAlone,
  watch() {
    const watcher = new Watcher()
    return (message) => watcher.glimpse(message)
  },
}

function parseResponse(body: Json): ChatResponse {
  return foldEvents(readWholeAnswer(objectIn(body) ?? {}))
}

function isAnswer(body: Json): boolean {
  const { content, stop_reason: reason } = objectIn(body) ?? {}
  return listIn(content).length > 0 || textIn(reason) !== undefined
}
