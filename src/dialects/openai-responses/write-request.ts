/** A canonical request in the wire format, for a client that speaks another dialect. */
import type { JsonObject } from '../../chat/json.ts'
import type { ModelFacts } from '../../chat/model.ts'
import type { ChatRequest, OutputFormat, ReasoningOptions, Tool, ToolChoice } from '../../chat/request.ts'
import { HubError } from '../../errors.ts'
import { effortOf } from '../effort.ts'
import { compact } from '../json-read.ts'
import { includeLogprobs } from './read-request.ts'
import { writeItems } from './write-items.ts'

/**
 * Without `model`, which is the provider's.
 * @throws {HubError} VALIDATION_ERROR where several answers are wanted, or a file cannot be said.
 */
export function writeRequest(
  request: ChatRequest,
  facts: ModelFacts,
): { body: JsonObject; dropped: string[] } {
  const { sampling, tools, logprobs, choices = 1, maxOutputTokens } = request
  if (choices > 1)
    throw new HubError('VALIDATION_ERROR', '`n` must be 1: this model returns one answer per request.', {
      param: 'n',
    })
  const hasTools = tools.length > 0
  const thinks = facts.reasoning !== false
  const body = compact({
    input: writeItems(request.messages),
    tools: hasTools ? tools.map(writeTool) : undefined,
    // A choice among no tools is an error.
    tool_choice: hasTools ? writeToolChoice(request.toolChoice) : undefined,
    parallel_tool_calls: hasTools ? request.parallelToolCalls : undefined,
    text: request.format && { format: writeFormat(request.format) },
    reasoning: thinks && request.reasoning ? writeReasoning(request.reasoning) : undefined,
    temperature: sampling.temperature,
    top_p: sampling.topP,
    top_logprobs: logprobs?.alternatives,
    max_output_tokens: maxOutputTokens && outputLimit(maxOutputTokens),
    user: request.user,
    // The client brings its history along; nothing of it is to be kept at the provider. Reasoning
    // is then carried by the client too, so it must come encrypted. Models that do not think refuse
    // to be asked for that.
    store: false,
    include: writeInclude({
      'reasoning.encrypted_content': thinks,
      [includeLogprobs]: logprobs !== undefined,
    }),
    stream: request.stream || undefined,
  })
  return { body, dropped: dropped(request, thinks) }
}

/** OpenAI refuses a limit of less than 16 tokens. */
export function outputLimit(tokens: number): number {
  return Math.max(tokens, 16)
}

/** What this dialect has no field for, by the names that most clients give it. */
function dropped({ sampling, stop, reasoning, origin }: ChatRequest, thinks: boolean): string[] {
  const unsaid = {
    top_k: sampling.topK,
    seed: sampling.seed,
    presence_penalty: sampling.presencePenalty,
    frequency_penalty: sampling.frequencyPenalty,
    stop: stop?.length ? stop : undefined,
    logit_bias: origin.body.logit_bias ?? undefined,
    reasoning: thinks ? undefined : reasoning,
  }
  return Object.keys(compact(unsaid))
}

/** All three are required; null says that there is nothing to say. */
export function writeTool({ name, description, parameters, strict }: Tool): JsonObject {
  return {
    type: 'function',
    name,
    ...(description !== undefined && { description }),
    parameters: parameters ?? null,
    strict: strict ?? null,
  }
}

export function writeToolChoice(choice: ToolChoice | undefined): string | JsonObject | undefined {
  return typeof choice === 'object' ? { type: 'function', name: choice.name } : choice
}

function writeFormat(format: OutputFormat): JsonObject {
  if (format.type === 'json') return { type: 'json_object' }
  const { name, schema, description, strict } = format
  return compact({ type: 'json_schema', name, schema, description, strict })
}

function writeReasoning(options: ReasoningOptions): JsonObject | undefined {
  const effort = effortOf(options)
  return effort === undefined ? undefined : { effort }
}

function writeInclude(wanted: Record<string, boolean>): string[] | undefined {
  const names = Object.keys(wanted).filter((name) => wanted[name])
  return names.length > 0 ? names : undefined
}
