/** https://platform.claude.com/docs/en/build-with-claude/streaming */
import type { JsonObject } from '../../../../src/chat/json.ts'
import type { Says, Speaker } from '../says.ts'
import { cutInTwo } from './openai-chat.ts'

const head = { id: 'msg_1', type: 'message', role: 'assistant', model: 'fake-1' }
const counts = { input_tokens: 16, cache_creation_input_tokens: 0, cache_read_input_tokens: 5 }

interface Block {
  whole: JsonObject
  start: JsonObject
  deltas: JsonObject[]
}

function blocksOf({ thinking, signature = 'c2lnbmVk', text, calls }: Says): Block[] {
  const blocks: Block[] = []
  if (thinking) {
    blocks.push({
      whole: { type: 'thinking', thinking, signature },
      start: { type: 'thinking', thinking: '', signature: '' },
      deltas: [
        { type: 'thinking_delta', thinking },
        { type: 'signature_delta', signature },
      ],
    })
  }
  if (text) {
    blocks.push({
      whole: { type: 'text', text: text.join('') },
      start: { type: 'text', text: '' },
      deltas: text.map((piece) => ({ type: 'text_delta', text: piece })),
    })
  }
  for (const { id, name, arguments: input } of calls ?? []) {
    blocks.push({
      whole: { type: 'tool_use', id, name, input },
      start: { type: 'tool_use', id, name, input: {} },
      deltas: ['', ...cutInTwo(JSON.stringify(input))].map((partial_json) => ({
        type: 'input_json_delta',
        partial_json,
      })),
    })
  }
  return blocks
}

function event(value: JsonObject & { type: string }): string {
  return `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`
}

function endOf({ calls, refusal }: Says): JsonObject {
  return {
    stop_reason: refusal ? 'refusal' : calls ? 'tool_use' : 'end_turn',
    stop_sequence: null,
    ...(refusal && { stop_details: { type: 'refusal', category: 'cyber', explanation: refusal } }),
  }
}

export const anthropic: Speaker = {
  whole: (says) => ({
    ...head,
    content: blocksOf(says).map(({ whole }) => whole),
    ...endOf(says),
    usage: { ...counts, output_tokens: 9, service_tier: 'standard' },
  }),
  stream: (says) => [
    event({
      type: 'message_start',
      message: {
        ...head,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { ...counts, output_tokens: 1, service_tier: 'standard' },
      },
    }),
    ...blocksOf(says).flatMap(({ start, deltas }, index) => [
      event({ type: 'content_block_start', index, content_block: start }),
      ...(index === 0 ? [event({ type: 'ping' })] : []),
      ...deltas.map((delta) => event({ type: 'content_block_delta', index, delta })),
      event({ type: 'content_block_stop', index }),
    ]),
    event({ type: 'message_delta', delta: endOf(says), usage: { output_tokens: 9 } }),
    event({ type: 'message_stop' }),
  ],
  brokenStream: event({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }),
  closing: 2,
  rateLimited: {
    type: 'error',
    error: { type: 'rate_limit_error', message: 'This request would exceed your rate limit.' },
    request_id: 'req_1',
  },
}
