/**
 * Marks up to which a prompt is to be cached: Anthropic's `cache_control`, which Chat clients of
 * routers send too. They are carried on the canonical parts and tools; only Anthropic's dialect
 * writes them, others cache without being asked.
 * https://platform.claude.com/docs/en/build-with-claude/prompt-caching
 */
import { isJsonObject, type Json, type JsonObject } from '../chat/json.ts'
import type { UserPart } from '../chat/request.ts'
import { itemsIn, listIn, objectIn } from './json-read.ts'

/** More of them are refused. */
const mostMarks = 4

/** The mark in something of a client's; undefined where it has none that Anthropic would know. */
export function readMark(holder: unknown): JsonObject | undefined {
  const mark = isJsonObject(holder) ? objectIn(holder.cache_control) : undefined
  if (mark?.type !== 'ephemeral') return undefined
  return { type: 'ephemeral', ...((mark.ttl === '5m' || mark.ttl === '1h') && { ttl: mark.ttl }) }
}

/** Parts with a mark on the last of them. */
export function withMark<Part extends UserPart>(parts: Part[], mark: JsonObject | undefined): Part[] {
  const last = parts.at(-1)
  return mark && last ? [...parts.slice(0, -1), { ...last, cache: mark }] : parts
}

/** The mark on any of these parts, the last one counting. */
export function markOf(parts: readonly UserPart[]): JsonObject | undefined {
  return parts.findLast(({ cache }) => cache)?.cache
}

/** The member that says the mark on the wire. */
export function writeMark(mark: JsonObject | undefined): JsonObject {
  return mark ? { cache_control: mark } : {}
}

/**
 * A body of Anthropic's dialect with no more marks than it takes: the first, which is the most
 * stable, and the last ones, which cover the most. A mark that is to last longer than one before it
 * is refused, and lasts as long instead.
 */
export function withFewMarks(body: JsonObject): JsonObject {
  const count = holdersIn(body).filter((holder) => holder.cache_control !== undefined).length
  if (count === 0) return body
  let place = 0
  let isShort = false
  const clean = (holder: Json): Json => {
    const { cache_control: given, ...bare } = objectIn(holder) ?? {}
    if (!isJsonObject(holder) || given === undefined) return holder
    const at = place++
    if (at > 0 && at <= count - mostMarks) return bare
    const { ttl, ...mark } = objectIn(given) ?? {}
    isShort ||= ttl !== '1h'
    return isShort && ttl === '1h' ? { ...bare, cache_control: mark } : holder
  }
  const messages = listIn(body.messages)
  return {
    ...body,
    ...(Array.isArray(body.tools) && { tools: body.tools.map(clean) }),
    ...(Array.isArray(body.system) && { system: body.system.map(clean) }),
    messages: messages.map((message) => ({
      ...objectIn(message),
      content: listIn(objectIn(message)?.content).map(clean),
    })),
  }
}

/** Whether a body of Anthropic's dialect bears a mark. */
export function hasMarks(body: JsonObject): boolean {
  return holdersIn(body).some((holder) => holder.cache_control !== undefined)
}

/** What may bear a mark, in the order in which it is cached. */
function holdersIn({ tools, system, messages }: JsonObject): JsonObject[] {
  const blocks = listIn(messages).flatMap((message) => itemsIn(objectIn(message)?.content))
  return [...listIn(tools), ...listIn(system), ...blocks].filter(isJsonObject)
}
