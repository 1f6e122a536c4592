/**
 * The client's own names for settings that were left out or changed. Writers and fits name them as
 * Chat does; a client of another dialect never sent a field of that name.
 */
import type { DialectId } from '../../domain/dialects.ts'
import { entryOf } from '../json-read.ts'

const names: Partial<Record<DialectId, Readonly<Record<string, string>>>> = {
  anthropic: {
    user: 'metadata.user_id',
    stop: 'stop_sequences',
    reasoning_effort: 'thinking',
    reasoning: 'thinking',
    parallel_tool_calls: 'tool_choice.disable_parallel_tool_use',
  },
  'openai-responses': {
    max_tokens: 'max_output_tokens',
    reasoning_effort: 'reasoning.effort',
    logprobs: 'top_logprobs',
  },
  gemini: {
    max_tokens: 'generationConfig.maxOutputTokens',
    temperature: 'generationConfig.temperature',
    top_p: 'generationConfig.topP',
    top_k: 'generationConfig.topK',
    seed: 'generationConfig.seed',
    presence_penalty: 'generationConfig.presencePenalty',
    frequency_penalty: 'generationConfig.frequencyPenalty',
    stop: 'generationConfig.stopSequences',
    n: 'generationConfig.candidateCount',
    logprobs: 'generationConfig.responseLogprobs',
    reasoning_effort: 'generationConfig.thinkingConfig',
    reasoning: 'generationConfig.thinkingConfig',
  },
}

/** A field that a writer or a fit named, in the words of a client of this dialect. */
export function clientField(name: string, dialect: DialectId): string {
  return entryOf(names[dialect] ?? {}, name) ?? name
}
