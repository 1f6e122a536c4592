/**
 * A canonical request in Cohere's words. Numbers that other APIs take and Cohere does not are
 * brought to the nearest that it takes, since a client cannot know who will serve it; fields
 * without a counterpart are left out and named, by the names that they have in OpenAI's dialect.
 */
import type { JsonObject } from '../../chat/json.ts'
import type { ModelFacts } from '../../chat/model.ts'
import type { ChatRequest, Sampling } from '../../chat/request.ts'
import { HubError } from '../../errors.ts'
import { compact } from '../json-read.ts'
import { placeFormat } from './format.ts'
import { writeThinking } from './thinking.ts'
import { writeTools } from './tools.ts'
import { writeMessages } from './write-messages.ts'

/** Without `model` and `stream`, and with the fields that had to be left out. */
export function writeRequest(
  request: ChatRequest,
  facts: ModelFacts,
): { body: JsonObject; dropped: string[] } {
  if (request.choices !== undefined && request.choices > 1) {
    const problem = '`n` must be 1: Cohere returns one answer per request.'
    throw new HubError('VALIDATION_ERROR', problem, { param: 'n' })
  }
  const { reasoning, logprobs, user } = request
  const { format, instruction } = placeFormat(request)
  const tools = writeTools(request)
  const thinking = reasoning && writeThinking(reasoning, facts)
  const dropped = [
    ...tools.dropped,
    ...(instruction === undefined ? [] : ['response_format']),
    ...(reasoning && !thinking ? ['reasoning_effort'] : []),
    ...(logprobs && logprobs.alternatives > 0 ? ['top_logprobs'] : []),
    ...(user === undefined ? [] : ['user']),
  ]
  const body = compact({
    messages: writeMessages(request.messages, instruction),
    ...tools.fields,
    response_format: format,
    thinking,
    ...writeSampling(request.sampling),
    stop_sequences: request.stop,
    max_tokens: limit(request.maxOutputTokens, 0, facts.outputTokens),
    logprobs: logprobs && true,
  })
  return { body, dropped }
}

/**
 * The ranges are those of the reference; older models refuse a temperature above 1, which the newer
 * ones take.
 */
function writeSampling(sampling: Sampling) {
  return {
    temperature: limit(sampling.temperature, 0, 1),
    p: limit(sampling.topP, 0.01, 0.99),
    k: limit(sampling.topK, 0, 500),
    seed: sampling.seed,
    // Some models take one of the two at most, and a zero counts as one.
    frequency_penalty: limit(sampling.frequencyPenalty, 0, 1) || undefined,
    presence_penalty: limit(sampling.presencePenalty, 0, 1) || undefined,
  }
}

function limit(value: number | undefined, least: number, most = Infinity): number | undefined {
  return value === undefined ? undefined : Math.min(Math.max(value, least), most)
}
