/**
 * Why an answer ended, in this dialect's words and in ours.
 * https://ai.google.dev/api/generate-content#FinishReason
 */
import type { Finish } from '../../chat/events.ts'
import { entryOf } from '../json-read.ts'

const reasons: Readonly<Record<string, Finish['reason']>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'content-filter',
  RECITATION: 'content-filter',
  LANGUAGE: 'content-filter',
  BLOCKLIST: 'content-filter',
  PROHIBITED_CONTENT: 'content-filter',
  SPII: 'content-filter',
  // Vertex
  MODEL_ARMOR: 'content-filter',
  IMAGE_SAFETY: 'content-filter',
  IMAGE_PROHIBITED_CONTENT: 'content-filter',
  IMAGE_RECITATION: 'content-filter',
  // The model tried to call a tool and failed at it: there is no call, and no answer either.
  MALFORMED_FUNCTION_CALL: 'error',
  UNEXPECTED_TOOL_CALL: 'error',
  TOO_MANY_TOOL_CALLS: 'error',
  MISSING_THOUGHT_SIGNATURE: 'error',
  MALFORMED_RESPONSE: 'error',
}

/** Reads the provider's word by what the answer held: tool calls end in STOP too. */
export function readFinish(raw: string, toolCalls: boolean): Finish {
  const reason = entryOf(reasons, raw) ?? 'other'
  return { reason: reason === 'stop' && toolCalls ? 'tool-calls' : reason, raw }
}

/** A prompt that was blocked, for whatever reason, has no candidates. */
export function readBlock(raw: string): Finish {
  return { reason: 'content-filter', raw }
}

/**
 * The word for it here: the one that the provider said, where it is one of this dialect's for the
 * same thing.
 */
export function writeFinish({ reason, raw }: Finish): string {
  if (entryOf(reasons, raw) === reason) return raw
  switch (reason) {
    case 'stop':
    case 'tool-calls':
      return 'STOP'
    case 'length':
      return 'MAX_TOKENS'
    // This dialect has no word for a model that declined; that it did so for safety is the nearest
    // thing.
    case 'content-filter':
    case 'refusal':
      return 'SAFETY'
    case 'error':
    case 'other':
      return 'OTHER'
  }
}
