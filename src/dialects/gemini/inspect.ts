/**
 * What a relay must know of one event. Chunks of this dialect are few and large, and each reports
 * usage, so each is parsed: what is content here is then by construction what a translation would
 * find in it.
 */
import { isContent } from '../../chat/events.ts'
import type { SseMessage } from '../../http/sse.ts'
import type { Glimpse } from '../dialect.ts'
import { glimpseNoise } from '../stray-events.ts'
import { objectIn } from '../json-read.ts'
import { AnswerReader } from './read-answer.ts'
import { complaintIn, valueIn } from './stream.ts'
import { readUsage } from './usage.ts'

export function glimpse(message: SseMessage): Glimpse {
  if (message.data === undefined || message.data === '') return {}
  const value = valueIn(message.data)
  const complaint = complaintIn(message, value)
  if (complaint) return { complaint }
  const chunk = objectIn(value)
  if (!chunk) return glimpseNoise(message.data)
  const reader = new AnswerReader()
  const seen: Glimpse = {}
  if (reader.push(chunk).some(isContent)) seen.content = true
  if (reader.finished) seen.finished = true
  const usage = readUsage(chunk)
  if (usage) seen.usage = usage
  return seen
}
