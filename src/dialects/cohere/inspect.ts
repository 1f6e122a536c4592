/**
 * What one event amounts to. Nothing of this dialect is ever relayed, since no client speaks it; so
 * this is what a parser makes of the event, and costs what a parser costs.
 */
import { isContent } from '../../chat/events.ts'
import type { SseMessage } from '../../http/sse.ts'
import type { Glimpse } from '../dialect.ts'
import { doneMark, eventIn, glimpseNoise } from '../stray-events.ts'
import { StreamParser } from './stream.ts'

export function glimpse(message: SseMessage): Glimpse {
  const { event: name, data = '' } = message
  const parsed = eventIn(data)
  if (name !== 'error' && data !== '' && data.trim() !== doneMark && !parsed) return glimpseNoise(data)
  const seen: Glimpse = {}
  // A fragment by itself has no call that a parser knows of.
  if (parsed?.type === 'tool-call-delta') seen.content = true
  for (const event of new StreamParser().push(message)) {
    if (isContent(event)) seen.content = true
    if (event.type === 'usage-report') seen.usage = event.usage
    if (event.type === 'stream-error') seen.complaint = event.complaint
    if (event.type === 'response-end') seen.end = true
    else if (event.type === 'choice-finish') seen.finished = true
  }
  return seen
}
