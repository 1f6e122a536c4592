/** What vendors of Chat Completions refuse. https://platform.openai.com/docs/api-reference/chat */
import type { Json, JsonObject } from '../../../src/chat/json.ts'
import { listIn, objectIn, textIn } from '../../../src/dialects/json-read.ts'
import type { Vendor } from '../vendors.ts'
import { type ChatRules, sharedFields } from './chat-rules.ts'
import { demand, Refusal } from './refusal.ts'
import { refusesSampling } from './sampling.ts'
import { checkName, checkSchema } from './tools.ts'

const names = /^[a-zA-Z0-9_-]{1,64}$/

/** @throws {Refusal} as the vendor would. */
export function checkChat(body: JsonObject, vendor: Vendor): void {
  const { chat: rules } = vendor
  checkFields(body, rules)
  checkSettings(body, vendor)
  for (const [index, tool] of listIn(body.tools).entries()) {
    const place = `tools[${index}].function.name`
    demand(objectIn(tool)?.type === 'function', `Invalid value for 'tools[${index}].type'.`)
    const called = objectIn(objectIn(tool)?.function) ?? {}
    checkName(called.name, place, names)
    if (!rules.lenient) checkMembers(called, ['name', 'description', 'parameters', 'strict'], place, rules)
    if (called.parameters !== undefined) checkSchema(called.parameters, textIn(called.name) ?? '')
  }
  const messages = listIn(body.messages).map((message) => objectIn(message) ?? {})
  demand(messages.length > 0, "Invalid 'messages': empty array.")
  messages.forEach((message, index) => checkMessage(message, `messages[${index}]`, vendor))
  checkOrder(messages, rules)
  if (rules.noUserAfterTool)
    demand(
      messages.at(-1)?.role !== 'assistant',
      'Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant',
    )
  checkPairs(messages)
}

function checkFields(body: JsonObject, { fields, refuses = [], unknownField }: ChatRules): void {
  const known: readonly string[] = fields ? [...sharedFields, ...fields] : Object.keys(body)
  for (const name of Object.keys(body)) {
    if (known.includes(name) && !refuses.includes(name)) continue
    const { status = 400, message } = unknownField(name)
    throw new Refusal(message, { status })
  }
}

function checkSettings(body: JsonObject, { facts, model, chat: rules }: Vendor): void {
  const limit = body.max_completion_tokens ?? body.max_tokens
  if (typeof limit === 'number') {
    demand(limit >= 1, `max_tokens must be at least 1, got ${limit}.`)
    demand(
      limit <= facts.outputTokens,
      `max_tokens is too large: ${limit}. This model supports at most ${facts.outputTokens} completion tokens.`,
    )
  }
  const effort = textIn(body.reasoning_effort)
  if (effort !== undefined)
    demand(
      facts.efforts.includes(effort),
      `Unsupported value: 'reasoning_effort' does not support '${effort}' with this model.`,
      { code: 'unsupported_value' },
    )
  if (facts.noEffortWithTools && effort !== undefined && effort !== 'none' && body.tools !== undefined)
    throw new Refusal(
      `Function tools with reasoning_effort are not supported for ${model} in /v1/chat/completions. Please use /v1/responses instead.`,
    )
  if (facts.noSampling) demand(body.max_tokens === undefined, "Unsupported parameter: 'max_tokens'.")
  if (refusesSampling(facts, effort))
    for (const name of ['temperature', 'top_p'])
      demand(body[name] === undefined, `Unsupported parameter: '${name}' is not supported with this model.`)
  demand(
    (textIn(body.user) ?? '').length <= (rules.longestUser ?? 64),
    "Invalid 'user': string too long. Expected a string with maximum length 64.",
    { code: 'string_above_max_length' },
  )
  demand(listIn(body.stop).length <= 4, "Invalid 'stop': array too long.")
  if (rules.singleCalls && body.tools !== undefined)
    demand(body.parallel_tool_calls === false, 'This model only supports single tool-calls at once!')
  if (rules.noJsonSchema)
    demand(
      objectIn(body.response_format)?.type !== 'json_schema',
      'This response_format type is unavailable now',
    )
}

function checkMessage(message: JsonObject, place: string, { chat: rules, facts }: Vendor): void {
  const role = textIn(message.role) ?? ''
  const roles = ['system', 'user', 'assistant', 'tool', ...(rules.takesDeveloper ? ['developer'] : [])]
  demand(roles.includes(role), `Invalid value: '${role}' at '${place}.role'.`, { status: 422 })
  if (!rules.lenient) {
    const own =
      role === 'assistant'
        ? ['tool_calls', ...(rules.assistant ?? [])]
        : role === 'tool'
          ? ['tool_call_id']
          : []
    const shared = ['role', 'content', ...(rules.takesNames ? ['name'] : [])]
    checkMembers(message, [...shared, ...own], place, rules)
    if (!rules.takesNull)
      for (const [name, value] of Object.entries(message))
        demand(
          name === 'content' || (value !== null && !(Array.isArray(value) && value.length === 0)),
          `'${place}.${name}' must not be null or empty.`,
          { status: 422 },
        )
  }
  checkContent(message, place, facts.sees, rules)
  for (const call of listIn(message.tool_calls)) checkCall(call, place, rules)
  if (role === 'assistant') {
    demand(
      message.tool_calls !== undefined || (message.content !== null && message.content !== ''),
      `Assistant message must have either content or tool_calls, but not none (${place}).`,
    )
    if (rules.needsThoughts && message.tool_calls !== undefined)
      demand(
        typeof message.reasoning_content === 'string',
        'The `reasoning_content` in the thinking mode must be passed back to the API.',
      )
  }
}

function checkMembers(object: JsonObject, known: readonly string[], place: string, rules: ChatRules): void {
  for (const name of Object.keys(object)) {
    if (known.includes(name)) continue
    const { status = 400, message } = rules.unknownField(`${place}.${name}`)
    throw new Refusal(message, { status })
  }
}

function checkContent(message: JsonObject, place: string, sees: boolean, rules: ChatRules): void {
  const { content, role } = message
  if (!Array.isArray(content)) {
    demand(role === 'assistant' || typeof content === 'string', `Invalid '${place}.content': not a string.`)
    return
  }
  demand(content.length > 0, `Invalid '${place}.content': empty array.`)
  for (const part of content.map((one) => objectIn(one) ?? {})) {
    const isImage = part.type === 'image_url'
    demand(part.type === 'text' || isImage || part.type === 'thinking', `Invalid part in '${place}.content'.`)
    demand(!isImage || (sees && role === 'user'), `${place}: the model does not support image input.`)
    if (!rules.lenient)
      checkMembers(part, ['type', 'text', 'image_url', 'thinking'], `${place}.content`, rules)
  }
}

function checkCall(
  call: Json,
  place: string,
  { callIds, needsSignature, lenient, ...rules }: ChatRules,
): void {
  const { id, function: called, extra_content: extra, ...rest } = objectIn(call) ?? {}
  const { name, arguments: text } = objectIn(called) ?? {}
  checkName(name, `${place}.tool_calls.function.name`, names)
  demand((textIn(id) ?? '').length <= 40, `Invalid '${place}.tool_calls.id': string too long.`)
  if (callIds)
    demand(
      callIds.test(textIn(id) ?? ''),
      `Tool call id was ${textIn(id)} but must be a-z, A-Z, 0-9, with a length of 9.`,
      { code: '3280' },
    )
  demand(isJson(text), `${place}.tool_calls: arguments are not valid JSON.`)
  if (needsSignature)
    demand(
      objectIn(objectIn(extra)?.google)?.thought_signature !== undefined,
      'Function call is missing a thought_signature in functionCall parts.',
    )
  else if (!lenient) {
    demand(extra === undefined, rules.unknownField('tool_calls.extra_content').message)
    checkMembers(rest, ['type', 'index'], `${place}.tool_calls`, { ...rules })
  }
}

function isJson(text: Json | undefined): boolean {
  try {
    JSON.parse(textIn(text) ?? '')
    return true
  } catch {
    return false
  }
}

function checkOrder(messages: JsonObject[], rules: ChatRules): void {
  messages.forEach(({ role }, index) => {
    if (!rules.systemAnywhere && role === 'system')
      demand(index === 0, 'System message must be at the beginning.')
    const before = messages[index - 1]?.role
    if (rules.noUserAfterTool && before === 'tool')
      demand(role === 'tool' || role === 'assistant', `Unexpected role '${textIn(role)}' after role 'tool'`, {
        code: '3230',
      })
  })
}

/** Each call has its result directly after it, and each result its call directly before it. */
function checkPairs(messages: JsonObject[]): void {
  let open: string[] = []
  for (const message of messages) {
    if (message.role === 'tool') {
      const id = textIn(message.tool_call_id) ?? ''
      demand(
        open.includes(id),
        "Invalid parameter: messages with role 'tool' must be a response to a preceding message with 'tool_calls'.",
      )
      open = open.filter((one) => one !== id)
      continue
    }
    demand(
      open.length === 0,
      `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id': ${open.join()}`,
    )
    open = listIn(message.tool_calls).map((call) => textIn(objectIn(call)?.id) ?? '')
  }
  demand(open.length === 0, `The following tool_call_ids did not have response messages: ${open.join()}`)
}
