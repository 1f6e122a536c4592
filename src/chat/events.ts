/** The canonical answer as a stream: a closed union of events, each named noun-verb. */
import type { Citation } from './citation.ts'
import type { FilePart, Opaque } from './request.ts'
import type { Json } from './json.ts'

/**
 * The order within a stream: `response-start`, then deltas of any choice, one `choice-finish` for
 * each choice, `usage-report` any number of times (the last one counts; reports are never summed),
 * and `response-end` only if the provider ended cleanly.
 */
export type ChatEvent =
  | { type: 'response-start'; id: string; model: string; createdAt: number }
  | { type: 'text-delta'; choice: number; text: string }
  | { type: 'reasoning-delta'; choice: number; text: string }
  /** Opaque state of the reasoning that came before it (a signature, encrypted text). */
  | { type: 'reasoning-seal'; choice: number; opaque: Opaque }
  | { type: 'refusal-delta'; choice: number; text: string }
  | { type: 'tool-call-start'; choice: number; call: number; id: string; name: string; opaque?: Opaque }
  | { type: 'tool-call-delta'; choice: number; call: number; arguments: string }
  /** An image (or other file) that the model made, whole. */
  | { type: 'file-attach'; choice: number; file: FilePart }
  /** Log probabilities of some more tokens: a list in the form OpenAI gave them. */
  | { type: 'logprobs-delta'; choice: number; logprobs: Json }
  /** A source of what is said: before, within or after the words that its place names. */
  | { type: 'citation-add'; choice: number; citation: Citation }
  | { type: 'choice-finish'; choice: number; finish: Finish }
  | { type: 'usage-report'; usage: Usage }
  | { type: 'stream-error'; complaint: Complaint }
  | { type: 'response-end' }

export interface Finish {
  reason: 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'refusal' | 'error' | 'other'
  /** The provider's own word. */
  raw: string
}

/**
 * Token counts of one answer. Input includes cached and cache-written tokens; output includes
 * reasoning.
 */
export interface TokenCounts {
  inputTokens: number
  outputTokens: number
  cachedTokens: number
  cacheWriteTokens: number
  reasoningTokens: number
}

export interface Usage extends TokenCounts {
  /**
   * The part of `cacheWriteTokens` that was written for an hour, at a higher price; absent where
   * none is known of.
   */
  hourCacheWriteTokens?: number
  /**
   * Set where the hub counted: the provider reported nothing, too little for what came, or what
   * cannot be true.
   */
  estimated?: true
  /** The provider's report, where it cannot be true and the hub's own count stands in. */
  claimed?: TokenCounts
}

/**
 * An error as a provider worded it, read out of any of the shapes in use. What it means is for
 * `providers/` to say.
 */
export interface Complaint {
  message: string
  code?: string
  type?: string
  param?: string
  /**
   * The whole error object, for rules that look deeper (Gemini's details, OpenRouter's metadata).
   */
  body?: Json
}

/** Whether an event is content: the first of these commits the answer to its provider. */
export function isContent(event: ChatEvent): boolean {
  switch (event.type) {
    case 'text-delta':
    case 'reasoning-delta':
    case 'refusal-delta':
      return event.text !== ''
    case 'tool-call-start':
    case 'tool-call-delta':
    case 'reasoning-seal':
    case 'file-attach':
      return true
    default:
      return false
  }
}

/** Usage as the hub counted it, for an answer whose provider reported none. */
export function estimatedUsage(inputTokens: number, outputTokens: number): Usage {
  return {
    inputTokens,
    outputTokens,
    cachedTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    estimated: true,
  }
}
