/**
 * What providers of each dialect answer, as they really send it, and how a request reads to them.
 */
import type { DialectId } from '../../../src/domain/dialects.ts'
import type { Json, JsonObject } from '../../../src/chat/json.ts'
import { at, list, say } from './clients.ts'

/** An answer in nobody's dialect. */
export interface Says {
  text?: string
  thinks?: string
  calls?: { id: string; name: string; args: JsonObject }[]
}

/** What a provider made of a request. */
export interface Heard {
  system: string
  /** The text of the first turn of the user. */
  text: string
  image: string | null
  tools: string[]
  /** Ids of calls in the history, and under each the text of its result. */
  calls: { id: string; name: string }[]
  results: { id: string; text: string }[]
  schema: Json
}

export interface ProviderSide {
  answer(says: Says): JsonObject
  hear(body: JsonObject): Heard
  /**
   * The seal with which it signs its thoughts, which must come back exactly; null where its dialect
   * has none.
   */
  seal: string | null
}

export const seal = 'EqMDCkgIBRABGAIqQL8ylJXhr1pXk3zLyqJ4aWw0c2lnbmF0dXJl'

const openaiChat: ProviderSide = {
  seal: null,
  answer: ({ text, thinks, calls = [] }) => ({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_790_000_000,
    model: 'm',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: text ?? null,
          ...(thinks !== undefined && { reasoning_content: thinks }),
          ...(calls.length > 0 && {
            tool_calls: calls.map(({ id, name, args }) => ({
              id,
              type: 'function',
              function: { name, arguments: JSON.stringify(args) },
            })),
          }),
        },
        finish_reason: calls.length > 0 ? 'tool_calls' : 'stop',
      },
    ],
    usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 },
  }),
  hear(body) {
    const messages = list(body.messages)
    const first = messages.find((message) => at(message, 'role') === 'user')
    return {
      system: messages
        .filter((message) => at(message, 'role') === 'system')
        .map((message) => textOf(at(message, 'content')))
        .join('\n'),
      text: textOf(at(first, 'content')),
      image:
        list(at(first, 'content'))
          .map((part) => at(part, 'image_url', 'url'))
          .map(say)
          .find((url) => url !== '')
          ?.split(',')[1] ?? null,
      tools: list(body.tools).map((tool) => say(at(tool, 'function', 'name'))),
      calls: messages.flatMap((message) =>
        list(at(message, 'tool_calls')).map((call) => ({
          id: say(at(call, 'id')),
          name: say(at(call, 'function', 'name')),
        })),
      ),
      results: messages
        .filter((message) => at(message, 'role') === 'tool')
        .map((message) => ({
          id: say(at(message, 'tool_call_id')),
          text: textOf(at(message, 'content')),
        })),
      schema: at(body, 'response_format', 'json_schema', 'schema') ?? at(body, 'response_format', 'type'),
    }
  },
}

const anthropic: ProviderSide = {
  seal,
  answer: ({ text, thinks, calls = [] }) => ({
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'm',
    content: [
      ...(thinks !== undefined ? [{ type: 'thinking', thinking: thinks, signature: seal }] : []),
      ...(text !== undefined ? [{ type: 'text', text }] : []),
      ...calls.map(({ id, name, args }) => ({ type: 'tool_use', id, name, input: args })),
    ],
    stop_reason: calls.length > 0 ? 'tool_use' : 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 11, output_tokens: 7 },
  }),
  hear(body) {
    const messages = list(body.messages)
    const blocks = messages.flatMap((message) => list(at(message, 'content')))
    const first = messages[0]
    return {
      system: textOf(at(body, 'system')),
      text: textOf(at(first, 'content')),
      image:
        list(at(first, 'content'))
          .map((block) => at(block, 'source', 'data'))
          .map(say)
          .find((data) => data !== '') ?? null,
      tools: list(body.tools).map((tool) => say(at(tool, 'name'))),
      calls: blocks
        .filter((block) => at(block, 'type') === 'tool_use')
        .map((block) => ({ id: say(at(block, 'id')), name: say(at(block, 'name')) })),
      results: blocks
        .filter((block) => at(block, 'type') === 'tool_result')
        .map((block) => ({ id: say(at(block, 'tool_use_id')), text: textOf(at(block, 'content')) })),
      schema: at(body, 'output_config', 'format', 'schema'),
    }
  },
}

const openaiResponses: ProviderSide = {
  seal,
  answer: ({ text, thinks, calls = [] }) => ({
    id: 'resp_1',
    object: 'response',
    created_at: 1_790_000_000,
    status: 'completed',
    model: 'm',
    output: [
      ...(thinks !== undefined
        ? [
            {
              type: 'reasoning',
              id: 'rs_1',
              summary: [{ type: 'summary_text', text: thinks }],
              encrypted_content: seal,
            },
          ]
        : []),
      ...(text !== undefined
        ? [
            {
              type: 'message',
              id: 'msg_1',
              status: 'completed',
              role: 'assistant',
              content: [{ type: 'output_text', text, annotations: [] }],
            },
          ]
        : []),
      ...calls.map(({ id, name, args }, index) => ({
        type: 'function_call',
        id: `fc_${index}`,
        call_id: id,
        name,
        arguments: JSON.stringify(args),
        status: 'completed',
      })),
    ],
    usage: { input_tokens: 11, output_tokens: 7, total_tokens: 18 },
  }),
  hear(body) {
    const items = list(body.input)
    const first = items.find((item) => at(item, 'role') === 'user')
    return {
      // Instructions, or items of those who may instruct.
      system: [
        at(body, 'instructions'),
        ...items
          .filter((item) => ['system', 'developer'].includes(say(at(item, 'role'))))
          .map((item) => at(item, 'content')),
      ]
        .map(textOf)
        .join(''),
      text: textOf(at(first, 'content')),
      image:
        list(at(first, 'content'))
          .map((part) => at(part, 'image_url'))
          .map(say)
          .find((url) => url !== '')
          ?.split(',')[1] ?? null,
      tools: list(body.tools).map((tool) => say(at(tool, 'name'))),
      calls: items
        .filter((item) => at(item, 'type') === 'function_call')
        .map((item) => ({ id: say(at(item, 'call_id')), name: say(at(item, 'name')) })),
      results: items
        .filter((item) => at(item, 'type') === 'function_call_output')
        .map((item) => ({ id: say(at(item, 'call_id')), text: textOf(at(item, 'output')) })),
      schema: at(body, 'text', 'format', 'schema'),
    }
  },
}

const gemini: ProviderSide = {
  seal,
  answer: ({ text, thinks, calls = [] }) => ({
    candidates: [
      {
        index: 0,
        content: {
          role: 'model',
          parts: [
            ...(thinks !== undefined ? [{ text: thinks, thought: true }] : []),
            ...(text !== undefined ? [{ text }] : []),
            ...calls.map(({ id, name, args }, index) => ({
              functionCall: { id, name, args },
              ...(index === 0 && thinks !== undefined && { thoughtSignature: seal }),
            })),
          ],
        },
        finishReason: 'STOP',
      },
    ],
    usageMetadata: { promptTokenCount: 11, candidatesTokenCount: 7, totalTokenCount: 18 },
    modelVersion: 'm',
    responseId: 'r1',
  }),
  hear(body) {
    const contents = list(body.contents)
    const parts = contents.flatMap((content) => list(at(content, 'parts')))
    const calls = parts
      .filter((part) => at(part, 'functionCall'))
      .map((part) => ({
        id: say(at(part, 'functionCall', 'id') ?? at(part, 'functionCall', 'name')),
        name: say(at(part, 'functionCall', 'name')),
      }))
    return {
      system: list(at(body, 'systemInstruction', 'parts'))
        .map((part) => say(at(part, 'text')))
        .join('\n'),
      text: list(at(contents[0], 'parts'))
        .map((part) => say(at(part, 'text') ?? ''))
        .join(''),
      image:
        list(at(contents[0], 'parts'))
          .map((part) => at(part, 'inlineData', 'data'))
          .map(say)
          .find((data) => data !== '') ?? null,
      tools: list(body.tools)
        .flatMap((tool) => list(at(tool, 'functionDeclarations')))
        .map((tool) => say(at(tool, 'name'))),
      calls,
      results: parts
        .filter((part) => at(part, 'functionResponse'))
        .map((part) => ({
          id: say(at(part, 'functionResponse', 'id') ?? at(part, 'functionResponse', 'name')),
          text: say(at(part, 'functionResponse', 'response', 'result')),
        })),
      schema: at(body, 'generationConfig', 'responseJsonSchema'),
    }
  },
}

const cohere: ProviderSide = {
  seal: null,
  answer: ({ text, thinks, calls = [] }) => ({
    id: 'c1',
    message: {
      role: 'assistant',
      ...((text !== undefined || thinks !== undefined) && {
        content: [
          ...(thinks !== undefined ? [{ type: 'thinking', thinking: thinks }] : []),
          ...(text !== undefined ? [{ type: 'text', text }] : []),
        ],
      }),
      ...(calls.length > 0 && {
        tool_calls: calls.map(({ id, name, args }) => ({
          id,
          type: 'function',
          function: { name, arguments: JSON.stringify(args) },
        })),
      }),
    },
    finish_reason: calls.length > 0 ? 'TOOL_CALL' : 'COMPLETE',
    usage: {
      billed_units: { input_tokens: 11, output_tokens: 7 },
      tokens: { input_tokens: 11, output_tokens: 7 },
    },
  }),
  hear: (body) => ({ ...openaiChat.hear(body), schema: at(body, 'response_format', 'json_schema') }),
}

export const sides: Partial<Record<DialectId, ProviderSide>> = {
  'openai-chat': openaiChat,
  anthropic,
  'openai-responses': openaiResponses,
  gemini,
  cohere,
}

/** The text in a text, or in parts of any of the dialects. */
function textOf(content: Json): string {
  if (typeof content === 'string') return content
  return list(content)
    .map((part) => say(at(part, 'text') ?? at(part, 'document', 'data') ?? ''))
    .join('')
}
