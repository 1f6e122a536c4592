/** What vendors of the Messages API refuse. https://platform.claude.com/docs/en/api/messages */
import type { Json, JsonObject } from '../../../src/chat/json.ts'
import { listIn, objectIn, textIn } from '../../../src/dialects/json-read.ts'
import { sealOf } from '../seal.ts'
import type { Vendor } from '../vendors.ts'
import { demand } from './refusal.ts'
import { checkName, checkSchema } from './tools.ts'
import { words } from './words.ts'

const names = /^[a-zA-Z0-9_-]{1,128}$/

const fields = words(
  'model max_tokens messages system tools tool_choice stream stop_sequences',
  'temperature top_p top_k thinking metadata service_tier output_config',
  'context_management',
)
/** Fields that Anthropic alone takes, not those who copy its dialect. */
const anthropicFields = ['cache_control', 'container', 'speed', 'diagnostics']

const blocks: Record<string, readonly string[]> = {
  user: ['text', 'image', 'document', 'tool_result'],
  assistant: ['text', 'thinking', 'redacted_thinking', 'tool_use'],
  system: ['text'],
}

/** @throws {Refusal} as the vendor would. */
export function checkMessages(body: JsonObject, vendor: Vendor, account: string): void {
  const isAnthropic = vendor.id === 'anthropic'
  for (const name of Object.keys(body))
    demand(
      fields.includes(name) || (isAnthropic && anthropicFields.includes(name)),
      `${name}: Extra inputs are not permitted`,
    )
  checkSettings(body, vendor)
  for (const [index, tool] of listIn(body.tools).entries()) {
    const { name, input_schema: schema, type } = objectIn(tool) ?? {}
    if (type !== undefined && type !== 'custom') continue
    checkName(name, `tools.${index}.custom.name`, names)
    checkSchema(schema, textIn(name) ?? '')
  }
  const messages = listIn(body.messages).map((message) => objectIn(message) ?? {})
  demand(messages[0]?.role === 'user', 'messages: first message must use the "user" role')
  messages.forEach((message, index) => checkMessage(message, `messages.${index}`, vendor, account))
  checkPairs(messages)
  demand(
    messages.at(-1)?.role !== 'assistant',
    'This model does not support assistant message prefill. The conversation must end with a user message.',
  )
  const marks = JSON.stringify(body).split('"cache_control":{').length - 1
  demand(marks <= 4, `A maximum of 4 blocks with cache_control may be provided. Found ${marks}.`)
}

function checkSettings(body: JsonObject, { facts, model }: Vendor): void {
  const limit = body.max_tokens
  demand(typeof limit === 'number', 'max_tokens: Field required')
  demand(
    Number(limit) <= facts.outputTokens,
    `max_tokens: ${Number(limit)} > ${facts.outputTokens}, which is the maximum allowed number of output tokens for ${model}`,
  )
  const thinking = objectIn(body.thinking)
  const type = textIn(thinking?.type)
  if (type === 'enabled') {
    const budget = Number(thinking?.budget_tokens)
    demand(budget >= 1024, 'thinking.enabled.budget_tokens: Input should be greater than or equal to 1024')
    demand(budget < Number(limit), '`max_tokens` must be greater than `thinking.budget_tokens`.')
    demand(
      !facts.modern,
      '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive".',
    )
  }
  if (type === 'adaptive')
    demand(facts.efforts.length > 0, 'adaptive thinking is not supported on this model')
  const effort = textIn(objectIn(body.output_config)?.effort)
  demand(
    effort === undefined || facts.efforts.includes(effort),
    `This model does not support the effort parameter '${effort}'.`,
  )
  if (facts.noSampling)
    for (const name of ['temperature', 'top_p', 'top_k'])
      demand(
        body[name] === undefined || (name === 'temperature' && body[name] === 1),
        `\`${name}\` is deprecated for this model.`,
      )
  if (type === 'enabled' && body.temperature !== undefined)
    demand(body.temperature === 1, '`temperature` may only be set to 1 when thinking is enabled.')
}

function checkMessage(message: JsonObject, place: string, { id, facts }: Vendor, account: string): void {
  const role = textIn(message.role) ?? ''
  // Others who copy the dialect serve Claude Code, which writes them for every new model.
  const takesSystem = facts.modern === true || id !== 'anthropic'
  const roles = ['user', 'assistant', ...(takesSystem ? ['system'] : [])]
  demand(roles.includes(role), `${place}.role: Unexpected role "${role}".`)
  if (typeof message.content === 'string') {
    demand(message.content.trim() !== '', `${place}: text content blocks must contain non-whitespace text`)
    return
  }
  demand(listIn(message.content).length > 0, `${place}: content must be non-empty`)
  for (const block of listIn(message.content).map((one) => objectIn(one) ?? {})) {
    const type = textIn(block.type) ?? ''
    demand(blocks[role]?.includes(type) === true, `${place}.content: Input tag '${type}' is not expected.`)
    checkBlock(block, place, account)
  }
}

function checkBlock(block: JsonObject, place: string, account: string): void {
  const at = `${place}.content`
  if (block.type === 'text')
    demand((textIn(block.text) ?? '').trim() !== '', `${at}: text content blocks must be non-empty`)
  if (block.type === 'thinking')
    demand(block.signature === sealOf(account), `${at}: Invalid \`signature\` in \`thinking\` block`)
  if (block.type === 'redacted_thinking')
    demand(false, `${at}: Invalid \`data\` in \`redacted_thinking\` block`)
  if (block.type === 'tool_use') {
    checkName(block.name, `${at}.tool_use.name`, names)
    demand(/^[a-zA-Z0-9_-]+$/.test(textIn(block.id) ?? ''), `${at}.tool_use.id: invalid`)
    demand(objectIn(block.input) !== undefined, `${at}.tool_use.input: Input should be an object`)
  }
  if (block.type === 'tool_result')
    for (const part of listIn(block.content).map((one) => objectIn(one) ?? {}))
      demand(
        part.type !== 'text' || textIn(part.text) !== undefined,
        `${at}.tool_result: text content blocks must be non-empty`,
      )
}

/** All results of a turn are in the next message, before anything else. */
function checkPairs(messages: JsonObject[]): void {
  messages.forEach(({ role, content }, index) => {
    const next = messages[index + 1]
    if (role === 'assistant') {
      const results = idsOf(next?.content, 'tool_result', 'tool_use_id')
      for (const id of idsOf(content, 'tool_use', 'id'))
        demand(
          results.includes(id),
          `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${id}.`,
        )
    }
    const calls = idsOf(messages[index - 1]?.content, 'tool_use', 'id')
    for (const id of idsOf(content, 'tool_result', 'tool_use_id'))
      demand(
        calls.includes(id),
        `messages.${index}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}.`,
      )
    const types = listIn(content).map((block) => objectIn(block)?.type)
    demand(
      types.lastIndexOf('tool_result') < types.findIndex((type) => type !== 'tool_result') ||
        !types.includes('tool_result') ||
        types.every((type) => type === 'tool_result'),
      `messages.${index}: \`tool_result\` blocks must come first.`,
    )
  })
}

function idsOf(content: Json | undefined, type: string, member: string): string[] {
  return listIn(content)
    .map((block) => objectIn(block) ?? {})
    .filter((block) => block.type === type)
    .map((block) => textIn(block[member]) ?? '')
}
