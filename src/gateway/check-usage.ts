/**
 * Whether usage that a provider reports can be true. Counts are whole numbers from 0 up, parts are
 * no larger than their whole, and each is within a wide margin of the bytes that passed through the
 * hub. A claim that fails is replaced by the hub's own count and kept beside it for the log. Pure.
 */
import { estimatedUsage, type TokenCounts, type Usage } from '../chat/events.ts'

/** What the hub has seen of one call. */
export interface Evidence {
  /** Input as the hub estimates it, in tokens. */
  inputTokens: number
  /**
   * The most input that the request can have made, in tokens; asked only where a claim is above the
   * estimate.
   */
  mostInputTokens: () => number
  /** Output as the hub counts it, in tokens; asked only where it is needed. */
  outputTokens: () => number
  /** Characters of content in the answer. */
  outputCharacters: number
  /** The most that the model may write, hidden reasoning included, over all choices. */
  outputLimit: number
  /** Whether the answer came to its end. */
  complete: boolean
  /**
   * Output that is counted at least where the end was not seen: the provider may bill it. None by
   * default.
   */
  reservedOutputTokens?: number
  /**
   * Whether the request writes to a cache for an hour; a report that does not say how much then
   * means all of it.
   */
  writesHourCache?: () => boolean
}

/**
 * No model takes more than this; searches and tools at a provider read pages that the hub never
 * sees.
 */
export const longestInputTokens = 10_000_000
/**
 * What a provider adds to a request unseen: system prompts, descriptions of tools, the frame of
 * each message.
 */
const addedInputTokens = 32_000
/** One image is up to 48,000 tokens at the model that counts the most for it. */
const mostFileTokens = 50_000
/**
 * How far an estimate of text may be below a provider's own count: rare characters cost several
 * tokens each.
 */
const inputMargin = 4

/** What a model writes around its words: marks of roles, channels and calls. */
const addedOutputTokens = 1_000
/** Output limits leave reasoning out at some providers. */
const limitMargin = 4
/**
 * The output of a model whose limit is not known, where the client set none; hidden reasoning is in
 * the margin.
 */
export const usualOutputLimit = 16_000

/**
 * OpenRouter was recorded to count a token of reasoning more than of output; it is then cut to the
 * output.
 */
const reasoningSlack = 16

/** A claim below this share of the hub's own count, less an allowance, leaves something out. */
const leastShare = 1 / 20
const leastAllowance = 100

/** What a request may have made a provider read. */
export interface InputSize {
  estimatedTokens: number
  /** Of the body, as the client sent it. */
  characters: number
  /** Images, recordings and documents. */
  files: number
  /**
   * Whether the provider reads what the hub cannot see: what it keeps, searches, or fetches from an
   * address.
   */
  openEnded: boolean
  /**
   * What the model takes, where the provider is one of the hub's own table and not a row that a
   * person made.
   */
  contextTokens?: number
}

export function mostInputTokens(size: InputSize): number {
  const { estimatedTokens, characters, files, openEnded, contextTokens = 0 } = size
  if (openEnded) return longestInputTokens
  const most = characters + inputMargin * estimatedTokens + addedInputTokens + files * mostFileTokens
  return Math.min(longestInputTokens, Math.max(most, contextTokens))
}

/**
 * The usage to count.
 * @param claimed as the provider reported it, unchecked; undefined where it reported none.
 */
export function checkUsage(claimed: Usage | undefined, evidence: Evidence): Usage {
  const counted = (): Usage => estimatedUsage(evidence.inputTokens, outputOf(evidence))
  if (!claimed) return counted()
  if (!isPlausible(claimed, evidence)) return { ...counted(), claimed: storable(claimed) }
  const believed = withinWholes(claimed, evidence)
  // Reports in the middle of a stream are old by the time it breaks off.
  const outputTokens = evidence.complete ? claimed.outputTokens : outputOf(evidence)
  return outputTokens > claimed.outputTokens ? { ...believed, outputTokens, estimated: true } : believed
}

/** A report whose parts are no larger than their wholes. The same object where they were not. */
function withinWholes(claimed: Usage, { writesHourCache }: Evidence): Usage {
  const { outputTokens, cacheWriteTokens, hourCacheWriteTokens: hour } = claimed
  const reasoningTokens = Math.min(claimed.reasoningTokens, outputTokens)
  const said = hour ?? (cacheWriteTokens > 0 && writesHourCache?.() ? cacheWriteTokens : 0)
  // The dearer of both where the part is no count.
  const hourCacheWriteTokens = said >= 0 && said <= cacheWriteTokens ? said : cacheWriteTokens
  const isWithin = reasoningTokens === claimed.reasoningTokens && hourCacheWriteTokens === (hour ?? 0)
  if (isWithin) return claimed
  return { ...claimed, reasoningTokens, ...(hourCacheWriteTokens > 0 && { hourCacheWriteTokens }) }
}

/**
 * The output that the hub counts: what it saw, and of an answer whose end it did not see no less
 * than was reserved. The provider may have reasoned unseen, and may go on after the client has
 * left.
 */
function outputOf({ outputTokens, complete, reservedOutputTokens = 0 }: Evidence): number {
  return complete ? outputTokens() : Math.max(outputTokens(), reservedOutputTokens)
}

function isPlausible(claimed: Usage, evidence: Evidence): boolean {
  const { inputTokens, outputTokens, cachedTokens, cacheWriteTokens, reasoningTokens } = claimed
  if (!countsOf(claimed).every((count) => Number.isSafeInteger(count) && count >= 0)) return false
  if (cachedTokens + cacheWriteTokens > inputTokens) return false
  if (reasoningTokens > outputTokens + reasoningSlack) return false
  if (inputTokens > evidence.inputTokens && inputTokens > evidence.mostInputTokens()) return false
  const hidden = Math.max(0, limitMargin * evidence.outputLimit)
  if (outputTokens > evidence.outputCharacters + hidden + addedOutputTokens) return false
  if (inputTokens < leastOf(evidence.inputTokens)) return false
  // A stream that broke off may have reported only what its beginning had.
  return !evidence.complete || outputTokens >= leastOutput(evidence)
}

/** No text is more tokens than characters, so that short answers need no count. */
function leastOutput({ outputCharacters, outputTokens }: Evidence): number {
  return leastOf(outputCharacters) > 0 ? leastOf(outputTokens()) : 0
}

function leastOf(tokens: number): number {
  return tokens * leastShare - leastAllowance
}

function countsOf(usage: TokenCounts): number[] {
  const { inputTokens, outputTokens, cachedTokens, cacheWriteTokens, reasoningTokens } = usage
  return [inputTokens, outputTokens, cachedTokens, cacheWriteTokens, reasoningTokens]
}

/** A claim as JSON can hold it, which knows neither infinity nor NaN. */
function storable(claimed: TokenCounts): TokenCounts {
  const finite = (count: number): number =>
    Number.isNaN(count) ? 0 : Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, count))
  return {
    inputTokens: finite(claimed.inputTokens),
    outputTokens: finite(claimed.outputTokens),
    cachedTokens: finite(claimed.cachedTokens),
    cacheWriteTokens: finite(claimed.cacheWriteTokens),
    reasoningTokens: finite(claimed.reasoningTokens),
  }
}

/** Usage as a client may be shown it before it was checked: whole numbers that its schema takes. */
export function presentable(usage: Usage): Usage {
  const count = (value: number): number =>
    value >= 0 ? Math.min(Math.floor(value), Number.MAX_SAFE_INTEGER) : 0
  return {
    ...usage,
    inputTokens: count(usage.inputTokens),
    outputTokens: count(usage.outputTokens),
    cachedTokens: count(usage.cachedTokens),
    cacheWriteTokens: count(usage.cacheWriteTokens),
    reasoningTokens: count(usage.reasoningTokens),
  }
}
