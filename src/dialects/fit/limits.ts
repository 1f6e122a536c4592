/**
 * What each dialect bounds for all who speak it, as its strictest vendors do. Pure data with its
 * sources: https://platform.openai.com/docs/api-reference/chat/create ("name", "user", "stop"; call
 * ids of 40 characters by the error "string too long ... maximum length 40"),
 * https://platform.claude.com/docs/en/agents-and-tools/tool-use/implement-tool-use,
 * https://ai.google.dev/api/caching#FunctionDeclaration,
 * https://docs.cohere.com/v2/docs/tool-use-overview
 */
import type { DialectId } from '../../domain/dialects.ts'

/**
 * Numbers of a request that are bounded. More answers than a provider gives are refused instead.
 */
export type BoundedNumber = 'temperature' | 'topP' | 'presencePenalty' | 'frequencyPenalty'

/** The least and the most of a number; one that is absent has no bounds. */
export type Ranges = Partial<Record<BoundedNumber, readonly [least: number, most: number]>>

export interface DialectLimits {
  /** The longest name of a tool, in characters. */
  longestToolName: number
  /**
   * Characters that no name of a tool may have where they are, and the underscore that begins an
   * escape of ours.
   */
  unknownInToolName: RegExp
  /** The longest id of a call, in characters. */
  longestCallId: number
  /** The longest opaque name of an end user, in characters. */
  longestUser: number
  /** The most stop sequences. */
  mostStops: number
  /**
   * A schema must be a plain object at its root, with `properties`, and each array must say its
   * `items`.
   */
  plainSchemas: boolean
  ranges: Ranges
}

const wordsAndHyphens = /[^A-Za-z0-9_-]|_(?=0x)/gu

// https://platform.openai.com/docs/api-reference/chat/create
const openaiRanges: Ranges = {
  temperature: [0, 2],
  topP: [0, 1],
  presencePenalty: [-2, 2],
  frequencyPenalty: [-2, 2],
}

const openai: DialectLimits = {
  longestToolName: 64,
  unknownInToolName: wordsAndHyphens,
  longestCallId: 64,
  longestUser: 64,
  mostStops: 4,
  plainSchemas: true,
  ranges: openaiRanges,
}

const limits: Partial<Record<DialectId, DialectLimits>> = {
  'openai-chat': { ...openai, longestCallId: 40 },
  'openai-responses': openai,
  anthropic: {
    longestToolName: 128,
    unknownInToolName: wordsAndHyphens,
    longestCallId: Infinity,
    longestUser: 256,
    mostStops: Infinity,
    plainSchemas: true,
    // https://platform.claude.com/docs/en/api/messages
    ranges: { temperature: [0, 1], topP: [0, 1] },
  },
  gemini: {
    longestToolName: 64,
    unknownInToolName: /[^A-Za-z0-9_.:-]|^[^A-Za-z_]|_(?=0x)/gu,
    longestCallId: Infinity,
    longestUser: Infinity,
    mostStops: 5,
    plainSchemas: false,
    // https://ai.google.dev/api/generate-content#generationconfig
    ranges: openaiRanges,
  },
  cohere: {
    longestToolName: 64,
    unknownInToolName: /[^A-Za-z0-9_]|^[0-9]|_(?=0x)/gu,
    longestCallId: Infinity,
    longestUser: Infinity,
    mostStops: 5,
    plainSchemas: true,
    // https://docs.cohere.com/reference/chat: older models refuse a temperature above 1.
    ranges: { temperature: [0, 1], topP: [0, 1], presencePenalty: [0, 1], frequencyPenalty: [0, 1] },
  },
}

/** The limits of a dialect; of OpenAI's, which most vendors copy, where it has none of its own. */
export function dialectLimits(dialect: DialectId): DialectLimits {
  return limits[dialect] ?? openai
}
