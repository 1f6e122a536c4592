/** Why an answer ended. https://docs.cohere.com/reference/chat#response.body.finish_reason */
import type { Finish } from '../../chat/events.ts'
import { entryOf } from '../json-read.ts'

const reasons: Readonly<Record<string, Finish['reason']>> = {
  COMPLETE: 'stop',
  STOP_SEQUENCE: 'stop',
  MAX_TOKENS: 'length',
  TOOL_CALL: 'tool-calls',
  ERROR: 'error',
  TIMEOUT: 'error',
  // What version 1 said where a filter stopped the model.
  ERROR_TOXIC: 'content-filter',
}

export function readFinish(raw: string, held: { toolCalls: boolean }): Finish {
  const reason = entryOf(reasons, raw) ?? 'other'
  return { reason: reason === 'stop' && held.toolCalls ? 'tool-calls' : reason, raw }
}

/**
 * The words for an answer that broke off through no wish of anybody: it must not pass for a whole
 * one.
 */
export function isFailure(raw: string | undefined): boolean {
  return raw !== undefined && entryOf(reasons, raw) === 'error'
}
