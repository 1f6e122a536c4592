/**
 * An event stream that came where a whole answer was asked for: some relays know nothing else.
 * Pure.
 */
import { isContent, type Complaint, type Usage } from '../chat/events.ts'
import { Fold } from '../chat/fold.ts'
import type { ChatResponse } from '../chat/response.ts'
import type { Outbound } from '../dialects/dialect.ts'
import { SseDecoder } from '../http/sse.ts'
import { ContentMeter } from './content-meter.ts'

/** What a stream amounts to. `cut` is one that has no end, or no answer. */
export type Folded =
  | { type: 'answer'; response: ChatResponse; usage: Usage | undefined; meter: ContentMeter }
  | { type: 'complaint'; complaint: Complaint }
  | { type: 'cut' }

/** Whether a body that is no JSON is an event stream. */
export function isEventStream(text: string): boolean {
  return /^\uFEFF?\s*(?:data|event|id|retry)?:/.test(text)
}

/**
 * Folds a stream of the speaker's dialect. Its length is bounded by the text's.
 * @throws {EventTooLongError} where an event is longer than any stream's.
 */
export function foldStream(text: string, speaker: Outbound): Folded {
  const decoder = new SseDecoder()
  const parser = speaker.parseStream()
  const messages = [...decoder.push(text), ...decoder.end()]
  const events = [...messages.flatMap((message) => parser.push(message)), ...parser.end()]
  const fold = new Fold()
  const meter = new ContentMeter()
  let isAnswer = false
  for (const event of events) {
    if (event.type === 'stream-error') return { type: 'complaint', complaint: event.complaint }
    if (isContent(event)) meter.addEvent(event)
    isAnswer ||= isContent(event) || (event.type === 'choice-finish' && event.finish.raw !== '')
    fold.push(event)
  }
  if (!isAnswer || events.at(-1)?.type !== 'response-end') return { type: 'cut' }
  const response = fold.result()
  return { type: 'answer', response, usage: response.usage, meter }
}
