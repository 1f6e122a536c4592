/** A canonical request in the wire format, for a client that speaks another dialect. */
import type { JsonObject } from '../../chat/json.ts'
import type { ChatRequest, OutputFormat, Tool, ToolChoice } from '../../chat/request.ts'
import { effortOf } from '../effort.ts'
import { compact } from '../json-read.ts'
import { writeMessages } from './write-messages.ts'

/** Without `model`, which is the provider's, and `stream`, which is the hub's to set. */
export function writeRequest(request: ChatRequest): JsonObject {
  const { sampling, tools, logprobs } = request
  return compact({
    messages: writeMessages(request.messages),
    tools: tools.length > 0 ? tools.map(writeTool) : undefined,
    // A choice among no tools is an error at most providers.
    tool_choice: tools.length > 0 ? writeToolChoice(request.toolChoice) : undefined,
    parallel_tool_calls: tools.length > 0 ? request.parallelToolCalls : undefined,
    response_format: request.format && writeFormat(request.format),
    reasoning_effort: request.reasoning && effortOf(request.reasoning),
    temperature: sampling.temperature,
    top_p: sampling.topP,
    // Not OpenAI's, but most others' who speak this dialect; where it is refused, the provider's
    // row says so.
    top_k: sampling.topK,
    seed: sampling.seed,
    presence_penalty: sampling.presencePenalty,
    frequency_penalty: sampling.frequencyPenalty,
    stop: request.stop,
    max_completion_tokens: request.maxOutputTokens,
    n: request.choices,
    logprobs: logprobs && true,
    top_logprobs: logprobs?.alternatives || undefined,
    user: request.user,
  })
}

function writeTool({ name, description, parameters, strict }: Tool): JsonObject {
  return { type: 'function', function: compact({ name, description, parameters, strict }) }
}

function writeToolChoice(choice: ToolChoice | undefined): string | JsonObject | undefined {
  return typeof choice === 'object' ? { type: 'function', function: { name: choice.name } } : choice
}

function writeFormat(format: OutputFormat): JsonObject {
  if (format.type === 'json') return { type: 'json_object' }
  const { name, schema, description, strict } = format
  return { type: 'json_schema', json_schema: compact({ name, schema, description, strict }) }
}
