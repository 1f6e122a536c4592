/**
 * How a provider departs from the dialect, done to the body that it is sent. Every step takes a
 * body and gives one, and leaves what it was given as it was: the body may be the client's own.
 */
import { isJsonObject, type Json, type JsonObject } from '../../chat/json.ts'
import type { ModelFacts } from '../../chat/model.ts'
import type { Quirks } from '../dialect.ts'
import { takesSampling } from '../effort.ts'
import { listIn, objectIn, textIn } from '../json-read.ts'
import { withoutMarks } from '../openai-chat/opaque.ts'
import { placeReasoning } from '../openai-chat/reasoning.ts'
import { shortId } from './short-id.ts'

/** The body as this provider wants it, and the client's fields that had to be left out. */
export function applyQuirks(body: JsonObject, quirks: Quirks): { body: JsonObject; dropped: string[] } {
  const dropped: string[] = []
  const adapted = { ...body }
  if (quirks.noStreamOptions) delete adapted.stream_options
  if (quirks.outputLimit) nameOutputLimit(adapted, quirks.outputLimit)
  if (quirks.requiredToolChoice && adapted.tool_choice === 'required')
    adapted.tool_choice = quirks.requiredToolChoice
  describeFormat(adapted, quirks, dropped)
  if (quirks.singleToolCalls && listIn(adapted.tools).length > 0) adapted.parallel_tool_calls = false
  for (const field of quirks.refuses ?? []) {
    // Null is what absent looks like from some SDKs: it goes without saying.
    if (adapted[field] !== undefined && adapted[field] !== null) dropped.push(field)
    delete adapted[field]
  }
  for (const [name, theirs] of Object.entries(quirks.renames ?? {})) {
    const value = adapted[name]
    if (value !== undefined) adapted[theirs] = value
    delete adapted[name]
  }
  adapted.messages = listIn(adapted.messages).map((message) => adaptMessage(message, quirks))
  return { body: adapted, dropped }
}

/** What models that reason refuse, even where it says what they do anyway. */
const samplingFields = [
  'temperature',
  'top_p',
  'presence_penalty',
  'frequency_penalty',
  'logit_bias',
  'logprobs',
  'top_logprobs',
]

/**
 * The fields that this model answers with an error, as far as is known: leaving them out changes
 * little, and is told.
 */
export function refusedByModel(facts: ModelFacts | undefined, body: JsonObject): string[] {
  const samples = takesSampling(textIn(body.model) ?? '', facts, body.reasoning_effort)
  return [...(samples ? [] : samplingFields), ...(facts?.reasoning === false ? ['reasoning_effort'] : [])]
}

function nameOutputLimit(body: JsonObject, name: NonNullable<Quirks['outputLimit']>): void {
  const other = name === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens'
  // Where a client sends both, the one that is known here stands.
  const limit = body[name] ?? body[other]
  delete body[other]
  if (limit !== undefined) body[name] = limit
}

/**
 * Says the form of an answer in words, where the provider has no field for it, or none beside
 * tools.
 */
function describeFormat(body: JsonObject, quirks: Quirks, dropped: string[]): void {
  const format = objectIn(body.response_format)
  const type = textIn(format?.type) ?? 'text'
  const isRefused = quirks.noFormatWithTools === true && listIn(body.tools).length > 0 && type !== 'text'
  if (!isRefused && !(quirks.noJsonSchema && type === 'json_schema')) return
  const schema = type === 'json_schema' && JSON.stringify(objectIn(format?.json_schema)?.schema ?? {})
  const conforming = schema ? ` that conforms to this JSON Schema:\n${schema}` : ''
  // A model that may call tools is not to be kept from it.
  const text = `${isRefused ? 'When you answer, answer' : 'Answer'} with a JSON object${conforming}`
  body.messages = instruct(listIn(body.messages), text)
  dropped.push(schema ? 'response_format.json_schema' : 'response_format')
  if (isRefused) delete body.response_format
  else body.response_format = { type: 'json_object' }
}

/**
 * Words at the end of the first instruction. Without the schema in them the model would not know
 * the fields that are wanted, and DeepSeek refuses `json_object` where no message says "JSON".
 */
function instruct(messages: Json[], text: string): Json[] {
  const first = objectIn(messages[0])
  const instruction =
    first?.role === 'system' || first?.role === 'developer' ? textIn(first.content) : undefined
  if (instruction === undefined) return [{ role: 'system', content: text }, ...messages]
  return [{ ...first, content: `${instruction}\n\n${text}` }, ...messages.slice(1)]
}

function adaptMessage(message: Json, quirks: Quirks): Json {
  if (!isJsonObject(message)) return message
  let adapted = message
  if (quirks.systemRole && message.role === 'developer') adapted = { ...adapted, role: 'system' }
  // The legacy role `function` needs its name; elsewhere it is a nicety.
  if (quirks.noMessageName && message.name !== undefined && message.role !== 'function') {
    const { name: _name, ...nameless } = adapted
    adapted = nameless
  }
  if (message.role === 'tool') adapted = withoutMarks(adapted)
  if (message.role === 'assistant') {
    adapted = withoutMarks(adapted)
    if (quirks.noAnnotations) adapted = withoutAnnotations(adapted)
    if (quirks.reasoningField) adapted = placeReasoning(adapted, quirks.reasoningField)
  }
  return quirks.shortToolCallIds ? shortenIds(adapted) : adapted
}

/** Clients send back the sources of an answer, some of them as an empty list. */
function withoutAnnotations(message: JsonObject): JsonObject {
  if (message.annotations === undefined) return message
  const { annotations: _annotations, ...bare } = message
  return bare
}

function shortenIds(message: JsonObject): JsonObject {
  const shortened = { ...message }
  const resultOf = textIn(message.tool_call_id)
  if (resultOf !== undefined) shortened.tool_call_id = shortId(resultOf)
  if (Array.isArray(message.tool_calls)) shortened.tool_calls = message.tool_calls.map(shortenCall)
  return shortened
}

function shortenCall(call: Json): Json {
  const id = textIn(objectIn(call)?.id)
  return isJsonObject(call) && id !== undefined ? { ...call, id: shortId(id) } : call
}
