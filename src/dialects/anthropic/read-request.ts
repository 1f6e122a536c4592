/** A Messages request as the canonical one. */
import { isJsonObject, type JsonObject } from '../../chat/json.ts'
import type {
  ChatRequest,
  Loss,
  OutputFormat,
  ReasoningOptions,
  Tool,
  ToolChoice,
  WebSearch,
} from '../../chat/request.ts'
import { HubError } from '../../errors.ts'
import { validationError } from '../../http/validation.ts'
import type { RequestAddress } from '../dialect.ts'
import { readMark } from '../cache-marks.ts'
import { compact } from '../json-read.ts'
import { unreadFields, unreadIn } from '../skipped-parts.ts'
import { isSearchTool, readSearchTool } from '../web-search.ts'
import { readMessages } from './read-messages.ts'
import { countRequest, messagesRequest, type WireRequest } from './wire.ts'

/** Schemas have no name in this dialect; others ask for one. */
const formatName = 'output'

/** @throws {HubError} VALIDATION_ERROR naming the field that is wrong. */
export function readRequest(body: unknown, address: RequestAddress = {}): ChatRequest {
  const parsed = (address.counts ? countRequest : messagesRequest).safeParse(body)
  if (!parsed.success || !isJsonObject(body)) throw validationError(parsed.error ?? { issues: [] })
  if (isJsonObject(body.thread)) throw threadsUnsupported()
  const wire: WireRequest = parsed.data
  const messages = readMessages(wire)
  const tools = readTools(wire)
  const toolChoice = readToolChoice(wire, tools)
  const search = readSearch(wire, tools)
  return compact({
    model: wire.model ?? '',
    messages,
    tools,
    toolChoice,
    parallelToolCalls: readParallel(wire.tool_choice),
    format: readFormat(wire),
    reasoning: readReasoning(wire),
    sampling: compact({
      temperature: wire.temperature ?? undefined,
      topP: wire.top_p ?? undefined,
      topK: wire.top_k ?? undefined,
    }),
    stop: wire.stop_sequences ?? undefined,
    maxOutputTokens: wire.max_tokens ?? undefined,
    user: wire.metadata?.user_id ?? undefined,
    stream: wire.stream ?? false,
    // Usage is part of every stream here.
    streamUsage: true,
    search,
    losses: lossesOf(wire, body, toolChoice === undefined && !search?.isForced),
    origin: { dialect: 'anthropic' as const, body },
  })
}

/**
 * A thread is a conversation that one account keeps. The SDK's tool runner asks for one, and goes
 * on without when it is told so.
 */
function threadsUnsupported(): HubError {
  return new HubError(
    'VALIDATION_ERROR',
    'Threads are not supported. Send the whole conversation without "thread".',
    {
      param: 'thread',
    },
  )
}

/**
 * Anthropic's search. It is forced by its name, or where a tool must be used and there is no other.
 */
function readSearch({ tools, tool_choice: choice }: WireRequest, others: Tool[]): WebSearch | undefined {
  for (const [index, tool] of (tools ?? []).entries()) {
    if (tool.type !== 'unknown' || !isSearchTool(tool.raw)) continue
    const search = tool.take(readSearchTool(tool.raw, `tools[${index}]`))
    const isNamed = choice?.type === 'tool' && choice.name === tool.raw.name
    const isForced = isNamed || (choice?.type === 'any' && others.length === 0)
    return isForced ? { ...search, paths: [...search.paths, 'tool_choice'], isForced: true } : search
  }
  return undefined
}

function lossesOf(wire: WireRequest, body: JsonObject, isUnread: boolean): Loss[] | undefined {
  const losses = [...unreadIn(wire), ...unreadFields(body, Object.keys(countRequest.shape))]
  // One of Anthropic's own tools is forced: an answer without it would be made up.
  if (wire.tool_choice?.type === 'tool' && isUnread) losses.push({ path: 'tool_choice', isEssential: true })
  return losses.length > 0 ? losses : undefined
}

/**
 * The tools that the client runs. Those that Anthropic runs mean nothing elsewhere and travel in
 * `origin`.
 */
function readTools({ tools }: WireRequest): Tool[] {
  return (tools ?? []).flatMap((tool) => {
    if (tool.type === 'unknown') return []
    const { name, description, input_schema: parameters, strict } = tool
    const said = {
      description: description ?? undefined,
      strict: strict ?? undefined,
      cache: readMark(tool),
    }
    return [compact({ name, parameters, ...said })]
  })
}

function readToolChoice({ tool_choice: choice }: WireRequest, tools: Tool[]): ToolChoice | undefined {
  switch (choice?.type) {
    case 'auto':
    case 'none':
      return choice.type
    case 'any':
      return 'required'
    case 'tool': {
      // Where one of Anthropic's own tools is forced, nobody else could obey.
      const { name } = choice
      return tools.some((tool) => tool.name === name) ? { name } : undefined
    }
    case undefined:
      return undefined
  }
}

function readParallel(choice: WireRequest['tool_choice']): boolean | undefined {
  if (!choice || choice.type === 'none') return undefined
  const disabled = choice.disable_parallel_tool_use ?? undefined
  return disabled === undefined ? undefined : !disabled
}

function readFormat({ output_config, output_format }: WireRequest): OutputFormat | undefined {
  const format = output_config?.format ?? output_format
  if (format?.type !== 'json_schema') return undefined
  return { type: 'json-schema', name: formatName, schema: format.schema }
}

/**
 * Effort is a word about the whole answer here; other dialects know it for reasoning, which is most
 * of what it decides.
 */
function readReasoning({ thinking, output_config }: WireRequest): ReasoningOptions | undefined {
  const effort = output_config?.effort ?? undefined
  switch (thinking?.type) {
    case 'disabled':
      return { effort: 'none' }
    case 'enabled':
      return compact({ effort, budgetTokens: thinking.budget_tokens })
    case 'adaptive':
      // What no word means, by https://platform.claude.com/docs/en/build-with-claude/effort
      return { effort: effort ?? 'high' }
    default:
      return effort === undefined ? undefined : { effort }
  }
}
