/**
 * A request without the state that providers sealed for themselves: signatures of thinking,
 * encrypted reasoning, ids of items. Another account cannot read it, and refuses the request for
 * it. What a client carries for the hub itself says nothing to a provider and goes with it.
 */
import type { DialectId } from '../domain/dialects.ts'
import type { JsonObject } from '../chat/json.ts'
import type { AssistantPart, ChatRequest, Message } from '../chat/request.ts'
import { wrapState } from './opaque-state.ts'
import { mapMember } from './map-member.ts'
import { referenceIn, withoutReferences } from './openai-responses/references.ts'
import { textIn } from './json-read.ts'
import { stateTexts } from './state-texts.ts'

/**
 * Whether state cannot be read where it is to go.
 * @param texts that it is known by; none where the request has state without any.
 * @param by its maker, where that is sealed with it.
 */
export type IsForeign = (texts: readonly string[], by?: string) => boolean

/**
 * A seal that every outbound dialect takes for another dialect's, and takes out with what hangs on
 * it.
 */
const spent = wrapState({ opaque: { dialect: 'hub-chat', data: null }, text: '' })

/**
 * How a client's own body is freed of state, by its dialect. Each gives the same body where it has
 * none.
 */
const bodies: Partial<Record<DialectId, (body: JsonObject, isForeign: IsForeign) => JsonObject>> = {
  anthropic: (body, isForeign) =>
    mapMember(body, 'messages', (message) =>
      mapMember(message, 'content', (block) => spendBlock(block, isForeign)),
    ),
  gemini: (body, isForeign) =>
    mapMember(body, 'contents', (content) =>
      mapMember(content, 'parts', (part) => spendPart(part, isForeign)),
    ),
  'openai-chat': (body, isForeign) =>
    mapMember(body, 'messages', (message) => bareMessage(message, isForeign)),
  'openai-responses': bareItems,
}

/** The client's own fields that hold such state, as `x-hub-dropped` names them. */
export const sealedFields: Partial<Record<DialectId, string>> = {
  anthropic: 'messages[].content[].signature',
  gemini: 'contents[].parts[].thoughtSignature',
  'openai-chat': 'messages[].reasoning_details',
  'openai-responses': 'input[].encrypted_content',
}

/**
 * Takes state out of a request.
 * @param isForeign which state; all of it where this is absent.
 * @returns the request to send instead; undefined where there is no such state in it.
 */
export function withoutState(
  request: ChatRequest,
  isForeign: IsForeign = () => true,
): ChatRequest | undefined {
  const { messages, origin } = request
  const body = bodies[origin.dialect]?.(origin.body, isForeign) ?? origin.body
  const bare = messages.map((message) => bareParts(message, isForeign))
  if (body === origin.body && bare.every((message, index) => message === messages[index])) return undefined
  return { ...request, messages: bare, origin: { ...origin, body } }
}

/**
 * Removes the reasoning that a Chat client sends back, of any provider.
 * @returns the request to send instead; undefined where there are none.
 */
export function withoutThoughts(request: ChatRequest): ChatRequest | undefined {
  const { origin } = request
  if (origin.dialect !== 'openai-chat') return undefined
  const body = mapMember(origin.body, 'messages', (message) => {
    const { reasoning_content, reasoning, reasoning_details, ...bare } = message
    const holds = [reasoning_content, reasoning, reasoning_details].some((thoughts) => thoughts !== undefined)
    return holds && message.role === 'assistant' ? bare : message
  })
  return body === origin.body ? undefined : { ...request, origin: { ...origin, body } }
}

/** All texts by which the state in a request is known. */
export function stateTextsOf(request: ChatRequest): string[] {
  const all: string[] = []
  withoutState(request, (texts) => {
    all.push(...texts)
    return false
  })
  return all
}

function bareParts(message: Message, isForeign: IsForeign): Message {
  if (message.role !== 'assistant') return message
  const isBared = (part: AssistantPart): boolean =>
    'opaque' in part && part.opaque !== undefined && isForeign(stateTexts(part.opaque.data), part.opaque.by)
  if (!message.content.some(isBared)) return message
  const content = message.content.map((part) => {
    if (!('opaque' in part) || !isBared(part)) return part
    const { opaque: _opaque, ...bare } = part
    return bare
  })
  return { ...message, content }
}

function spendBlock(block: JsonObject, isForeign: IsForeign): JsonObject {
  if (block.type !== 'thinking' && block.type !== 'redacted_thinking') return block
  const { signature, data } = block
  if (!isForeign(stateTexts({ signature: signature ?? null, data: data ?? null }))) return block
  return block.type === 'thinking' ? { ...block, signature: spent } : { ...block, data: spent }
}

function spendPart(part: JsonObject, isForeign: IsForeign): JsonObject {
  const { thoughtSignature, thought_signature: snake, ...bare } = part
  const signature = textIn(thoughtSignature) ?? textIn(snake)
  return signature === undefined || !isForeign([signature])
    ? part
    : { ...bare, thoughtSignature: btoa(spent) }
}

function bareMessage(message: JsonObject, isForeign: IsForeign): JsonObject {
  const { reasoning_details: details = null, extra_content: extra = null, ...bare } = message
  const isSealed = details !== null || extra !== null
  const rest = isSealed && isForeign(stateTexts([details, extra])) ? bare : message
  return mapMember(rest, 'tool_calls', (call) => {
    const { extra_content: seal, ...other } = call
    return seal === undefined || !isForeign(stateTexts(seal)) ? call : other
  })
}

/**
 * The items that follow reasoning which is gone lose their ids, too: a call is refused under its
 * old id without its reasoning.
 */
function bareItems(body: JsonObject, isForeign: IsForeign): JsonObject {
  let isOrphan = isForeign([])
  const known = withoutReferences(body, (id) => isForeign([id]))
  return mapMember(known, 'input', (item) => {
    const { id, ...bare } = item
    if (referenceIn(item) !== undefined) return item
    const own = textIn(id)
    const ids = own === undefined ? [] : [own]
    if (item.type !== 'reasoning') return isOrphan && id !== undefined ? bare : item
    const sealed = stateTexts(item)
    isOrphan = isForeign(sealed.length > 0 ? sealed : ids)
    return isOrphan ? undefined : item
  })
}
