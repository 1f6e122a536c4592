/**
 * Requests in OpenAI's Chat Completions, checked as OpenAI checks them:
 * https://platform.openai.com/docs/api-reference/chat/create
 */
import { z } from 'zod'
import type { OutputFormat, ToolChoice } from '../../chat/request.ts'
import { type Ask, countTokens } from './ask.ts'
import { sandboxModels, type SandboxModel } from './models.ts'
import { SandboxRefusal } from './refusal.ts'

const part = z.looseObject({ type: z.string(), text: z.string().optional() })
const content = z.union([z.string(), z.array(part)])
const toolCall = z.looseObject({
  id: z.string(),
  type: z.literal('function'),
  function: z.looseObject({ name: z.string(), arguments: z.string() }),
})

const message = z.discriminatedUnion('role', [
  z.looseObject({ role: z.literal(['system', 'developer', 'user']), content }),
  z.looseObject({
    role: z.literal('assistant'),
    content: content.nullish(),
    tool_calls: z.array(toolCall).nullish(),
  }),
  z.looseObject({ role: z.literal('tool'), content, tool_call_id: z.string() }),
])
type WireMessage = z.infer<typeof message>

const tool = z.looseObject({
  type: z.literal('function'),
  function: z.looseObject({
    name: z
      .string()
      .regex(/^[\w-]{1,64}$/, 'expected a name of at most 64 letters, digits, underscores and dashes'),
    description: z.string().optional(),
    parameters: z.record(z.string(), z.json()).optional(),
  }),
})

const responseFormat = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('text') }),
  z.looseObject({ type: z.literal('json_object') }),
  z.looseObject({
    type: z.literal('json_schema'),
    json_schema: z.looseObject({ name: z.string(), schema: z.record(z.string(), z.json()).optional() }),
  }),
])

const wireRequest = z.looseObject({
  model: z.string(),
  messages: z.array(message).min(1),
  tools: z.array(tool).nullish(),
  tool_choice: z
    .union([
      z.literal(['none', 'auto', 'required']),
      z.looseObject({ type: z.literal('function'), function: z.looseObject({ name: z.string() }) }),
    ])
    .nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  response_format: responseFormat.nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(4)]).nullish(),
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  n: z.int().min(1).max(128).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
})

/** @throws {SandboxRefusal} naming the field that is wrong. */
export function readAsk(body: unknown): Ask {
  const parsed = wireRequest.safeParse(body)
  if (!parsed.success) throw refusalOf(parsed.error, body)
  const request = parsed.data
  if (!isModel(request.model)) throw noSuchModel(request.model)
  if (request.stream_options && request.stream !== true) {
    throw invalid(
      `The 'stream_options' parameter is only allowed when 'stream' is enabled.`,
      'stream_options',
    )
  }
  checkToolMessages(request.messages)
  const lastUser = request.messages.findLast(({ role }) => role === 'user')
  const maxOutputTokens = request.max_completion_tokens ?? request.max_tokens
  const format = formatOf(request.response_format)
  return {
    model: request.model,
    prompt: textOf(lastUser?.content),
    files: filesIn(lastUser?.content),
    toolResults: lastToolResults(request.messages),
    tools: (request.tools ?? []).map(({ function: { name, parameters } }) => ({
      name,
      ...(parameters && { parameters }),
    })),
    toolChoice: toolChoiceOf(request.tool_choice),
    parallelToolCalls: request.parallel_tool_calls ?? true,
    ...(format && { format }),
    stop: [request.stop ?? []].flat(),
    ...(maxOutputTokens != null && { maxOutputTokens }),
    choices: request.n ?? 1,
    inputTokens: request.messages.reduce((sum, entry) => sum + countTokens(textOf(entry.content)) + 3, 3),
    stream: request.stream ?? false,
    streamUsage: request.stream_options?.include_usage ?? false,
  }
}

/** The refusal of a model that is not there. */
export function noSuchModel(model: string): SandboxRefusal {
  return new SandboxRefusal(404, {
    message: `The model \`${model}\` does not exist or you do not have access to it.`,
    type: 'invalid_request_error',
    param: 'model',
    code: 'model_not_found',
  })
}

function isModel(name: string): name is SandboxModel {
  return Object.hasOwn(sandboxModels, name)
}

/** Every call must be answered, at once, and nothing else may be answered. */
function checkToolMessages(messages: WireMessage[]): void {
  let open = new Set<string>()
  for (const [index, entry] of messages.entries()) {
    const field = `messages[${index}]`
    if (entry.role === 'tool') {
      if (!open.delete(entry.tool_call_id)) {
        throw invalid(
          `Invalid '${field}': 'tool' must be a response to a preceding message with 'tool_calls'.`,
          `${field}.role`,
        )
      }
      continue
    }
    if (open.size > 0) throw unanswered(open, field)
    open = new Set(entry.role === 'assistant' ? entry.tool_calls?.map(({ id }) => id) : [])
  }
  if (open.size > 0) throw unanswered(open, 'messages')
}

function unanswered(open: Set<string>, field: string): SandboxRefusal {
  const ids = [...open].join(', ')
  return invalid(
    `An assistant message with 'tool_calls' must be followed by tool messages responding to each: ${ids}.`,
    field,
  )
}

function lastToolResults(messages: WireMessage[]): string[] {
  const lastOther = messages.findLastIndex(({ role }) => role !== 'tool')
  return messages.slice(lastOther + 1).map((entry) => textOf(entry.content))
}

function toolChoiceOf(choice: z.infer<typeof wireRequest>['tool_choice']): ToolChoice {
  return typeof choice === 'object' && choice !== null ? { name: choice.function.name } : (choice ?? 'auto')
}

function formatOf(format: z.infer<typeof wireRequest>['response_format']): OutputFormat | undefined {
  switch (format?.type) {
    case 'json_object':
      return { type: 'json' }
    case 'json_schema': {
      const { name, schema } = format.json_schema
      return { type: 'json-schema', name, schema: schema ?? {} }
    }
    default:
      return undefined
  }
}

function textOf(value: z.infer<typeof content> | null | undefined): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : value.map(({ text }) => text ?? '').join('')
}

function filesIn(value: z.infer<typeof content> | null | undefined): number {
  return Array.isArray(value) ? value.filter(({ type }) => type !== 'text').length : 0
}

function refusalOf(error: z.ZodError, body: unknown): SandboxRefusal {
  if (typeof body !== 'object' || body === null) {
    return invalid('We could not parse the JSON body of your request.', undefined)
  }
  const issue = error.issues[0]
  const field = issue?.path.reduce<string>(
    (path, step) => (typeof step === 'number' ? `${path}[${step}]` : `${path}${path && '.'}${String(step)}`),
    '',
  )
  return invalid(`Invalid value for '${field}': ${issue?.message}.`, field)
}

function invalid(text: string, param: string | undefined): SandboxRefusal {
  return new SandboxRefusal(400, {
    message: text,
    type: 'invalid_request_error',
    code: 'invalid_value',
    ...(param !== undefined && { param }),
  })
}
