/** A Gemini request as the canonical one. */
import { isJsonObject } from '../../chat/json.ts'
import type {
  ChatRequest,
  Message,
  OutputFormat,
  ReasoningOptions,
  Sampling,
  Tool,
  ToolChoice,
  WebSearch,
} from '../../chat/request.ts'
import { validationError } from '../../http/validation.ts'
import type { RequestAddress } from '../dialect.ts'
import { smallestLimit } from '../output-limits.ts'
import { compact } from '../json-read.ts'
import { enumFormat } from './enum-format.ts'
import { lossesOf, searchMembers } from './losses.ts'
import { readContents } from './read-contents.ts'
import { toJsonSchema } from './schema.ts'
import { camelNames, generateContentRequest, type WireGenerationConfig, type WireRequest } from './wire.ts'

/**
 * @param address the model and whether to stream, which this dialect says in the path.
 * @throws {HubError} VALIDATION_ERROR naming the field that is wrong.
 */
export function readRequest(given: unknown, address: RequestAddress = {}): ChatRequest {
  const body = address.counts ? unwrapped(given) : given
  const parsed = generateContentRequest.safeParse(body)
  if (!parsed.success || !isJsonObject(body)) throw validationError(parsed.error ?? { issues: [] })
  const wire = parsed.data
  const config = wire.generationConfig ?? {}
  const toolChoice = readToolChoice(wire)
  return compact({
    model: address.model ?? wire.model?.replace(/^models\//, '') ?? '',
    messages: [...readSystem(wire.systemInstruction), ...readContents(wire.contents)],
    tools: readTools(wire, toolChoice),
    toolChoice,
    format: readFormat(config),
    reasoning: readReasoning(config.thinkingConfig),
    sampling: readSampling(config),
    stop: config.stopSequences ?? undefined,
    maxOutputTokens: smallestLimit(config.maxOutputTokens),
    choices: smallestLimit(config.candidateCount),
    logprobs: config.responseLogprobs ? { alternatives: config.logprobs ?? 0 } : undefined,
    stream: address.stream ?? false,
    streamUsage: true,
    framing: address.framing,
    search: readSearch(wire),
    losses: lossesOf(wire, body),
    origin: { dialect: 'gemini' as const, body },
  })
}

/** Google's search cannot be forced. */
function readSearch({ tools }: WireRequest): WebSearch | undefined {
  const paths = (tools ?? []).flatMap((tool, index) =>
    searchMembers.flatMap((name) => (tool[name] ? [`tools[${index}].${name}`] : [])),
  )
  return paths.length > 0 ? { paths } : undefined
}

/** A call that only counts may hold the whole request that is to be counted, in a field. */
function unwrapped(body: unknown): unknown {
  const named = camelNames(body)
  return isJsonObject(named) ? (named.generateContentRequest ?? body) : body
}

function readSystem(instruction: WireRequest['systemInstruction']): Message[] {
  const texts = (instruction?.parts ?? []).flatMap(({ text }) =>
    text ? [{ type: 'text' as const, text }] : [],
  )
  return texts.length > 0 ? [{ role: 'system', content: texts }] : []
}

/**
 * The function tools. Where the choice allows only some, a model that never hears of the others is
 * what is meant.
 */
function readTools(wire: WireRequest, choice: ToolChoice | undefined): Tool[] {
  const allowed = typeof choice === 'object' ? [] : allowedNames(wire)
  return (wire.tools ?? [])
    .flatMap((tool) => tool.functionDeclarations ?? [])
    .filter(({ name }) => allowed.length === 0 || allowed.includes(name))
    .map(({ name, description, parameters, parametersJsonSchema }) =>
      compact({
        name,
        description: description || undefined,
        parameters: parametersJsonSchema ?? (parameters ? toJsonSchema(parameters) : undefined),
      }),
    )
}

function allowedNames({ toolConfig }: WireRequest): string[] {
  return toolConfig?.functionCallingConfig?.allowedFunctionNames ?? []
}

function readToolChoice(wire: WireRequest): ToolChoice | undefined {
  const [allowed, another] = allowedNames(wire)
  switch (wire.toolConfig?.functionCallingConfig?.mode) {
    case 'ANY':
      return allowed !== undefined && another === undefined ? { name: allowed } : 'required'
    case 'NONE':
      return 'none'
    // Calls that keep to their schema are what the word for others is anyway.
    case 'VALIDATED':
    case 'AUTO':
      return 'auto'
    default:
      return undefined
  }
}

function readFormat(config: WireGenerationConfig): OutputFormat | undefined {
  const { responseSchema } = config
  if (config.responseMimeType === 'text/x.enum')
    return enumFormat(responseSchema ?? config.responseJsonSchema)
  if (config.responseMimeType !== 'application/json') return undefined
  const schema = config.responseJsonSchema ?? (responseSchema ? toJsonSchema(responseSchema) : undefined)
  // This dialect does not name its formats; others must.
  return schema ? { type: 'json-schema', name: 'response', schema } : { type: 'json' }
}

/**
 * A budget of -1 leaves the amount to the model, and so does the wish for thoughts alone: options
 * without any amount.
 */
function readReasoning(config: WireGenerationConfig['thinkingConfig']): ReasoningOptions | undefined {
  if (!config) return undefined
  const { thinkingLevel, thinkingBudget, includeThoughts } = config
  const level = thinkingLevel?.toLowerCase()
  if (level && level !== 'thinking_level_unspecified') return { effort: level }
  if (thinkingBudget === 0) return { effort: 'none' }
  if (typeof thinkingBudget === 'number' && thinkingBudget > 0) return { budgetTokens: thinkingBudget }
  return includeThoughts ? {} : undefined
}

function readSampling(config: WireGenerationConfig): Sampling {
  return compact({
    temperature: config.temperature ?? undefined,
    topP: config.topP ?? undefined,
    topK: config.topK ?? undefined,
    seed: config.seed ?? undefined,
    presencePenalty: config.presencePenalty ?? undefined,
    frequencyPenalty: config.frequencyPenalty ?? undefined,
  })
}
