/**
 * What a relay must know of one event. It is asked for every event of every relayed stream, so
 * patterns over the text decide whether it is worth parsing. A quotation mark inside a JSON string
 * is written `\"`, so a pattern with bare quotation marks around a name matches members and never
 * the model's own words.
 */
import type { JsonObject } from '../../chat/json.ts'
import type { SseMessage } from '../../http/sse.ts'
import type { Glimpse } from '../dialect.ts'
import { doneMark, eventIn, glimpseNoise } from '../stray-events.ts'
import { listIn, objectIn, textIn } from '../json-read.ts'
import { thinkingText } from './reasoning.ts'
import { complaintIn } from './stream.ts'
import { readUsage } from './usage.ts'

/**
 * A text directly inside `delta`, which is what nearly every chunk has. Braces end the search: what
 * is nested is parsed.
 */
const plainText = /"delta"\s*:\s*\{[^{}]*?"(?:content|reasoning_content|reasoning|refusal)"\s*:\s*"(?!")/

/** What only a parse can judge: usage, finishes, errors, and content that is not a plain text. */
const notable = new RegExp(
  [
    /"usage"\s*:\s*\{/,
    /"finish_reason"\s*:\s*"/,
    /"error"\s*:\s*["{]/,
    /"(?:object|type)"\s*:\s*"error"/,
    /"success"\s*:\s*false/,
    /"(?:message|msg|error_msg|status_msg)"\s*:\s*"/,
    /"(?:content|reasoning_details|tool_calls|images)"\s*:\s*\[/,
    /"(?:function_call|audio|message)"\s*:\s*\{/,
  ]
    .map((pattern) => pattern.source)
    .join('|'),
)

/** Watches one stream: what a choice says in `message` counts where nothing came in pieces. */
export function watch(): (message: SseMessage) => Glimpse {
  let hasSaid = false
  return (message) => {
    const seen = glimpse(message, hasSaid)
    hasSaid ||= seen.content === true
    return seen
  }
}

/** @param hasSaid whether content came before. */
export function glimpse(message: SseMessage, hasSaid = false): Glimpse {
  const { data, event } = message
  if (data === undefined || data === '') return {}
  if (data.trim() === doneMark) return { end: true }
  const isObject = data.startsWith('{') && data.endsWith('}')
  if (isObject && event !== 'error' && !notable.test(data))
    return plainText.test(data) ? { content: true } : {}
  return look(message, eventIn(data), hasSaid)
}

function look(message: SseMessage, chunk: JsonObject | undefined, hasSaid: boolean): Glimpse {
  const seen: Glimpse = {}
  const complaint = complaintIn(message, chunk)
  if (complaint) seen.complaint = complaint
  if (!chunk) return complaint ? seen : glimpseNoise(message.data ?? '')
  const usage = readUsage(chunk)
  if (usage) seen.usage = usage
  // An error has the last word: whatever else the chunk says of its choices, the answer is not a
  // whole one.
  if (complaint) return seen
  const choices = listIn(chunk.choices).map((choice) => objectIn(choice) ?? {})
  if (usage && choices.length === 0) seen.usageOnly = true
  if (choices.some((choice) => textIn(choice.finish_reason) !== undefined)) seen.finished = true
  const says = ({ delta, message: whole }: JsonObject): boolean =>
    hasContent(objectIn(delta) ?? objectIn(whole) ?? {}) || (!hasSaid && hasContent(objectIn(whole) ?? {}))
  if (choices.some(says)) seen.content = true
  return seen
}

function hasContent(delta: JsonObject): boolean {
  const { content, reasoning_content, reasoning, refusal } = delta
  return (
    [content, reasoning_content, reasoning, refusal].some((text) => textIn(text) !== undefined) ||
    [delta.reasoning_details, delta.images].some((list) => listIn(list).length > 0) ||
    listIn(delta.tool_calls).some((call) => saysSomething(objectIn(call) ?? {})) ||
    [delta.function_call, delta.audio].some((object) => objectIn(object) !== undefined) ||
    listIn(content).some((part) => isTextual(objectIn(part) ?? {}))
  )
}

/**
 * Alibaba and OpenRouter send fragments of calls that hold nothing. A call of a custom tool has no
 * `function`.
 */
function saysSomething(call: JsonObject): boolean {
  const called = objectIn(call.function)
  return !called || textIn(called.name) !== undefined || textIn(called.arguments) !== undefined
}

function isTextual({ text, refusal, thinking }: JsonObject): boolean {
  return textIn(text) !== undefined || textIn(refusal) !== undefined || thinkingText(thinking) !== ''
}
