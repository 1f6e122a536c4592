/**
 * Opaque state on the Chat wire, which has no field for it. Two conventions are in use and both are
 * kept: OpenRouter's `reasoning_details` on a message and Gemini's `extra_content` on a message or
 * a tool call. State that another dialect made (an Anthropic signature, a Gemini thought signature)
 * goes to Chat clients in the same two fields under a mark of ours, so that a client that sends its
 * history back whole brings it home; providers of this dialect never see it.
 */
import { type DialectId, providerChatDialects } from '../../domain/dialects.ts'
import { isJsonObject, type Json, type JsonObject } from '../../chat/json.ts'
import type { Opaque, ReasoningPart } from '../../chat/request.ts'
import { readOpaque } from '../opaque-state.ts'
import { objectIn, textIn } from '../json-read.ts'
import { openCallId } from './call-id.ts'

/** The `type` of an entry of ours among `reasoning_details`. */
const hubDetail = 'reasoning.hub'

/**
 * What a message or a tool call carries of it. As the data of an `Opaque` of this dialect it is
 * these fields, unchanged.
 */
export interface OpaqueFields {
  reasoning_details?: Json[]
  extra_content?: JsonObject
}

/** The opaque state in these fields, if there is any. */
export function sealOf({ reasoning_details, extra_content }: OpaqueFields): Opaque | undefined {
  const data: JsonObject = {}
  if (reasoning_details && reasoning_details.length > 0) data.reasoning_details = reasoning_details
  if (extra_content) data.extra_content = extra_content
  return Object.keys(data).length > 0 ? { dialect: 'openai-chat', data } : undefined
}

/**
 * The fields that say this state again. `text` is the reasoning it belongs to: a signature is worth
 * nothing without it.
 */
export function fieldsOf(opaque: Opaque, text: string): OpaqueFields {
  if (opaque.dialect !== 'openai-chat') {
    return { reasoning_details: [{ type: hubDetail, text, ...opaque }] }
  }
  const { reasoning_details, extra_content } = objectIn(opaque.data) ?? {}
  return {
    ...(Array.isArray(reasoning_details) && { reasoning_details }),
    ...(isJsonObject(extra_content) && { extra_content }),
  }
}

/**
 * The reasoning parts that went to the client under our mark. They hold their own text, each beside
 * its signature.
 */
export function foreignReasoning(details: Json[]): ReasoningPart[] {
  return details.flatMap((detail) => {
    const { type, text } = objectIn(detail) ?? {}
    const opaque = type === hubDetail ? hubOpaque(detail) : undefined
    return opaque ? [{ type: 'reasoning' as const, text: textIn(text) ?? '', opaque }] : []
  })
}

/** The opaque state of a tool call. */
export function callSealOf(extraContent: JsonObject | undefined): Opaque | undefined {
  return hubOpaque(extraContent?.hub) ?? (extraContent && sealOf({ extra_content: extraContent }))
}

/** State under our mark. */
function hubOpaque(value: Json | undefined): Opaque | undefined {
  const opaque = readOpaque({ data: null, ...objectIn(value) })
  return opaque && isDialect(opaque.dialect) ? opaque : undefined
}

/** The `extra_content` of a tool call with this state. */
export function callFieldsOf(opaque: Opaque): OpaqueFields {
  if (opaque.dialect === 'openai-chat') return fieldsOf(opaque, '')
  return { extra_content: { hub: { ...opaque } } }
}

/** Fields of several reasoning parts as those of the one message that holds them. */
export function mergeFields(all: OpaqueFields[]): OpaqueFields {
  const details = all.flatMap((fields) => fields.reasoning_details ?? [])
  const extra = all.findLast((fields) => fields.extra_content)?.extra_content
  return { ...(details.length > 0 && { reasoning_details: details }), ...(extra && { extra_content: extra }) }
}

/** Whether another dialect made this state. */
export function isForeign(opaque: Opaque): boolean {
  return opaque.dialect !== 'openai-chat'
}

/** A message of the history without our marks; the same object where it has none. */
export function withoutMarks(message: JsonObject): JsonObject {
  const resultOf = message.tool_call_id
  if (typeof resultOf === 'string') {
    const { id } = openCallId(resultOf)
    return id === resultOf ? message : { ...message, tool_call_id: id }
  }
  const details = Array.isArray(message.reasoning_details) ? message.reasoning_details : []
  const calls = Array.isArray(message.tool_calls) ? message.tool_calls : []
  const marked = details.some(isHubDetail)
  if (!marked && !calls.some(isMarkedCall)) return message
  const { reasoning_details: _details, ...bare } = message
  const kept = details.filter((detail) => !isHubDetail(detail))
  if (kept.length > 0) bare.reasoning_details = kept
  if (calls.length > 0)
    bare.tool_calls = calls.map((call) => (isMarkedCall(call) ? withoutCallMarks(call) : call))
  return bare
}

function withoutCallMarks(call: Json): Json {
  const { extra_content, id, ...bare } = objectIn(call) ?? {}
  return {
    ...(id !== undefined && { id: typeof id === 'string' ? openCallId(id).id : id }),
    ...bare,
    ...(extra_content !== undefined && objectIn(extra_content)?.hub === undefined && { extra_content }),
  }
}

function isMarkedCall(call: Json): boolean {
  const { extra_content, id } = objectIn(call) ?? {}
  return objectIn(extra_content)?.hub !== undefined || (typeof id === 'string' && openCallId(id).id !== id)
}

function isHubDetail(detail: Json): boolean {
  return objectIn(detail)?.type === hubDetail
}

/** The dialects that make such state. */
const sealing: readonly string[] = providerChatDialects

function isDialect(value: Json | undefined): value is DialectId {
  return typeof value === 'string' && sealing.includes(value)
}
