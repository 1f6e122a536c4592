/** One ask in the words of each client dialect, and what the hub sends for it to a provider. */
import type { DialectId } from '../../../src/domain/dialects.ts'
import type { Json, JsonObject } from '../../../src/chat/json.ts'
import type { Outbound } from '../../../src/dialects/dialect.ts'
import { inbound, outbound, spokenDialects } from '../../../src/dialects/index.ts'
import { withoutState } from '../../../src/dialects/without-state.ts'
import { chooseDialect, featuresOf } from '../../../src/gateway/choose-dialect.ts'
import { fitCall } from '../../../src/gateway/fit-call.ts'
import { catalog } from '../../../src/providers/catalog.ts'
import type { Provider } from '../../../src/providers/provider.ts'

export interface Ask {
  tool?: { name: string; schema?: JsonObject; strict?: boolean | null }
  /** The tool that must be called. */
  forced?: string
  /** A call of the history with its result, and what the user says beside it. */
  call?: { id: string; name: string; image?: true; beside?: string }
  /** An instruction after the first turn of the user. */
  later?: string
  user?: string
  limit?: number
  stop?: string[]
  topK?: number
  effort?: string
}

type Client = (ask: Ask) => { body: JsonObject; address?: { model: string } }

const image =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

export const clients: Partial<Record<DialectId, Client>> = {
  'openai-chat': ({ tool, forced, call, later, user, limit, stop, topK, effort }) => ({
    body: withoutUndefined({
      messages: [
        { role: 'user', content: 'hi' },
        ...(later === undefined ? [] : [{ role: 'system', content: later }]),
        ...(call
          ? [
              {
                role: 'assistant',
                content: null,
                tool_calls: [
                  { id: call.id, type: 'function', function: { name: call.name, arguments: '{}' } },
                ],
              },
              { role: 'tool', tool_call_id: call.id, content: 'done' },
              ...(call.beside === undefined ? [] : [{ role: 'user', content: call.beside }]),
            ]
          : []),
      ],
      tools: tool && [
        {
          type: 'function',
          function: withoutUndefined({ name: tool.name, parameters: tool.schema, strict: tool.strict }),
        },
      ],
      tool_choice: forced === undefined ? undefined : { type: 'function', function: { name: forced } },
      user,
      max_completion_tokens: limit,
      stop,
      top_k: topK,
      reasoning_effort: effort,
    }),
  }),
  'openai-responses': ({ tool, forced, call, later, user, limit, effort }) => ({
    body: withoutUndefined({
      input: [
        { role: 'user', content: 'hi' },
        ...(later === undefined ? [] : [{ role: 'system', content: later }]),
        ...(call
          ? [
              { type: 'function_call', call_id: call.id, name: call.name, arguments: '{}' },
              {
                type: 'function_call_output',
                call_id: call.id,
                output: call.image
                  ? [{ type: 'input_image', image_url: `data:image/png;base64,${image}` }]
                  : 'done',
              },
              ...(call.beside === undefined ? [] : [{ role: 'user', content: call.beside }]),
            ]
          : []),
      ],
      tools: tool && [
        withoutUndefined({
          type: 'function',
          name: tool.name,
          parameters: tool.schema ?? { type: 'object', properties: {} },
          strict: tool.strict ?? false,
        }),
      ],
      tool_choice: forced === undefined ? undefined : { type: 'function', name: forced },
      user,
      max_output_tokens: limit,
      reasoning: effort === undefined ? undefined : { effort },
    }),
  }),
  anthropic: ({ tool, forced, call, later, user, limit, stop, topK, effort }) => ({
    body: withoutUndefined({
      messages: [
        { role: 'user', content: 'hi' },
        ...(later === undefined ? [] : [{ role: 'system', content: later }]),
        ...(call
          ? [
              {
                role: 'assistant',
                content: [{ type: 'tool_use', id: call.id, name: call.name, input: {} }],
              },
              {
                role: 'user',
                content: [
                  {
                    type: 'tool_result',
                    tool_use_id: call.id,
                    content: call.image
                      ? [
                          {
                            type: 'image',
                            source: { type: 'base64', media_type: 'image/png', data: image },
                          },
                        ]
                      : 'done',
                  },
                  ...(call.beside === undefined ? [] : [{ type: 'text', text: call.beside }]),
                ],
              },
            ]
          : []),
      ],
      tools: tool && [{ name: tool.name, input_schema: tool.schema ?? { type: 'object' } }],
      tool_choice: forced === undefined ? undefined : { type: 'tool', name: forced },
      metadata: user === undefined ? undefined : { user_id: user },
      max_tokens: limit ?? 1000,
      stop_sequences: stop,
      top_k: topK,
      thinking: effort === undefined ? undefined : { type: 'adaptive' },
      output_config: effort === undefined ? undefined : { effort },
    }),
  }),
  gemini: ({ tool, forced, call, limit, stop, topK, effort }) => ({
    address: { model: 'm' },
    body: withoutUndefined({
      contents: [
        { role: 'user', parts: [{ text: 'hi' }] },
        ...(call
          ? [
              { role: 'model', parts: [{ functionCall: { id: call.id, name: call.name, args: {} } }] },
              {
                role: 'user',
                parts: [
                  { functionResponse: { id: call.id, name: call.name, response: { result: 'done' } } },
                  ...(call.beside === undefined ? [] : [{ text: call.beside }]),
                ],
              },
            ]
          : []),
      ],
      tools: tool && [
        {
          functionDeclarations: [withoutUndefined({ name: tool.name, parametersJsonSchema: tool.schema })],
        },
      ],
      toolConfig:
        forced === undefined
          ? undefined
          : { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: [forced] } },
      generationConfig: withoutUndefined({
        maxOutputTokens: limit,
        stopSequences: stop,
        topK,
        thinkingConfig: effort === undefined ? undefined : { thinkingLevel: effort.toUpperCase() },
      }),
    }),
  }),
}

export const clientDialects = Object.keys(clients) as DialectId[]

/** A provider that a person entered, of which nothing is known but its dialect. */
export function customProvider(dialect: DialectId): Provider {
  return {
    name: 'Custom',
    dialects: { [dialect]: 'https://custom.example/v1' },
    defaultModel: 'custom-model',
    models: {},
  }
}

/**
 * Every provider that is called in a dialect: the built-in rows, and a custom one of each dialect.
 */
export const receivers: [string, Provider][] = [
  ...Object.entries<Provider>(catalog).filter(([id]) => id !== 'sandbox'),
  ...(['openai-chat', 'openai-responses', 'anthropic', 'gemini'] as const).map(
    (dialect): [string, Provider] => [`custom ${dialect}`, customProvider(dialect)],
  ),
]

export interface Sent {
  dialect: DialectId
  body: JsonObject
  dropped: string[]
  /** The dialect, as it reads the answer. */
  speaker: Outbound
}

/**
 * What is sent for a body. @param asked the name in the request; that of the model where it is left
 * out. @param isBare whether the state in it was refused, and is left out.
 */
export function send(
  clientDialect: DialectId,
  body: JsonObject,
  [id, provider]: [string, Provider],
  {
    model = provider.defaultModel,
    asked = model,
    isBare = false,
  }: { model?: string; asked?: string; isBare?: boolean } = {},
): Sent {
  const listener = inbound[clientDialect]
  if (!listener) throw new Error(`No client speaks ${clientDialect}.`)
  const address = clientDialect === 'gemini' ? { model: asked } : undefined
  const before = structuredClone(body)
  const read = listener.parseRequest(address ? body : { ...body, model: asked }, address)
  const request = isBare ? (withoutState(read) ?? read) : read
  const spoken = spokenDialects
  const dialect = chooseDialect(provider, { clientDialect, spoken, features: featuresOf(request), model })
  const spokenTo = dialect && outbound[dialect]
  if (!dialect || !spokenTo) throw new Error(`Nobody speaks to ${id}.`)
  const candidate = { provider, providerId: id, dialect }
  const { call, speaker } = fitCall(spokenTo, request, candidate, { baseUrl: 'https://p.example', model })
  if (JSON.stringify(body) !== JSON.stringify(before)) throw new Error('The client’s body was changed.')
  return { dialect, body: call.body, dropped: call.dropped, speaker }
}

/** What is sent for an ask, in the words of a client of this dialect. */
export function sendAsk(
  clientDialect: DialectId,
  ask: Ask,
  receiver: [string, Provider],
  names: { model?: string; asked?: string } = {},
): Sent {
  const client = clients[clientDialect]
  if (!client) throw new Error(`No client speaks ${clientDialect}.`)
  return send(clientDialect, client(ask).body, receiver, names)
}

/** Every value under a member of this name, anywhere. */
export function everyMember(value: Json | undefined, name: string): Json[] {
  if (Array.isArray(value)) return value.flatMap((item) => everyMember(item, name))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(key === name ? [inner] : []),
    ...everyMember(inner, name),
  ])
}

function withoutUndefined(object: Record<string, Json | undefined>): JsonObject {
  return Object.fromEntries(
    Object.entries(object).filter((entry): entry is [string, Json] => entry[1] !== undefined),
  )
}
