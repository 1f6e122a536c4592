/** A Responses request as the canonical one. */
import { isJsonObject, type JsonObject } from '../../chat/json.ts'
import type {
  ChatRequest,
  Loss,
  Message,
  OutputFormat,
  Tool,
  ToolChoice,
  WebSearch,
} from '../../chat/request.ts'
import { validationError } from '../../http/validation.ts'
import { compact, listIn, textIn } from '../json-read.ts'
import { Unread, unreadFields, unreadIn } from '../skipped-parts.ts'
import { isSearchTool, readSearchTool } from '../web-search.ts'
import { clientToolTypes, loadedTools, readClientTool, ToolNames, withoutDoubles } from './client-tools.ts'
import { readItems, textPart } from './read-items.ts'
import { responsesRequest, type WireRequest } from './wire.ts'

/** What a client puts into `include` where it wants log probabilities. */
export const includeLogprobs = 'message.output_text.logprobs'

/** @throws {HubError} VALIDATION_ERROR naming the field that is wrong. */
export function readRequest(body: unknown): ChatRequest {
  const parsed = responsesRequest.safeParse(body)
  if (!parsed.success || !isJsonObject(body)) throw validationError(parsed.error ?? { issues: [] })
  const wire = parsed.data
  const offered = readTools(wire, body)
  const names = new ToolNames(offered)
  const messages = readMessages(wire, body, names)
  return compact({
    model: wire.model ?? '',
    messages,
    tools: allowed(offered, wire.tool_choice, names),
    toolChoice: readToolChoice(wire.tool_choice, names),
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
    search: readSearch(wire),
    losses: lossesOf(wire, body),
    origin: { dialect: 'openai-responses' as const, body },
  })
}

function readMessages(
  { instructions, input }: WireRequest,
  body: { input?: unknown },
  names: ToolNames,
): Message[] {
  const system: Message[] = instructions ? [{ role: 'system', content: textPart(instructions) }] : []
  if (typeof input === 'string') return [...system, { role: 'user', content: textPart(input) }]
  return [...system, ...readItems(input ?? [], listIn(Array.isArray(body.input) ? body.input : []), names)]
}

/**
 * The tools that the client runs, wherever it offers them. Those that run at the provider travel in
 * `origin`.
 */
function readTools({ tools }: WireRequest, body: JsonObject): Tool[] {
  const offered = (tools ?? []).flatMap((tool): Tool[] => {
    if (!(tool instanceof Unread)) return readClientTool(tool as JsonObject)
    if (!clientToolTypes.has(tool.raw.type)) return []
    return tool.take(readClientTool(tool.raw))
  })
  const loaded = loadedTools(body.input).flatMap((tool) => readClientTool(tool))
  return loaded.length === 0 && offered.every(({ form }) => !form)
    ? offered
    : withoutDoubles([...offered, ...loaded])
}

/** OpenAI's search. It is forced by its type. */
function readSearch({ tools, tool_choice: choice }: WireRequest): WebSearch | undefined {
  for (const [index, tool] of (tools ?? []).entries()) {
    if (!(tool instanceof Unread) || !isSearchTool(tool.raw)) continue
    const search = tool.take(readSearchTool(tool.raw, `tools[${index}]`))
    if (!(choice instanceof Unread) || !isSearchTool(choice.raw)) return search
    return choice.take({ ...search, paths: [...search.paths, 'tool_choice'], isForced: true })
  }
  return undefined
}

/**
 * Where the choice allows only some tools, a model that never hears of the others is what is meant.
 */
function allowed(tools: Tool[], choice: WireRequest['tool_choice'], names: ToolNames): Tool[] {
  if (typeof choice !== 'object' || choice?.type !== 'allowed_tools') return tools
  const flat = new Set(choice.tools.map((each) => chosenName(each, names)))
  return tools.filter(({ name }) => flat.has(name))
}

function chosenName(choice: object, names: ToolNames): string | undefined {
  const { type, name, namespace } = choice as JsonObject
  switch (type) {
    case 'function':
    case 'custom':
      return names.of(type, textIn(name) ?? '', namespace)
    case 'local_shell':
    case 'tool_search':
      return type
    default:
      return textIn(name)
  }
}

function readToolChoice(choice: WireRequest['tool_choice'], names: ToolNames): ToolChoice | undefined {
  if (typeof choice === 'string') return choice
  switch (choice?.type) {
    case 'function':
      return { name: names.of('function', choice.name, (choice as JsonObject).namespace) }
    case 'allowed_tools':
      return choice.mode
    case 'unknown': {
      const isClients = choice.raw.type === 'custom' || choice.raw.type === 'local_shell'
      const name = isClients ? chosenName(choice.raw, names) : undefined
      return name === undefined ? undefined : choice.take({ name })
    }
    case undefined:
      return undefined
  }
}

/**
 * Fields that say nothing to another provider: what the hub answers for itself, and how to keep an
 * answer.
 */
const ownAffairs = [
  'client_metadata',
  'prompt_cache_key',
  'prompt_cache_retention',
  'stream_options',
  ...Object.keys(responsesRequest.shape).filter((name) => name !== 'metadata'),
]

function lossesOf(wire: WireRequest, body: JsonObject): Loss[] | undefined {
  const losses = [...unreadIn(wire), ...unreadFields(body, ownAffairs)]
  if (wire.text?.verbosity) losses.push({ path: 'text.verbosity' })
  return losses.length > 0 ? losses : undefined
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
