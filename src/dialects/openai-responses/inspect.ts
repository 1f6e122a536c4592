/**
 * What a relay must know of one event. It is asked for every event of every relayed stream, and
 * nearly all are deltas, which are known by their type: those are matched and not parsed.
 */
import type { JsonObject } from '../../chat/json.ts'
import type { SseMessage } from '../../http/sse.ts'
import type { Glimpse } from '../dialect.ts'
import { doneMark, eventIn, glimpseNoise } from '../stray-events.ts'
import { listIn, objectIn, textIn } from '../json-read.ts'
import { complaintIn, typeOf } from './failure.ts'
import { readReasoning } from './state.ts'
import { readUsage } from './usage.ts'

/**
 * A quotation mark inside a JSON string is written `\"`, so this matches the member and never the
 * model's own words.
 */
const typeMember = /"type"\s*:\s*"(response\.[a-z_.]+)"/
const delta =
  /^response\.(?:output_text|refusal|reasoning_summary_text|reasoning_text|function_call_arguments)\.delta$/
const filledDelta = /"delta"\s*:\s*"(?!")/

/** Events that say nothing a relay must know. */
const silent = /^response\.(?:created|queued|in_progress|content_part\.\w+|reasoning_summary_part\.\w+)$/

export function glimpse(message: SseMessage): Glimpse {
  const { data, event: name } = message
  if (data === undefined || data === '' || data.trim() === doneMark) return {}
  const type = name?.startsWith('response.') ? name : typeMember.exec(data)?.[1]
  if (type !== undefined && delta.test(type)) return filledDelta.test(data) ? { content: true } : {}
  if (type !== undefined && silent.test(type)) return {}
  return look(message, eventIn(data))
}

function look(message: SseMessage, event: JsonObject | undefined): Glimpse {
  const complaint = complaintIn(message, event)
  const response = objectIn(event?.response) ?? {}
  const usage = readUsage(response)
  const reported = usage ? { usage } : {}
  if (complaint) return { complaint, ...reported }
  if (!event) return glimpseNoise(message.data ?? '')
  const type = typeOf(event, message.event)
  switch (type) {
    case 'response.output_item.added': {
      // A hosted tool at work or a call of a custom tool is content to a client of this dialect,
      // though to no other.
      const { type: kind } = objectIn(event?.item) ?? {}
      return kind === 'message' || kind === 'reasoning' ? {} : { content: true }
    }
    case 'response.output_item.done':
      return hasContent(objectIn(event?.item) ?? {}) ? { content: true } : {}
    case 'response.output_text.done':
    case 'response.refusal.done':
    case 'response.reasoning_summary_text.done':
    case 'response.reasoning_text.done':
      return (textIn(event?.text) ?? textIn(event?.refusal)) ? { content: true } : {}
    case 'response.completed':
    case 'response.incomplete': {
      const holds = listIn(response.output).some((item) => hasContent(objectIn(item) ?? {}))
      return { finished: true, end: true, ...reported, ...(holds && { content: true }) }
    }
    default:
      return {}
  }
}

function hasContent(item: JsonObject): boolean {
  switch (item.type) {
    case 'message':
      return listIn(item.content).some((part) => {
        const { text, refusal } = objectIn(part) ?? {}
        return textIn(text) !== undefined || textIn(refusal) !== undefined
      })
    case 'reasoning': {
      const read = readReasoning(item)
      return read.type === 'reasoning' && (read.part.text !== '' || read.part.opaque !== undefined)
    }
    default:
      return true
  }
}
