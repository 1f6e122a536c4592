/**
 * A request without the state that providers sealed for themselves: signatures of thinking,
 * encrypted reasoning, ids of items. Another account cannot read it, and refuses the request for
 * it. What a client carries for the hub itself says nothing to a provider and goes with it.
 */
import type { JsonObject } from '../chat/json.ts'
import type { ChatRequest, DialectId, Message } from '../chat/request.ts'
import { wrapState } from './foreign-state.ts'
import { mapMember } from './map-member.ts'
import { textIn } from './read.ts'

/**
 * A seal that every outbound dialect takes for another dialect's, and takes out with what hangs on
 * it.
 */
const spent = wrapState({ opaque: { dialect: 'hub-chat', data: null }, text: '' })

/**
 * How a client's own body is freed of state, by its dialect. Each gives the same body where it has
 * none.
 */
const bodies: Partial<Record<DialectId, (body: JsonObject) => JsonObject>> = {
  anthropic: (body) => mapMember(body, 'messages', (message) => mapMember(message, 'content', spendBlock)),
  gemini: (body) => mapMember(body, 'contents', (content) => mapMember(content, 'parts', spendPart)),
  'openai-chat': (body) => mapMember(body, 'messages', bareMessage),
  'openai-responses': (body) => mapMember(body, 'input', bareItem),
}

/** The client's own fields that hold such state, as `x-hub-dropped` names them. */
export const sealedFields: Partial<Record<DialectId, string>> = {
  anthropic: 'messages[].content[].signature',
  gemini: 'contents[].parts[].thoughtSignature',
  'openai-chat': 'messages[].reasoning_details',
  'openai-responses': 'input[].encrypted_content',
}

/**
 * Takes all such state out of a request.
 * @returns the request to send instead; undefined where there is no state in it.
 */
export function withoutState(request: ChatRequest): ChatRequest | undefined {
  const { messages, origin } = request
  const body = bodies[origin.dialect]?.(origin.body) ?? origin.body
  const bare = messages.map(bareParts)
  if (body === origin.body && bare.every((message, index) => message === messages[index])) return undefined
  return { ...request, messages: bare, origin: { ...origin, body } }
}

function bareParts(message: Message): Message {
  if (message.role !== 'assistant' || !message.content.some((part) => 'opaque' in part)) return message
  const content = message.content.map((part) => {
    if (!('opaque' in part)) return part
    const { opaque: _opaque, ...bare } = part
    return bare
  })
  return { ...message, content }
}

function spendBlock(block: JsonObject): JsonObject {
  if (block.type === 'thinking') return { ...block, signature: spent }
  return block.type === 'redacted_thinking' ? { ...block, data: spent } : block
}

function spendPart(part: JsonObject): JsonObject {
  const { thoughtSignature, thought_signature: snake, ...bare } = part
  if (textIn(thoughtSignature) === undefined && textIn(snake) === undefined) return part
  return { ...bare, thoughtSignature: btoa(spent) }
}

function bareMessage(message: JsonObject): JsonObject {
  const { reasoning_details: details, extra_content: extra, ...bare } = message
  const rest = details === undefined && extra === undefined ? message : bare
  return mapMember(rest, 'tool_calls', (call) => {
    const { extra_content: seal, ...other } = call
    return seal === undefined ? call : other
  })
}

/** Items lose their ids, too: a call whose reasoning is gone is refused under its old id. */
function bareItem(item: JsonObject): JsonObject | undefined {
  if (item.type === 'reasoning' || item.type === 'item_reference') return undefined
  if (item.id === undefined) return item
  const { id: _id, ...bare } = item
  return bare
}
