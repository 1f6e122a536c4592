/**
 * State of another dialect in the id of a tool call. Every client sends an id back unchanged, also
 * one that keeps nothing else of an assistant's message; so a loop of tools goes on with the
 * reasoning it began with. Providers see the bare id.
 */
import { base64url } from 'jose'
import { isJsonObject } from '../../chat/json.ts'
import type { Opaque, ReasoningPart } from '../../chat/request.ts'
import { parseJson } from '../json-read.ts'

const mark = '.hub1-'

/**
 * An id longer than this would burden a client more than the state is worth: the reasoning is then
 * left behind.
 */
const maxCharacters = 16_384

export interface CarriedState {
  /** The reasoning before the call, with its seals. */
  reasoning: ReasoningPart[]
  /** The seal of the call itself. */
  opaque?: Opaque
}

/** The id with the state in it; the bare id where there is none, or too much. */
export function sealCallId(id: string, state: CarriedState): string {
  if (state.reasoning.length === 0 && !state.opaque) return id
  const sealed = id + mark + base64url.encode(JSON.stringify(state))
  return sealed.length <= maxCharacters ? sealed : id
}

/** The bare id, and the state that was in it. */
export function openCallId(sealed: string): { id: string; state?: CarriedState } {
  const at = sealed.indexOf(mark)
  if (at === -1) return { id: sealed }
  const id = sealed.slice(0, at)
  const state = readState(sealed.slice(at + mark.length))
  return state ? { id, state } : { id }
}

/** A client may have cut or altered what it did not understand: then there is no state. */
function readState(text: string): CarriedState | undefined {
  try {
    const state = parseJson(new TextDecoder().decode(base64url.decode(text)))
    if (!isJsonObject(state) || !Array.isArray(state.reasoning)) return undefined
    // Written by `sealCallId`; what no dialect made is not used by any.
    return state as unknown as CarriedState
  } catch {
    return undefined
  }
}
