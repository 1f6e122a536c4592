/** A canonical request in the wire format, for a client that speaks another dialect. */
import type { JsonObject } from '../../chat/json.ts'
import type { ChatRequest, OutputFormat, Tool, ToolChoice } from '../../chat/request.ts'
import type { Call, Upstream } from '../dialect.ts'
import { compact } from '../json-read.ts'
import { thinkingConfigFor } from './generation.ts'
import { writeContents } from './write-contents.ts'

/** More stop sequences than this are refused. */
const mostStops = 5

export function writeRequest(
  request: ChatRequest,
  upstream: Pick<Upstream, 'model' | 'facts'>,
): Pick<Call, 'body' | 'dropped'> {
  const { tools } = request
  const { generationConfig, dropped } = writeConfig(request, upstream)
  if (request.parallelToolCalls === false) dropped.push('parallel_tool_calls')
  if (request.user !== undefined) dropped.push('user')
  const body = compact({
    ...writeContents(request.messages, upstream.model),
    tools: tools.length > 0 ? [{ functionDeclarations: tools.map(writeTool) }] : undefined,
    // A choice among no tools is an error.
    toolConfig: tools.length > 0 ? writeToolChoice(request.toolChoice) : undefined,
    generationConfig: Object.keys(generationConfig).length > 0 ? generationConfig : undefined,
  })
  return { body, dropped }
}

function writeConfig(
  request: ChatRequest,
  { model, facts }: Pick<Upstream, 'model' | 'facts'>,
): { generationConfig: JsonObject; dropped: string[] } {
  const { sampling, stop, logprobs, reasoning } = request
  const dropped: string[] = []
  const thinks = facts?.reasoning !== false
  const thinkingConfig = reasoning && thinks ? thinkingConfigFor(model, reasoning) : undefined
  // Not to think is what such a model does anyway.
  if (reasoning && !thinkingConfig && reasoning.effort !== 'none') dropped.push('reasoning_effort')
  if (stop && stop.length > mostStops) dropped.push('stop')
  const generationConfig = compact({
    temperature: sampling.temperature,
    topP: sampling.topP,
    topK: sampling.topK,
    seed: sampling.seed,
    presencePenalty: sampling.presencePenalty,
    frequencyPenalty: sampling.frequencyPenalty,
    stopSequences: stop?.slice(0, mostStops),
    maxOutputTokens: request.maxOutputTokens,
    candidateCount: request.choices,
    responseLogprobs: logprobs && true,
    logprobs: logprobs?.alternatives || undefined,
    ...(request.format && writeFormat(request.format)),
    thinkingConfig,
  })
  return { generationConfig, dropped }
}

/**
 * The fields for JSON Schema take all of it; those for Gemini's own kind refuse what they do not
 * know.
 */
function writeTool({ name, description, parameters }: Tool): JsonObject {
  return compact({ name, description, parametersJsonSchema: parameters })
}

function writeToolChoice(choice: ToolChoice | undefined): JsonObject | undefined {
  if (choice === undefined) return undefined
  if (typeof choice === 'object') {
    return { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: [choice.name] } }
  }
  const mode = { auto: 'AUTO', required: 'ANY', none: 'NONE' }[choice]
  return { functionCallingConfig: { mode } }
}

function writeFormat(format: OutputFormat): JsonObject {
  const responseMimeType = 'application/json'
  return format.type === 'json'
    ? { responseMimeType }
    : { responseMimeType, responseJsonSchema: format.schema }
}
