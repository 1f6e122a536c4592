/**
 * What is read of an OpenAI chat request. Strict about the types of what is known, since a client
 * can correct them; open for the rest, which travels to providers of this dialect in `origin`. Null
 * stands for absent wherever a client may leave a field out: SDKs that serialise their defaults
 * send it. https://platform.openai.com/docs/api-reference/chat/create
 */
import { z } from 'zod'
import { exactInteger } from '../exact-integer.ts'
import { isJsonObject, type Json, type JsonObject } from '../../chat/json.ts'
import { unknownType } from '../skipped-parts.ts'

const jsonObject = z.custom<JsonObject>(isJsonObject, { error: 'must be an object' })

/** Fields that other vendors made: read where they look as expected, else left alone. */
function foreign<T extends z.ZodType>(schema: T) {
  return schema.nullish().catch(undefined)
}

const textPart = z.looseObject({ type: z.literal('text'), text: z.string() })
const refusalPart = z.looseObject({ type: z.literal('refusal'), refusal: z.string() })
// Mistral gives a list of text chunks, Cohere a string.
const thinkingPart = z.looseObject({
  type: z.literal('thinking'),
  thinking: z.union([z.string(), z.array(z.looseObject({ text: z.string().nullish() }))]),
})

// Mistral's documentation writes the address of an image without the object around it.
const imageUrl = z.union([z.string(), z.looseObject({ url: z.string(), detail: z.string().nullish() })])

const userPart = z.union([
  z.discriminatedUnion('type', [
    textPart,
    z.looseObject({ type: z.literal('image_url'), image_url: imageUrl }),
    z.looseObject({
      type: z.literal('input_audio'),
      input_audio: z.looseObject({ data: z.string(), format: z.string() }),
    }),
    z.looseObject({
      type: z.literal('file'),
      file: z.looseObject({
        file_data: z.string().nullish(),
        file_id: z.string().nullish(),
        filename: z.string().nullish(),
      }),
    }),
    // Mistral
    z.looseObject({ type: z.literal('document_url'), document_url: z.string() }),
  ]),
  unknownType(['text', 'image_url', 'input_audio', 'file', 'document_url']),
])

const assistantPart = z.union([
  z.discriminatedUnion('type', [textPart, refusalPart, thinkingPart]),
  unknownType(['text', 'refusal', 'thinking']),
])

const namedFunction = z.looseObject({ name: z.string() })

const toolCall = z.looseObject({
  id: z.string().nullish(),
  type: z.string().nullish(),
  function: z
    .looseObject({
      name: z.string(),
      // OpenAI wants a text; servers that answer with an object get their own words back.
      arguments: z.union([z.string(), jsonObject]).nullish(),
    })
    .nullish(),
  custom: foreign(z.looseObject({ name: z.string(), input: z.string() })),
  extra_content: foreign(jsonObject),
})

const systemMessage = z.looseObject({
  role: z.enum(['system', 'developer']),
  content: z.union([z.string(), z.array(userPart)]),
})

const userMessage = z.looseObject({
  role: z.literal('user'),
  content: z.union([z.string(), z.array(userPart)]),
  name: z.string().nullish(),
})

const assistantMessage = z.looseObject({
  role: z.literal('assistant'),
  content: z.union([z.string(), z.array(assistantPart)]).nullish(),
  name: z.string().nullish(),
  refusal: z.string().nullish(),
  tool_calls: z.array(toolCall).nullish(),
  function_call: z.looseObject({ name: z.string(), arguments: z.string().nullish() }).nullish(),
  reasoning_content: foreign(z.string()),
  reasoning: foreign(z.string()),
  reasoning_details: foreign(z.array(z.custom<Json>(() => true))),
  extra_content: foreign(jsonObject),
  images: foreign(z.array(z.looseObject({ image_url: imageUrl }))),
})

const toolMessage = z.looseObject({
  role: z.literal('tool'),
  tool_call_id: z.string(),
  content: z.union([z.string(), z.array(userPart)]).nullish(),
})

const functionMessage = z.looseObject({
  role: z.literal('function'),
  name: z.string(),
  content: z.string().nullish(),
})

const message = z.discriminatedUnion('role', [
  systemMessage,
  userMessage,
  assistantMessage,
  toolMessage,
  functionMessage,
])

const functionDefinition = z.looseObject({
  name: z.string(),
  description: z.string().nullish(),
  parameters: jsonObject.nullish(),
  strict: z.boolean().nullish(),
})

/**
 * What has a function and no type is one of a function: Mistral's SDK leaves the type out, and
 * others of choices.
 */
function withFunctionType(value: unknown): unknown {
  const isBare = isJsonObject(value) && (value.type ?? null) === null && isJsonObject(value.function)
  return isBare ? { ...value, type: 'function' } : value
}

const tool = z.preprocess(
  withFunctionType,
  z.union([
    z.looseObject({ type: z.literal('function'), function: functionDefinition }),
    unknownType(['function']),
  ]),
)

const allowedTools = z.looseObject({
  mode: z.enum(['auto', 'required']),
  tools: z.array(z.looseObject({ function: namedFunction.nullish() })),
})

const toolChoice = z.preprocess(
  withFunctionType,
  z.union([
    // "any" is Mistral's word for "required".
    z.enum(['auto', 'none', 'required', 'any']),
    z.discriminatedUnion('type', [
      z.looseObject({ type: z.literal('function'), function: namedFunction }),
      z.looseObject({ type: z.literal('allowed_tools'), allowed_tools: allowedTools }),
    ]),
    unknownType(['function', 'allowed_tools']),
  ]),
)

const responseFormat = z.union([
  z.discriminatedUnion('type', [
    z.looseObject({ type: z.literal('text') }),
    z.looseObject({ type: z.literal('json_object') }),
    z.looseObject({
      type: z.literal('json_schema'),
      json_schema: z.looseObject({
        name: z.string(),
        description: z.string().nullish(),
        schema: jsonObject.nullish(),
        strict: z.boolean().nullish(),
      }),
    }),
  ]),
  unknownType(['text', 'json_object', 'json_schema']),
])

export const chatRequest = z.looseObject({
  model: z.string().nullish(),
  messages: z.array(message).min(1),
  tools: z.array(tool).nullish(),
  tool_choice: toolChoice.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  // What tools were called before there were tools.
  functions: z.array(functionDefinition).nullish(),
  function_call: z.union([z.enum(['auto', 'none']), namedFunction]).nullish(),
  response_format: responseFormat.nullish(),
  reasoning_effort: z.string().nullish(),
  // OpenRouter
  reasoning: foreign(z.looseObject({ effort: foreign(z.string()), max_tokens: foreign(z.number()) })),
  // DeepSeek and Z.ai, after Anthropic
  thinking: foreign(z.looseObject({ type: foreign(z.string()), budget_tokens: foreign(z.number()) })),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  top_k: z.number().nullish(),
  seed: z.union([z.int(), exactInteger]).nullish(),
  presence_penalty: z.number().nullish(),
  frequency_penalty: z.number().nullish(),
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  max_tokens: z.int().nullish(),
  max_completion_tokens: z.int().nullish(),
  n: z.int().nullish(),
  // Together counts alternatives here, where OpenAI says yes or no.
  logprobs: z.union([z.boolean(), z.number()]).nullish(),
  top_logprobs: z.int().nullish(),
  user: z.string().nullish(),
  safety_identifier: z.string().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
})

export type WireRequest = z.infer<typeof chatRequest>
export type WireFunction = z.infer<typeof functionDefinition>
export type WireMessage = WireRequest['messages'][number]
export type WireAssistantMessage = Extract<WireMessage, { role: 'assistant' }>
export type WireUserPart = z.infer<typeof userPart>
