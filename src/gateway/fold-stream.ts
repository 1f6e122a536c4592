/**
 * An event stream that came where a whole answer was asked for: some relays know nothing else.
 * Pure.
 */
import { isContent, type ChatEvent, type Complaint, type Usage } from '../chat/events.ts'
import { Fold } from '../chat/fold.ts'
import type { ChatResponse } from '../chat/response.ts'
import type { Outbound } from '../dialects/dialect.ts'
import { SseDecoder } from '../http/sse.ts'
import { ContentMeter } from './content-meter.ts'
import { PartCounter } from './part-counter.ts'

/** What a stream amounts to. `cut` is one that has no end, or no answer. */
export type Folded =
  | { type: 'answer'; response: ChatResponse; usage: Usage | undefined; meter: ContentMeter }
  | { type: 'complaint'; complaint: Complaint }
  | { type: 'cut' }

/** Whether a body that is no JSON is an event stream. */
export function isEventStream(text: string): boolean {
  return /^\uFEFF?\s*(?:data|event|id|retry)?:/.test(text)
}

/** Characters that are read at a time: what is folded already need not be kept. */
const pieceCharacters = 64 * 1024

/**
 * Folds a stream of the speaker's dialect. Its length is bounded by the text's.
 * @throws {EventTooLongError} {TooManyPartsError} where the stream holds more than any does.
 */
export function foldStream(text: string, speaker: Outbound): Folded {
  const fold = new Fold()
  const meter = new ContentMeter()
  const parts = new PartCounter()
  let isAnswer = false
  let isEnded = false
  for (const event of eventsIn(text, speaker)) {
    if (event.type === 'stream-error') return { type: 'complaint', complaint: event.complaint }
    if (isContent(event)) meter.addEvent(event)
    isAnswer ||= isContent(event) || (event.type === 'choice-finish' && event.finish.raw !== '')
    parts.push(event)
    isEnded = event.type === 'response-end'
    fold.push(event)
  }
  if (!isAnswer || !isEnded) return { type: 'cut' }
  const response = fold.result()
  return { type: 'answer', response, usage: response.usage, meter }
}

function* eventsIn(text: string, speaker: Outbound): Generator<ChatEvent> {
  const decoder = new SseDecoder()
  const parser = speaker.parseStream()
  for (let at = 0; at < text.length; at += pieceCharacters) {
    for (const message of decoder.push(text.slice(at, at + pieceCharacters))) yield* parser.push(message)
  }
  for (const message of decoder.end()) yield* parser.push(message)
  yield* parser.end()
}
