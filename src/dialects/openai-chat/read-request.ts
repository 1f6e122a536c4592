/** A Chat request as the canonical one. */
import { isJsonObject, type Json, type JsonObject } from '../../chat/json.ts'
import type {
  ChatRequest,
  Loss,
  OutputFormat,
  ReasoningOptions,
  Sampling,
  Tool,
  ToolChoice,
} from '../../chat/request.ts'
import { validationError } from '../../http/validation.ts'
import { smallestLimit } from '../output-limits.ts'
import { readClientTool } from '../openai-responses/client-tools.ts'
import { readMark } from '../cache-marks.ts'
import { compact, objectIn, textIn } from '../json-read.ts'
import { unreadFields, unreadIn } from '../skipped-parts.ts'
import { readSearchFields } from '../web-search.ts'
import { readMessages } from './read-messages.ts'
import { chatRequest, type WireFunction, type WireRequest } from './wire.ts'

/** @throws {HubError} VALIDATION_ERROR naming the field that is wrong. */
export function readRequest(body: unknown): ChatRequest {
  const parsed = chatRequest.safeParse(body)
  if (!parsed.success || !isJsonObject(body)) throw validationError(parsed.error ?? { issues: [] })
  const wire = parsed.data
  const messages = readMessages(wire.messages)
  const tools = readTools(wire)
  const toolChoice = readToolChoice(wire)
  const search = readSearchFields(body)
  return compact({
    model: wire.model ?? '',
    messages,
    tools,
    toolChoice,
    parallelToolCalls: wire.parallel_tool_calls ?? undefined,
    format: readFormat(wire.response_format),
    reasoning: readReasoning(wire),
    sampling: readSampling(wire),
    stop: typeof wire.stop === 'string' ? [wire.stop] : (wire.stop ?? undefined),
    maxOutputTokens: smallestLimit(wire.max_completion_tokens) ?? smallestLimit(wire.max_tokens),
    choices: smallestLimit(wire.n),
    logprobs: wire.logprobs ? { alternatives: wire.top_logprobs ?? 0 } : undefined,
    user: wire.user ?? wire.safety_identifier ?? undefined,
    stream: wire.stream ?? false,
    streamUsage: wire.stream_options?.include_usage ?? false,
    search,
    losses: lossesOf(wire, body, search?.paths),
    origin: { dialect: 'openai-chat' as const, body },
  })
}

/**
 * The tools that the client runs. Where the choice allows only some, a model that never hears of
 * the others is what is meant.
 */
function readTools(wire: WireRequest): Tool[] {
  const current = (wire.tools ?? []).flatMap((tool): Tool[] => {
    if (tool.type === 'function') {
      const cache = readMark(tool) ?? readMark(tool.function)
      return [{ ...readFunction(tool.function), ...(cache && { cache }) }]
    }
    const custom = tool.raw.type === 'custom' ? objectIn(tool.raw.custom) : undefined
    return custom ? tool.take(readClientTool({ ...custom, type: 'custom' })) : []
  })
  const tools = [...current, ...(wire.functions ?? []).map(readFunction)]
  const allowed = allowedNames(wire.tool_choice)
  return allowed ? tools.filter(({ name }) => allowed.includes(name)) : tools
}

function readFunction({ name, description, parameters, strict }: WireFunction): Tool {
  return compact({
    name,
    description: description ?? undefined,
    parameters: parameters ?? undefined,
    strict: strict ?? undefined,
  })
}

function allowedNames(choice: WireRequest['tool_choice']): string[] | undefined {
  if (typeof choice !== 'object' || choice?.type !== 'allowed_tools') return undefined
  return choice.allowed_tools.tools.flatMap((tool) => {
    const name = tool.function?.name ?? textIn(objectIn(tool.custom as Json)?.name)
    return name === undefined ? [] : [name]
  })
}

function readToolChoice({ tool_choice: choice, function_call: legacy }: WireRequest): ToolChoice | undefined {
  if (typeof choice === 'string') return choice === 'any' ? 'required' : choice
  if (choice) {
    switch (choice.type) {
      case 'function':
        return { name: choice.function.name }
      case 'allowed_tools':
        return choice.allowed_tools.mode
      case 'unknown': {
        const name = textIn(objectIn(choice.raw.custom)?.name)
        return name === undefined ? undefined : choice.take({ name })
      }
    }
  }
  return typeof legacy === 'string' ? legacy : legacy ? { name: legacy.name } : undefined
}

function lossesOf(wire: WireRequest, body: JsonObject, read: string[] = []): Loss[] | undefined {
  const losses = [...unreadIn(wire), ...unreadFields(body, [...read, ...Object.keys(chatRequest.shape)])]
  return losses.length > 0 ? losses : undefined
}

function readFormat(format: WireRequest['response_format']): OutputFormat | undefined {
  if (format?.type === 'json_object') return { type: 'json' }
  if (format?.type !== 'json_schema') return undefined
  const { name, schema, description, strict } = format.json_schema
  return compact({
    type: 'json-schema' as const,
    name,
    schema: schema ?? {},
    description: description ?? undefined,
    strict: strict ?? undefined,
  })
}

/**
 * OpenAI's own field first, then what OpenRouter, DeepSeek and Z.ai understand, so that it survives
 * a change of provider.
 */
function readReasoning({ reasoning_effort, reasoning, thinking }: WireRequest): ReasoningOptions | undefined {
  const disabled = thinking?.type === 'disabled' ? 'none' : undefined
  const effort = reasoning_effort ?? reasoning?.effort ?? disabled
  const budgetTokens = reasoning?.max_tokens ?? thinking?.budget_tokens ?? undefined
  if (effort === undefined && budgetTokens === undefined) return undefined
  return compact({ effort, budgetTokens })
}

function readSampling(wire: WireRequest): Sampling {
  return compact({
    temperature: wire.temperature ?? undefined,
    topP: wire.top_p ?? undefined,
    topK: wire.top_k ?? undefined,
    seed: wire.seed ?? undefined,
    presencePenalty: wire.presence_penalty ?? undefined,
    frequencyPenalty: wire.frequency_penalty ?? undefined,
  })
}
