/** https://platform.openai.com/docs/api-reference/responses-streaming */
import type { JsonObject } from '../../../../src/chat/json.ts'
import type { SaidCall, Says, Speaker } from '../says.ts'
import { cutInTwo } from './openai-chat.ts'

const usage = {
  input_tokens: 21,
  input_tokens_details: { cached_tokens: 5 },
  output_tokens: 9,
  output_tokens_details: { reasoning_tokens: 3 },
  total_tokens: 30,
}

type Event = JsonObject & { type: string }

interface Item {
  whole: JsonObject
  start: JsonObject
  between: Event[]
}

function response(output: JsonObject[], more: JsonObject = {}): JsonObject {
  return {
    id: 'resp_1',
    object: 'response',
    created_at: 1_790_000_000,
    status: 'completed',
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: null,
    metadata: {},
    model: 'fake-1',
    output,
    parallel_tool_calls: true,
    previous_response_id: null,
    temperature: 1,
    text: { format: { type: 'text' } },
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    usage,
    ...more,
  }
}

function thoughtItem(text: string, signature: string): Item {
  const id = 'rs_1'
  const part = { type: 'summary_text', text }
  const at = { item_id: id, summary_index: 0 }
  return {
    whole: { id, type: 'reasoning', summary: [part], encrypted_content: signature },
    start: { id, type: 'reasoning', summary: [], encrypted_content: '' },
    between: [
      { type: 'response.reasoning_summary_part.added', ...at, part: { ...part, text: '' } },
      { type: 'response.reasoning_summary_text.delta', ...at, delta: text },
      { type: 'response.reasoning_summary_text.done', ...at, text },
      { type: 'response.reasoning_summary_part.done', ...at, part },
    ],
  }
}

function messageItem(pieces: string[], kind: 'output_text' | 'refusal'): Item {
  const id = 'msg_1'
  const head = { id, type: 'message', role: 'assistant' }
  const at = { item_id: id, content_index: 0 }
  const said = pieces.join('')
  const part = (text: string): JsonObject =>
    kind === 'refusal' ? { type: kind, refusal: text } : { type: kind, text, annotations: [], logprobs: [] }
  return {
    whole: { ...head, status: 'completed', content: [part(said)] },
    start: { ...head, status: 'in_progress', content: [] },
    between: [
      { type: 'response.content_part.added', ...at, part: part('') },
      ...pieces.map((delta) => ({ type: `response.${kind}.delta`, ...at, delta, logprobs: [] })),
      { type: `response.${kind}.done`, ...at, [kind === 'refusal' ? 'refusal' : 'text']: said, logprobs: [] },
      { type: 'response.content_part.done', ...at, part: part(said) },
    ],
  }
}

function callItem(call: SaidCall): Item {
  if (call.input !== undefined) return customCallItem(call, call.input)
  const { id: call_id, name, arguments: input, namespace } = call
  const id = `fc_${call_id}`
  const text = JSON.stringify(input)
  const head = { id, type: 'function_call', call_id, name, ...(namespace !== undefined && { namespace }) }
  return {
    whole: { ...head, status: 'completed', arguments: text },
    start: { ...head, status: 'in_progress', arguments: '' },
    between: [
      ...cutInTwo(text).map((delta) => ({
        type: 'response.function_call_arguments.delta',
        item_id: id,
        delta,
      })),
      { type: 'response.function_call_arguments.done', item_id: id, name, arguments: text },
    ],
  }
}

function customCallItem({ id: call_id, name, namespace }: SaidCall, input: string): Item {
  const id = `ctc_${call_id}`
  const head = { id, type: 'custom_tool_call', call_id, name, ...(namespace !== undefined && { namespace }) }
  return {
    whole: { ...head, status: 'completed', input },
    start: { ...head, status: 'in_progress', input: '' },
    between: [
      { type: 'response.custom_tool_call_input.delta', item_id: id, delta: input },
      { type: 'response.custom_tool_call_input.done', item_id: id, input },
    ],
  }
}

function itemsOf({ thinking, signature = 'gAAAAAsigned', text, refusal, calls }: Says): Item[] {
  return [
    ...(thinking ? [thoughtItem(thinking, signature)] : []),
    ...(text ? [messageItem(text, 'output_text')] : []),
    ...(refusal ? [messageItem([refusal], 'refusal')] : []),
    ...(calls ?? []).map(callItem),
  ]
}

function number(events: Event[]): string[] {
  return events.map(
    (event, sequence_number) =>
      `event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number })}\n\n`,
  )
}

export const openaiResponses: Speaker = {
  whole: (says) => response(itemsOf(says).map(({ whole }) => whole)),
  stream: (says) => {
    const begun = response([], { status: 'in_progress', usage: null })
    const items = itemsOf(says)
    return number([
      { type: 'response.created', response: begun },
      { type: 'response.in_progress', response: begun },
      ...items.flatMap(({ whole, start, between }, output_index) => [
        { type: 'response.output_item.added', output_index, item: start },
        ...between.map((event) => ({ ...event, output_index })),
        { type: 'response.output_item.done', output_index, item: whole },
      ]),
      { type: 'response.completed', response: response(items.map(({ whole }) => whole)) },
    ])
  },
  brokenStream: `event: error\ndata: ${JSON.stringify({
    type: 'error',
    sequence_number: 99,
    error: { type: 'server_error', code: 'server_error', message: 'The server had an error.', param: null },
  })}\n\n`,
  closing: 1,
  rateLimited: {
    error: { message: 'Rate limit reached', type: 'requests', param: null, code: 'rate_limit_exceeded' },
  },
}
