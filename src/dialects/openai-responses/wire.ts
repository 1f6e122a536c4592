/**
 * What is read of a Responses request. Strict about the types of what is known, since a client can
 * correct them; open for the rest, which travels to providers of this dialect in `origin`. Null
 * stands for absent wherever a client may leave a field out: SDKs that serialise their defaults
 * send it. https://platform.openai.com/docs/api-reference/responses/create
 */
import { z } from 'zod'
import { isJsonObject, type JsonObject } from '../../chat/json.ts'
import { unknownType } from '../skipped-parts.ts'
import { inputItem } from './wire-items.ts'

const jsonObject = z.custom<JsonObject>(isJsonObject, { error: 'must be an object' })

const functionTool = z.looseObject({
  type: z.literal('function'),
  name: z.string(),
  description: z.string().nullish(),
  parameters: jsonObject.nullish(),
  strict: z.boolean().nullish(),
})

const tool = z.union([functionTool, unknownType(['function'])])

const toolChoice = z.union([
  z.enum(['auto', 'none', 'required']),
  z.discriminatedUnion('type', [
    z.looseObject({ type: z.literal('function'), name: z.string() }),
    z.looseObject({
      type: z.literal('allowed_tools'),
      mode: z.enum(['auto', 'required']),
      tools: z.array(z.looseObject({ type: z.string(), name: z.string().nullish() })),
    }),
  ]),
  unknownType(['function', 'allowed_tools']),
])

const format = z.union([
  z.discriminatedUnion('type', [
    z.looseObject({ type: z.literal('text') }),
    z.looseObject({ type: z.literal('json_object') }),
    z.looseObject({
      type: z.literal('json_schema'),
      name: z.string(),
      schema: jsonObject,
      description: z.string().nullish(),
      strict: z.boolean().nullish(),
    }),
  ]),
  unknownType(['text', 'json_object', 'json_schema']),
])

export const responsesRequest = z
  .looseObject({
    model: z.string().nullish(),
    input: z.union([z.string(), z.array(inputItem)]).nullish(),
    instructions: z.string().nullish(),
    tools: z.array(tool).nullish(),
    tool_choice: toolChoice.nullish(),
    parallel_tool_calls: z.boolean().nullish(),
    text: z.looseObject({ format: format.nullish(), verbosity: z.string().nullish() }).nullish(),
    reasoning: z.looseObject({ effort: z.string().nullish(), summary: z.string().nullish() }).nullish(),
    max_output_tokens: z.int().min(1).nullish(),
    temperature: z.number().nullish(),
    top_p: z.number().nullish(),
    top_logprobs: z.int().min(0).nullish(),
    include: z.array(z.string()).nullish(),
    user: z.string().nullish(),
    safety_identifier: z.string().nullish(),
    metadata: jsonObject.nullish(),
    store: z.boolean().nullish(),
    stream: z.boolean().nullish(),
    previous_response_id: z.string().nullish(),
    conversation: z.union([z.string(), z.looseObject({ id: z.string() })]).nullish(),
    prompt: jsonObject.nullish(),
    truncation: z.string().nullish(),
    // The hub calls a provider while the client waits; it has nobody to ask for the answer later.
    background: z.literal(false, { error: 'is not supported by this hub: send false or omit it' }).nullish(),
  })
  .check(({ value, issues }) => {
    if (saysSomething(value)) return
    const message = value.input ? 'must not be empty' : 'is missing: it must be a string or an array'
    issues.push({ code: 'custom', path: ['input'], message, input: value.input })
  })

/** A prompt or an earlier answer kept at the provider may be all that there is to say. */
function saysSomething(request: {
  input?: unknown
  prompt?: unknown
  previous_response_id?: unknown
}): boolean {
  const { input, prompt, previous_response_id } = request
  if (prompt ?? previous_response_id) return true
  return Array.isArray(input) ? input.length > 0 : typeof input === 'string'
}

export type WireRequest = z.infer<typeof responsesRequest>
