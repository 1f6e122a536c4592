/** https://docs.cohere.com/v2/docs/streaming */
import type { JsonObject } from '../../src/chat/json.ts'
import { cutInTwo } from '../end-to-end/sdks/dialects/openai-chat.ts'
import type { Says, Speaker } from '../end-to-end/sdks/says.ts'
import {
  callDelta,
  callStart,
  contentEnd,
  done,
  event,
  messageEnd,
  plan,
  start,
  text,
  textStart,
  whole,
  wholeCall,
} from '../fixtures/cohere/events.ts'

/** What the other dialects' speakers count. */
const usage = {
  billed_units: { input_tokens: 21, output_tokens: 9 },
  cached_tokens: 5,
  tokens: { input_tokens: 21, output_tokens: 9 },
}

const finishOf = ({ calls }: Says): string => (calls ? 'TOOL_CALL' : 'COMPLETE')

export const cohere: Speaker = {
  whole(says) {
    const words = textOf(says)?.join('')
    return whole(
      {
        ...(words !== undefined &&
          (says.calls ? { tool_plan: words } : { content: [{ type: 'text', text: words }] })),
        ...(says.calls && { tool_calls: callsOf(says) }),
      },
      finishOf(says),
      { usage },
    )
  },
  stream: (says) => [
    start,
    ...(says.calls
      ? (says.text ?? []).map(plan)
      : [textStart, ...(textOf(says) ?? []).map((piece) => text(piece)), contentEnd]),
    ...(says.calls ?? []).flatMap(({ id, name, arguments: input }, index) => [
      callStart(index, id, name),
      ...cutInTwo(JSON.stringify(input)).map((piece) => callDelta(index, piece)),
      event('tool-call-end', { index }),
    ]),
    messageEnd(finishOf(says), { usage }),
    done,
  ],
  brokenStream: event('message-end', {
    delta: { finish_reason: 'ERROR', error: 'The server had an error.' },
  }),
  closing: 2,
  rateLimited: { id: 'co-1', message: 'You are using a trial key, which is limited to 20 calls a minute.' },
}

/** It refuses in plain text. */
function textOf({ text: pieces, refusal }: Says): string[] | undefined {
  return pieces ?? (refusal === undefined ? undefined : [refusal])
}

function callsOf({ calls = [] }: Says): JsonObject[] {
  return calls.map(({ id, name, arguments: input }) => wholeCall(id, name, JSON.stringify(input)))
}
