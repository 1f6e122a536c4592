/** Why an answer ended, in this dialect's words and in ours. */
import type { Finish } from '../../chat/events.ts'
import { entryOf } from '../json-read.ts'

const reasons: Readonly<Record<string, Finish['reason']>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  // The model waits for a tool that Anthropic runs; the client sends the answer back as it is to go
  // on.
  pause_turn: 'stop',
  // The conversation was made shorter, and the client goes on with it.
  compaction: 'stop',
  tool_use: 'tool-calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  refusal: 'refusal',
}

export function readFinish(raw: string): Finish {
  return { reason: entryOf(reasons, raw) ?? 'other', raw }
}

/** The word for it here: the provider's own where it spoke this dialect. */
export function writeFinish({ reason, raw }: Finish): string {
  if (raw !== '' && entryOf(reasons, raw) === reason) return raw
  switch (reason) {
    case 'stop':
      return 'end_turn'
    case 'tool-calls':
      return 'tool_use'
    case 'length':
      return 'max_tokens'
    case 'content-filter':
    case 'refusal':
      return 'refusal'
    case 'error':
    case 'other':
      // There is no word for it. Agents answer `max_tokens` by asking again with more of them, and
      // `end_turn` would make a blocked answer a complete one.
      return raw === '' ? 'max_tokens' : 'refusal'
  }
}
