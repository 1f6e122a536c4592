/**
 * The calls of an answer for a Gemini client, which gets them as objects and runs them. A call that
 * was cut off is no call: it is left out, and the finish says why.
 */
import type { Finish } from '../../chat/events.ts'
import type { JsonObject } from '../../chat/json.ts'
import type { ToolCallPart } from '../../chat/request.ts'
import { isEmptyArguments } from '../empty-arguments.ts'
import { objectIn, parseJson } from '../json-read.ts'
import { writeFinish } from './finish.ts'
import type { WholeCall } from './part-writer.ts'

interface Calls {
  calls: (WholeCall & { of: ToolCallPart })[]
  finishReason: string
}

export function wholeCalls(given: ToolCallPart[], finish: Finish): Calls {
  const calls = given.flatMap((of) => {
    const args = argumentsOf(of.arguments, finish)
    const { id, name, opaque } = of
    return args ? [{ of, id, name, args, ...(opaque && { opaque }) }] : []
  })
  const claimsSuccess = finish.reason === 'stop' || finish.reason === 'tool-calls'
  return {
    calls,
    finishReason:
      claimsSuccess && calls.length < given.length ? 'MALFORMED_FUNCTION_CALL' : writeFinish(finish),
  }
}

/**
 * No beginning of a JSON object is one itself, so what can be read is whole. No text is no
 * arguments, unless it was cut.
 */
function argumentsOf(text: string, { reason }: Finish): JsonObject | undefined {
  if (!isEmptyArguments(text)) return objectIn(parseJson(text))
  return reason === 'stop' || reason === 'tool-calls' ? {} : undefined
}
