/** https://platform.openai.com/docs/api-reference/chat; `reasoning_content` is DeepSeek's. */
import type { JsonObject } from '../../../../src/chat/json.ts'
import { usage } from '../../provider.ts'
import type { Says, Speaker } from '../says.ts'

const head = { id: 'chatcmpl-1', created: 1_790_000_000, model: 'fake-1', system_fingerprint: 'fp_1' }

function callsOf({ calls }: Says): JsonObject[] {
  return (calls ?? []).map(({ id, name, arguments: input }) => ({
    id,
    type: 'function',
    function: { name, arguments: JSON.stringify(input) },
  }))
}

function chunk(delta: JsonObject, finish: string | null = null): string {
  const choices = [{ index: 0, delta, logprobs: null, finish_reason: finish }]
  return `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices, usage: null })}\n\n`
}

export const openaiChat: Speaker = {
  whole: (says) => ({
    ...head,
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: says.text?.join('') ?? null,
          refusal: says.refusal ?? null,
          ...(says.thinking && { reasoning_content: says.thinking }),
          ...(says.calls && { tool_calls: callsOf(says) }),
        },
        logprobs: null,
        finish_reason: says.calls ? 'tool_calls' : 'stop',
      },
    ],
    usage,
  }),
  stream: (says) => [
    chunk({ role: 'assistant', content: says.text ? '' : null, refusal: null }),
    ...(says.thinking ? [chunk({ reasoning_content: says.thinking })] : []),
    ...(says.text ?? []).map((content) => chunk({ content })),
    ...(says.refusal ? [chunk({ refusal: says.refusal })] : []),
    ...(says.calls ?? []).flatMap(({ id, name, arguments: input }, index) => [
      chunk({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] }),
      ...cutInTwo(JSON.stringify(input)).map((piece) =>
        chunk({ tool_calls: [{ index, function: { arguments: piece } }] }),
      ),
    ]),
    chunk({}, says.calls ? 'tool_calls' : 'stop'),
    `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [], usage })}\n\n`,
    'data: [DONE]\n\n',
  ],
  brokenStream: `data: ${JSON.stringify({
    error: {
      message: 'The server had an error while processing your request.',
      type: 'server_error',
      param: null,
      code: null,
    },
  })}\n\n`,
  closing: 3,
  rateLimited: {
    error: { message: 'Rate limit reached', type: 'requests', param: null, code: 'rate_limit_exceeded' },
  },
}

/** Arguments are streamed in pieces that are no JSON by themselves. */
export function cutInTwo(text: string): string[] {
  const middle = Math.ceil(text.length / 2)
  return [text.slice(0, middle), text.slice(middle)]
}
