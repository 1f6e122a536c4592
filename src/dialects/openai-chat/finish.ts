/** Why an answer ended, in this dialect's words and in ours. */
import type { Finish } from '../../chat/events.ts'
import { entryOf } from '../json-read.ts'

const reasons: Readonly<Record<string, Finish['reason']>> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'content-filter',
  error: 'error',
  // Together and others behind the Hugging Face router
  eos: 'stop',
  eos_token: 'stop',
  // Mistral
  model_length: 'length',
  // Relays pass on the words of other dialects.
  end_turn: 'stop',
  stop_sequence: 'stop',
  complete: 'stop',
  completed: 'stop',
  tool_call: 'tool-calls',
  tool_use: 'tool-calls',
  max_tokens: 'length',
  max_output_tokens: 'length',
  safety: 'content-filter',
  recitation: 'content-filter',
  prohibited_content: 'content-filter',
  // Zhipu
  sensitive: 'content-filter',
  network_error: 'error',
  refusal: 'refusal',
}

/**
 * Reads the provider's word by what the answer held: a refusal, and at some providers tool calls
 * too, end in `stop`.
 */
export function readFinish(raw: string, held: { refusal: boolean; toolCalls: boolean }): Finish {
  const reason = entryOf(reasons, raw.toLowerCase()) ?? 'other'
  if (reason === 'stop' && held.refusal) return { reason: 'refusal', raw }
  if (reason === 'stop' && held.toolCalls) return { reason: 'tool-calls', raw }
  return { reason, raw }
}

/** The word for it here. `refused` says whether the client was given a refusal to read. */
export function writeFinish({ reason, raw }: Finish, refused: boolean): string {
  switch (reason) {
    case 'stop':
    case 'length':
    case 'error':
      return reason
    case 'tool-calls':
      return 'tool_calls'
    case 'content-filter':
      return 'content_filter'
    case 'refusal':
      // A model of another dialect may refuse without words; `stop` would look like an answer that
      // is empty.
      return refused ? 'stop' : 'content_filter'
    case 'other':
      // An end that nobody knows is no clean one: a blocked answer must not look complete.
      return raw === '' ? 'error' : 'content_filter'
  }
}
