/**
 * What vendors of the Responses API refuse.
 * https://platform.openai.com/docs/api-reference/responses
 */
import type { JsonObject } from '../../../src/chat/json.ts'
import { listIn, objectIn, textIn } from '../../../src/dialects/json-read.ts'
import { sealOf } from '../seal.ts'
import type { Vendor } from '../vendors.ts'
import { demand } from './refusal.ts'
import { refusesSampling } from './sampling.ts'
import { checkName, checkSchema } from './tools.ts'
import { words } from './words.ts'

const names = /^[a-zA-Z0-9_-]{1,64}$/

const fields = words(
  'model input instructions max_output_tokens temperature top_p tools tool_choice',
  'parallel_tool_calls text reasoning include store stream metadata truncation',
  'user prompt_cache_key safety_identifier service_tier previous_response_id',
  'top_logprobs context_management prompt_cache_retention stream_options max_tool_calls',
  // Codex sends it to every provider.
  'client_metadata',
)
/** Kinds of tools that OpenAI alone has. */
const openaiTools = ['custom', 'namespace', 'local_shell', 'tool_search', 'image_generation', 'apply_patch']

/** @throws {Refusal} as the vendor would. */
export function checkResponses(body: JsonObject, vendor: Vendor, account: string): void {
  const isOpenai = vendor.id === 'openai'
  for (const name of Object.keys(body))
    demand(fields.includes(name), `Unknown parameter: '${name}'.`, { code: 'unknown_parameter' })
  checkSettings(body, vendor)
  listIn(body.tools).forEach((tool, index) => checkTool(objectIn(tool) ?? {}, `tools[${index}]`, isOpenai))
  const items = listIn(body.input).map((item) => objectIn(item) ?? {})
  demand(typeof body.input === 'string' || items.length > 0, "Missing required parameter: 'input'.")
  items.forEach((item, index) => checkItem(item, `input[${index}]`, isOpenai, account, vendor))
  checkPairs(items)
}

function checkSettings(body: JsonObject, { facts }: Vendor): void {
  const limit = body.max_output_tokens
  if (typeof limit === 'number') {
    demand(limit >= 16, "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16.")
    demand(limit <= facts.outputTokens, `max_output_tokens is too large: ${limit}.`)
  }
  const effort = textIn(objectIn(body.reasoning)?.effort)
  if (facts.efforts.length === 0) {
    demand(
      effort === undefined,
      "Unsupported parameter: 'reasoning.effort' is not supported with this model.",
    )
    demand(
      !listIn(body.include).includes('reasoning.encrypted_content'),
      'Encrypted content is not supported with this model.',
    )
  } else
    demand(
      effort === undefined ||
        facts.efforts.includes(effort) ||
        (effort === 'none' && facts.noneInResponses === true),
      `Unsupported value: '${effort}' is not supported with this model.`,
    )
  if (refusesSampling(facts, effort))
    for (const name of ['temperature', 'top_p'])
      demand(body[name] === undefined, `Unsupported parameter: '${name}' is not supported with this model.`)
  demand((textIn(body.user) ?? '').length <= 64, "Invalid 'user': string too long.", {
    code: 'string_above_max_length',
  })
}

function checkTool(tool: JsonObject, place: string, isOpenai: boolean): void {
  const type = textIn(tool.type) ?? ''
  if (type === 'namespace' && isOpenai) {
    for (const inner of listIn(tool.tools)) checkTool(objectIn(inner) ?? {}, place, isOpenai)
    return
  }
  if (type !== 'function') {
    demand(
      type === 'web_search' || (isOpenai && openaiTools.includes(type)),
      `Invalid value: '${type}' at ${place}.`,
    )
    return
  }
  checkName(tool.name, `${place}.name`, names)
  checkSchema(tool.parameters, textIn(tool.name) ?? '')
}

/** The letters with which ids of items begin. */
const prefixes: Record<string, string> = {
  message: 'msg',
  function_call: 'fc',
  reasoning: 'rs',
  custom_tool_call: 'ctc',
}

function checkItem(
  item: JsonObject,
  place: string,
  isOpenai: boolean,
  account: string,
  { facts }: Vendor,
): void {
  const type = textIn(item.type) ?? 'message'
  const known = ['message', 'function_call', 'function_call_output', 'reasoning']
  const own = words(
    'custom_tool_call custom_tool_call_output additional_tools tool_search_call',
    'tool_search_output local_shell_call local_shell_call_output compaction',
  )
  demand(known.includes(type) || (isOpenai && own.includes(type)), `Invalid value: '${type}' at '${place}'.`)
  const id = textIn(item.id)
  const prefix = prefixes[type]
  if (id !== undefined && prefix !== undefined)
    demand(
      id.startsWith(prefix),
      `Invalid '${place}.id': '${id}'. Expected an ID that begins with '${prefix}'.`,
    )
  demand((textIn(item.call_id) ?? '').length <= 64, `Invalid '${place}.call_id': string too long.`)
  if (type === 'function_call') {
    checkName(item.name, `${place}.name`, names)
    demand(typeof item.arguments === 'string', `Invalid '${place}.arguments': expected a string.`)
    demand(isOpenai || item.namespace === undefined, `Unknown parameter: '${place}.namespace'.`)
  }
  if (type === 'reasoning') checkReasoning(item, place, account)
  for (const part of [...listIn(item.content), ...listIn(item.output)])
    checkPart(objectIn(part) ?? {}, type, textIn(item.role), place, facts.sees)
}

function checkReasoning(item: JsonObject, place: string, account: string): void {
  demand(Array.isArray(item.summary), `Missing required parameter: '${place}.summary'.`)
  const sealed = textIn(item.encrypted_content)
  demand(
    sealed === undefined || sealed === sealOf(account),
    'The encrypted content could not be verified. Reason: Encrypted content organization_id did not match the target organization.',
    { code: 'invalid_encrypted_content' },
  )
}

function checkPart(
  part: JsonObject,
  type: string,
  role: string | undefined,
  place: string,
  sees: boolean,
): void {
  const wanted =
    type === 'reasoning'
      ? ['reasoning_text']
      : role === 'assistant'
        ? ['output_text', 'refusal']
        : ['input_text', 'input_image', 'input_file']
  demand(
    wanted.includes(textIn(part.type) ?? ''),
    `Invalid value: '${textIn(part.type)}' in '${place}'. Supported values are: ${wanted.join(', ')}.`,
  )
  demand(sees || part.type !== 'input_image', 'This model does not support image inputs.')
}

/** Each call has its output, and each output its call; a thought is followed by what it led to. */
function checkPairs(items: JsonObject[]): void {
  const idsOf = (type: RegExp): string[] =>
    items.filter((item) => type.test(textIn(item.type) ?? '')).map((item) => textIn(item.call_id) ?? '')
  const calls = idsOf(/_call$/)
  const outputs = idsOf(/_output$/)
  for (const id of calls) demand(outputs.includes(id), `No tool output found for function call ${id}.`)
  for (const id of outputs)
    demand(calls.includes(id), `No tool call found for function call output with call_id ${id}.`)
  items.forEach((item, index) => {
    if (item.type !== 'reasoning') return
    const next = items[index + 1]
    const follows =
      next &&
      (next.type === 'reasoning' || next.role === 'assistant' || (textIn(next.type) ?? '').endsWith('_call'))
    demand(
      follows === true,
      `Item '${textIn(item.id)}' of type 'reasoning' was provided without its required following item.`,
    )
  })
}
