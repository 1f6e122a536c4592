/**
 * What clients of each dialect send and what they read: the ends of the matrix, written out by
 * hand.
 */
import type { DialectId } from '../../../src/domain/dialects.ts'
import type { JsonObject, Json } from '../../../src/chat/json.ts'

/** What one cell asks, in nobody's dialect. */
export interface Ask {
  text: string
  image?: string
  tools?: { name: string; schema: JsonObject }[]
  schema?: JsonObject
  effort?: 'low'
  stream?: boolean
}

/** What a client made of an answer. */
export interface Read {
  text: string
  calls: { id: string; name: string; args: Json }[]
  finish: string
}

export interface Client {
  dialect: DialectId
  /** Where the request goes, and with what body. */
  send(model: string, ask: Ask, history?: Turn): { path: string; body: JsonObject }
  read(body: JsonObject): Read
  /** What it cannot say at all. */
  lacks?: readonly (keyof Ask)[]
}

/** The turn before: the answer as it came, and the results of its calls. */
export interface Turn {
  answer: JsonObject
  results: { id: string; name: string; text: string }[]
}

export const system = 'Be brief.'

const openaiChat: Client = {
  dialect: 'openai-chat',
  send(model, ask, history) {
    const content = ask.image
      ? [
          { type: 'text', text: ask.text },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${ask.image}` } },
        ]
      : ask.text
    return {
      path: '/v1/chat/completions',
      body: {
        model,
        messages: [
          { role: 'system', content: system },
          { role: 'user', content },
          ...(history
            ? [
                at(history.answer, 'choices', 0, 'message'),
                ...history.results.map(({ id, text }) => ({ role: 'tool', tool_call_id: id, content: text })),
              ]
            : []),
        ],
        ...(ask.tools && {
          tools: ask.tools.map(({ name, schema }) => ({
            type: 'function',
            function: { name, parameters: schema },
          })),
        }),
        ...(ask.schema && {
          response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: ask.schema } },
        }),
        ...(ask.effort && { reasoning_effort: ask.effort }),
        ...(ask.stream && { stream: true }),
      },
    }
  },
  read(body) {
    const message = at(body, 'choices', 0, 'message')
    return {
      text: say(at(message, 'content') ?? ''),
      calls: list(at(message, 'tool_calls')).map((call) => ({
        id: say(at(call, 'id')),
        name: say(at(call, 'function', 'name')),
        args: JSON.parse(say(at(call, 'function', 'arguments'))),
      })),
      finish: say(at(body, 'choices', 0, 'finish_reason')),
    }
  },
}

const anthropic: Client = {
  dialect: 'anthropic',
  send(model, ask, history) {
    return {
      path: '/v1/messages',
      body: {
        model,
        max_tokens: 4_096,
        system,
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: ask.text },
              ...(ask.image
                ? [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: ask.image } }]
                : []),
            ],
          },
          ...(history
            ? [
                { role: 'assistant', content: at(history.answer, 'content') },
                {
                  role: 'user',
                  content: history.results.map(({ id, text }) => ({
                    type: 'tool_result',
                    tool_use_id: id,
                    content: text,
                  })),
                },
              ]
            : []),
        ],
        ...(ask.tools && { tools: ask.tools.map(({ name, schema }) => ({ name, input_schema: schema })) }),
        ...(ask.schema && { output_config: { format: { type: 'json_schema', schema: ask.schema } } }),
        ...(ask.effort && { thinking: { type: 'enabled', budget_tokens: 1_024 } }),
        ...(ask.stream && { stream: true }),
      },
    }
  },
  read(body) {
    const content = list(at(body, 'content'))
    return {
      text: content.map((block) => (at(block, 'type') === 'text' ? say(at(block, 'text')) : '')).join(''),
      calls: content
        .filter((block) => at(block, 'type') === 'tool_use')
        .map((block) => ({
          id: say(at(block, 'id')),
          name: say(at(block, 'name')),
          args: at(block, 'input'),
        })),
      finish: say(at(body, 'stop_reason')),
    }
  },
}

const openaiResponses: Client = {
  dialect: 'openai-responses',
  send(model, ask, history) {
    return {
      path: '/v1/responses',
      body: {
        model,
        instructions: system,
        store: false,
        include: ['reasoning.encrypted_content'],
        input: [
          {
            type: 'message',
            role: 'user',
            content: [
              { type: 'input_text', text: ask.text },
              ...(ask.image
                ? [{ type: 'input_image', image_url: `data:image/png;base64,${ask.image}` }]
                : []),
            ],
          },
          ...(history
            ? [
                ...list(at(history.answer, 'output')),
                ...history.results.map(({ id, text }) => ({
                  type: 'function_call_output',
                  call_id: id,
                  output: text,
                })),
              ]
            : []),
        ],
        ...(ask.tools && {
          tools: ask.tools.map(({ name, schema }) => ({
            type: 'function',
            name,
            parameters: schema,
            strict: false,
          })),
        }),
        ...(ask.schema && { text: { format: { type: 'json_schema', name: 'answer', schema: ask.schema } } }),
        ...(ask.effort && { reasoning: { effort: ask.effort } }),
        ...(ask.stream && { stream: true }),
      },
    }
  },
  read(body) {
    const output = list(at(body, 'output'))
    return {
      text: output
        .flatMap((item) => list(at(item, 'content')))
        .map((part) => (at(part, 'type') === 'output_text' ? say(at(part, 'text')) : ''))
        .join(''),
      calls: output
        .filter((item) => at(item, 'type') === 'function_call')
        .map((item) => ({
          id: say(at(item, 'call_id')),
          name: say(at(item, 'name')),
          args: JSON.parse(say(at(item, 'arguments'))),
        })),
      finish: say(at(body, 'status')),
    }
  },
}

const gemini: Client = {
  dialect: 'gemini',
  send(model, ask, history) {
    const method = ask.stream ? 'streamGenerateContent?alt=sse' : 'generateContent'
    return {
      path: `/v1beta/models/${model}:${method}`,
      body: {
        systemInstruction: { parts: [{ text: system }] },
        contents: [
          {
            role: 'user',
            parts: [
              { text: ask.text },
              ...(ask.image ? [{ inlineData: { mimeType: 'image/png', data: ask.image } }] : []),
            ],
          },
          ...(history
            ? [
                at(history.answer, 'candidates', 0, 'content'),
                {
                  role: 'user',
                  parts: history.results.map(({ id, name, text }) => ({
                    functionResponse: { id, name, response: { result: text } },
                  })),
                },
              ]
            : []),
        ],
        ...(ask.tools && {
          tools: [
            {
              functionDeclarations: ask.tools.map(({ name, schema }) => ({
                name,
                parametersJsonSchema: schema,
              })),
            },
          ],
        }),
        generationConfig: {
          ...(ask.schema && { responseMimeType: 'application/json', responseJsonSchema: ask.schema }),
          ...(ask.effort && { thinkingConfig: { thinkingLevel: 'LOW', includeThoughts: true } }),
        },
      },
    }
  },
  read(body) {
    const parts = list(at(body, 'candidates', 0, 'content', 'parts'))
    return {
      text: parts.map((part) => (at(part, 'thought') ? '' : say(at(part, 'text') ?? ''))).join(''),
      calls: parts
        .filter((part) => at(part, 'functionCall'))
        .map((part) => ({
          id: say(at(part, 'functionCall', 'id')),
          name: say(at(part, 'functionCall', 'name')),
          args: at(part, 'functionCall', 'args'),
        })),
      finish: say(at(body, 'candidates', 0, 'finishReason')),
    }
  },
}

const hubChat: Client = {
  dialect: 'hub-chat',
  lacks: ['tools', 'schema', 'effort'],
  send(model, ask) {
    const content = ask.image
      ? [
          { type: 'text', text: ask.text },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${ask.image}` } },
        ]
      : ask.text
    const messages = [
      { role: 'system', content: system },
      { role: 'user', content },
    ]
    return { path: '/api/chat', body: { model, messages, ...(ask.stream && { stream: true }) } }
  },
  read(body) {
    return {
      text: say(at(body, 'choices', 0, 'message', 'content')),
      calls: [],
      finish: say(at(body, 'choices', 0, 'finishReason')),
    }
  },
}

const hubQuery: Client = {
  dialect: 'hub-query',
  lacks: ['tools', 'schema', 'effort', 'image', 'stream'],
  send(model, ask) {
    const slash = model.indexOf('/')
    const body = { provider: model.slice(0, slash), model: model.slice(slash + 1), prompt: ask.text }
    return { path: '/gateway/query', body }
  },
  read: (body) => ({ text: say(body.response), calls: [], finish: '' }),
}

/** Every client dialect there is; a test compares them with the registry. */
export const clients = [openaiChat, openaiResponses, anthropic, gemini, hubChat, hubQuery]

/** The value at a place in a JSON value; undefined where there is none. */
export function at(value: Json | undefined, ...path: (string | number)[]): Json {
  let current: Json | undefined = value
  for (const step of path) {
    if (typeof current !== 'object' || current === null) return null
    current = Array.isArray(current) ? current[Number(step)] : current[step]
  }
  return current ?? null
}

export function list(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : []
}

/** A value as text: itself where it is text, nothing where it is nothing. */
export function say(value: Json | undefined): string {
  if (typeof value === 'string') return value
  return value === null || value === undefined ? '' : JSON.stringify(value)
}
