/**
 * State that must come back unread, on a wire that has one place for it: the `encrypted_content` of
 * a reasoning item.
 *
 * State of this dialect is a reasoning item, kept whole. State of others goes to clients in
 * reasoning items too, wrapped in our mark. `encrypted_content` is given whether or not the client
 * asked for it: a client that keeps its history itself sends back the items it was given, and
 * without the mark a made-up item would reach a provider, which knows nothing of it.
 *
 * What the hub has to say for itself is wrapped as state of this dialect, which is never wrapped
 * otherwise: that reasoning has no state at all, or that the state belongs to the tool call that
 * follows. Reasoning items are the only ones that clients such as Codex send back whole; a member
 * of our own on a call would not survive.
 */
import type { Json, JsonObject } from '../../chat/json.ts'
import type { Opaque, ReasoningPart } from '../../chat/request.ts'
import { isWrapped, readOpaque, unwrapState, wrapState } from '../opaque-state.ts'
import { listIn, objectIn, textIn } from '../json-read.ts'

/** What a reasoning item says: reasoning, or the state of a tool call. */
export type ReadReasoning =
  | { type: 'reasoning'; part: ReasoningPart }
  | { type: 'call-state'; callId: string; opaque: Opaque }
  /** A mark that is not sound: there is nothing to take from it. */
  | { type: 'nothing' }

/** Between the parts of a summary. */
export const paragraph = '\n\n'

/** Reads a reasoning item of the history. */
export function readReasoning(item: JsonObject): ReadReasoning {
  const sealed = textIn(item.encrypted_content)
  if (sealed === undefined || !isWrapped(sealed)) {
    const text = reasoningText(item)
    const isState = sealed !== undefined || listIn(item.content).length > 0
    return { type: 'reasoning', part: { type: 'reasoning', text, ...(isState && { opaque: own(item) }) } }
  }
  const state = unwrapState(sealed)
  if (!state) return { type: 'nothing' }
  if (state.opaque.dialect !== 'openai-responses')
    return { type: 'reasoning', part: { type: 'reasoning', ...state } }
  const call = objectIn(objectIn(state.opaque.data)?.call)
  if (!call) return { type: 'reasoning', part: { type: 'reasoning', text: reasoningText(item) } }
  const opaque = readOpaque({ data: null, ...call })
  return opaque ? { type: 'call-state', callId: textIn(call.id) ?? '', opaque } : { type: 'nothing' }
}

/**
 * What of a reasoning item is meant to be read: its summary, or the reasoning itself where an open
 * model shows it.
 */
export function reasoningText(item: JsonObject): string {
  const texts = [...listIn(item.summary), ...listIn(item.content)].map((part) => textIn(objectIn(part)?.text))
  return texts.filter((text) => text !== undefined).join(paragraph)
}

/** A whole reasoning item as state of this dialect. */
export function own(item: JsonObject): Opaque {
  return { dialect: 'openai-responses', data: item }
}

/**
 * The item that reasoning with this state was read from; undefined for state of another dialect.
 */
export function ownItem(opaque: Opaque | undefined): JsonObject | undefined {
  return opaque?.dialect === 'openai-responses' ? objectIn(opaque.data) : undefined
}

/** The `encrypted_content` of reasoning that another dialect made, or that has no state. */
export function sealForeign(text: string, opaque: Opaque | undefined): string {
  return opaque && opaque.dialect !== 'openai-responses' ? wrapState({ opaque, text }) : wrapNote({})
}

/** The `encrypted_content` of an item that holds the state of a tool call. */
export function sealCall(id: string, opaque: Opaque): string {
  return wrapNote({ call: { id, ...opaque } })
}

function wrapNote(data: Json): string {
  return wrapState({ opaque: { dialect: 'openai-responses', data }, text: '' })
}
