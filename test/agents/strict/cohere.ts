/** What Cohere refuses. https://docs.cohere.com/reference/chat */
import type { JsonObject } from '../../../src/chat/json.ts'
import { listIn, objectIn, textIn } from '../../../src/dialects/json-read.ts'
import type { Vendor } from '../vendors.ts'
import { demand } from './refusal.ts'
import { checkName, checkSchema } from './tools.ts'
import { words } from './words.ts'

const names = /^[a-zA-Z_][a-zA-Z0-9_]*$/

const fields = words(
  'model messages tools documents citation_options response_format safety_mode',
  'max_tokens stop_sequences temperature seed frequency_penalty presence_penalty k',
  'p logprobs tool_choice strict_tools stream thinking priority',
)
const members: Record<string, readonly string[]> = {
  system: ['role', 'content'],
  user: ['role', 'content'],
  assistant: ['role', 'content', 'tool_calls', 'tool_plan', 'citations'],
  tool: ['role', 'content', 'tool_call_id'],
}

/** @throws {Refusal} as Cohere would. */
export function checkCohere(body: JsonObject, { facts }: Vendor): void {
  for (const name of Object.keys(body))
    demand(fields.includes(name), `unknown field: parameter '${name}' is not a valid field`, { status: 422 })
  const limit = body.max_tokens
  demand(
    typeof limit !== 'number' || limit <= facts.outputTokens,
    `too many tokens: max tokens must be less than or equal to ${facts.outputTokens}.`,
  )
  demand(
    facts.efforts.length > 0 || body.thinking === undefined,
    'thinking is not supported with the specified model',
  )
  for (const tool of listIn(body.tools)) {
    const { name, parameters } = objectIn(objectIn(tool)?.function) ?? {}
    checkName(name, 'tools.function.name', names)
    checkSchema(parameters, textIn(name) ?? '')
  }
  let open: string[] = []
  for (const message of listIn(body.messages).map((one) => objectIn(one) ?? {})) {
    checkMessage(message, facts.sees)
    if (message.role === 'tool') {
      demand(open.includes(textIn(message.tool_call_id) ?? ''), 'tool_call_id does not match any tool call.')
      open = open.filter((id) => id !== message.tool_call_id)
    } else {
      demand(open.length === 0, `all tool calls must be answered by tool messages: ${open.join()}`)
      open = listIn(message.tool_calls).map((call) => textIn(objectIn(call)?.id) ?? '')
    }
  }
}

function checkMessage(message: JsonObject, sees: boolean): void {
  const role = textIn(message.role) ?? ''
  const known = members[role]
  demand(known !== undefined, `invalid role '${role}' provided.`)
  for (const name of Object.keys(message))
    demand(
      known?.includes(name) === true,
      `unknown field: parameter 'messages.${name}' is not a valid field`,
      {
        status: 422,
      },
    )
  for (const call of listIn(message.tool_calls))
    checkName(objectIn(objectIn(call)?.function)?.name, 'messages.tool_calls.function.name', names)
  const parts = listIn(message.content).map((part) => textIn(objectIn(part)?.type))
  demand(sees || !parts.includes('image_url'), 'image content is not supported with the specified model')
  demand(
    message.content !== '' || message.tool_calls !== undefined || role === 'tool',
    'all elements in history must have a message.',
  )
}
