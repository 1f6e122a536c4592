/**
 * What a relay must know of one event. Two things need a memory: an event that counts the output
 * does not always count the input again, and a fragment of arguments does not say whether the
 * client's tool or one of Anthropic's is called.
 */
import type { JsonObject } from '../../chat/json.ts'
import type { SseMessage } from '../../http/sse.ts'
import type { Glimpse } from '../dialect.ts'
import { eventIn, glimpseNoise } from '../stray-events.ts'
import { listIn, numberIn, objectIn, textIn } from '../json-read.ts'
import { complaintIn } from './stream.ts'
import { mergeCounts, usageOf, type Counts } from './usage.ts'

/**
 * Nearly every event: a delta of text or thinking that is not empty. Members and their order are
 * matched only where no text of the model's comes before them, and a quotation mark inside of a
 * JSON string is written `\"`; what does not match is parsed.
 */
const plainDelta =
  /^\{"type"\s*:\s*"content_block_delta"\s*,\s*"index"\s*:\s*\d+\s*,\s*"delta"\s*:\s*\{\s*"type"\s*:\s*"(?:text|thinking)_delta"\s*,\s*"(?:text|thinking)"\s*:\s*"(?!")/

/** Watches one stream. */
export class Watcher {
  #counts: Counts = {}
  /** Blocks that are no call for the client to act on. */
  #otherBlocks = new Set<number>()

  glimpse(message: SseMessage): Glimpse {
    const { data, event: name } = message
    if (data === undefined || data === '') return {}
    if (name !== 'error' && data.endsWith('}') && plainDelta.test(data)) return { content: true }
    const event = eventIn(data)
    const complaint = complaintIn(message, event)
    if (complaint) return { complaint }
    return event ? this.#look(event) : glimpseNoise(data)
  }

  #look(event: JsonObject): Glimpse {
    switch (event.type) {
      case 'message_start':
        return this.#begin(objectIn(event.message) ?? {})
      case 'message_delta': {
        const finished = textIn(objectIn(event.delta)?.stop_reason) !== undefined
        return { ...this.#count(event), ...(finished && { finished: true as const }) }
      }
      case 'content_block_start': {
        const block = objectIn(event.content_block) ?? {}
        const index = numberIn(event.index) ?? 0
        if (block.type === 'tool_use') this.#otherBlocks.delete(index)
        else this.#otherBlocks.add(index)
        return holdsContent(block) ? { content: true } : {}
      }
      case 'content_block_delta':
        return this.#addsContent(event) ? { content: true } : {}
      case 'message_stop':
        return { end: true }
      default:
        return {}
    }
  }

  /** Calls that a program makes stand in the head of the answer, and so does its end. */
  #begin(message: JsonObject): Glimpse {
    const holds = listIn(message.content).some((block) => holdsContent(objectIn(block) ?? {}))
    const finished = textIn(message.stop_reason) !== undefined
    return {
      ...this.#count(message),
      ...(holds && { content: true as const }),
      ...(finished && { finished: true as const }),
    }
  }

  #count(message: JsonObject): Glimpse {
    const counts = mergeCounts(this.#counts, message.usage)
    if (!counts) return {}
    this.#counts = counts
    return { usage: usageOf(counts) }
  }

  #addsContent(event: JsonObject): boolean {
    const { type, text, thinking, signature, partial_json } = objectIn(event.delta) ?? {}
    switch (type) {
      case 'text_delta':
        return textIn(text) !== undefined
      case 'thinking_delta':
        return textIn(thinking) !== undefined
      case 'signature_delta':
        return textIn(signature) !== undefined
      case 'input_json_delta':
        return textIn(partial_json) !== undefined && !this.#otherBlocks.has(numberIn(event.index) ?? 0)
      default:
        return false
    }
  }
}

/** Whether the start of a block says something by itself. */
function holdsContent({ type, text, thinking, signature, data, source }: JsonObject): boolean {
  switch (type) {
    case 'tool_use':
      return true
    case 'text':
      return textIn(text) !== undefined
    case 'thinking':
      return textIn(thinking) !== undefined || textIn(signature) !== undefined
    case 'redacted_thinking':
      return textIn(data) !== undefined
    case 'image':
      return objectIn(source) !== undefined
    default:
      return false
  }
}

/** One event by itself. Counts without the input would make it zero, so they are left unsaid. */
export function glimpseAlone(message: SseMessage): Glimpse {
  const { usage, ...seen } = new Watcher().glimpse(message)
  return usage && usage.inputTokens > 0 ? { ...seen, usage } : seen
}
