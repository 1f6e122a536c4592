/** A Responses request as the canonical one. */
import { isJsonObject } from '../../chat/json.ts'
import type { ChatRequest, Message, OutputFormat, Tool, ToolChoice } from '../../chat/request.ts'
import { validationError } from '../../http/validation.ts'
import { compact, listIn } from '../read.ts'
import { readItems, textPart } from './read-items.ts'
import { responsesRequest, type WireRequest } from './wire.ts'

/** What a client puts into `include` where it wants log probabilities. */
export const includeLogprobs = 'message.output_text.logprobs'

/** @throws {HubError} VALIDATION_ERROR naming the field that is wrong. */
export function readRequest(body: unknown): ChatRequest {
  const parsed = responsesRequest.safeParse(body)
  if (!parsed.success || !isJsonObject(body)) throw validationError(parsed.error ?? { issues: [] })
  const wire = parsed.data
  return compact({
    model: wire.model ?? '',
    messages: readMessages(wire, body),
    tools: readTools(wire),
    toolChoice: readToolChoice(wire.tool_choice),
    parallelToolCalls: wire.parallel_tool_calls ?? undefined,
    format: readFormat(wire.text?.format),
    reasoning: typeof wire.reasoning?.effort === 'string' ? { effort: wire.reasoning.effort } : undefined,
    sampling: compact({ temperature: wire.temperature ?? undefined, topP: wire.top_p ?? undefined }),
    maxOutputTokens: wire.max_output_tokens ?? undefined,
    logprobs: readLogprobs(wire),
    user: wire.user ?? wire.safety_identifier ?? undefined,
    previousResponseId: wire.previous_response_id ?? undefined,
    stream: wire.stream ?? false,
    // Usage is in the last event, asked or not.
    streamUsage: true,
    origin: { dialect: 'openai-responses' as const, body },
  })
}

function readMessages({ instructions, input }: WireRequest, body: { input?: unknown }): Message[] {
  const system: Message[] = instructions ? [{ role: 'system', content: textPart(instructions) }] : []
  if (typeof input === 'string') return [...system, { role: 'user', content: textPart(input) }]
  return [...system, ...readItems(input ?? [], listIn(Array.isArray(body.input) ? body.input : []))]
}

/** The function tools. Where the choice allows only some, a model that never hears of the others is what is meant. */
function readTools({ tools, tool_choice: choice }: WireRequest): Tool[] {
  const isRestricted = typeof choice === 'object' && choice?.type === 'allowed_tools'
  const allowed = isRestricted ? choice.tools.map(({ name }) => name) : undefined
  return (tools ?? [])
    .filter((tool) => tool.type === 'function')
    .filter(({ name }) => !allowed || allowed.includes(name))
    .map(({ name, description, parameters, strict }) =>
      compact({
        name,
        description: description ?? undefined,
        parameters: parameters ?? undefined,
        strict: strict ?? undefined,
      }),
    )
}

function readToolChoice(choice: WireRequest['tool_choice']): ToolChoice | undefined {
  if (typeof choice === 'string') return choice
  switch (choice?.type) {
    case 'function':
      return { name: choice.name }
    case 'allowed_tools':
      return choice.mode
    case 'unknown':
    case undefined:
      return undefined
  }
}

function readFormat(format: NonNullable<WireRequest['text']>['format']): OutputFormat | undefined {
  if (format?.type === 'json_object') return { type: 'json' }
  if (format?.type !== 'json_schema') return undefined
  const { name, schema, description, strict } = format
  return compact({
    type: 'json-schema' as const,
    name,
    schema,
    description: description ?? undefined,
    strict: strict ?? undefined,
  })
}

function readLogprobs({ include, top_logprobs: alternatives }: WireRequest): ChatRequest['logprobs'] {
  const wanted = include?.includes(includeLogprobs) || Boolean(alternatives)
  return wanted ? { alternatives: alternatives ?? 0 } : undefined
}
