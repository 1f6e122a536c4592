/**
 * State that one dialect made (a signature, encrypted reasoning) as a text that a client of another
 * dialect carries in its own opaque field: Anthropic's `signature`, the Responses API's
 * `encrypted_content`, Gemini's `thoughtSignature`. The mark tells it from state of the client's
 * own dialect, and no provider is ever sent a text that bears it.
 */
import { base64url } from 'jose'
import { isJsonObject, type Json } from '../chat/json.ts'
import type { Opaque } from '../chat/request.ts'
import { objectIn, parseJson } from './json-read.ts'

const mark = 'hub1-'

/** Reasoning of another dialect: the state, and the text it belongs to. */
export interface ForeignState {
  opaque: Opaque
  text: string
}

/** The state as a text of letters, digits, `-` and `_`. */
export function wrapState(state: ForeignState): string {
  return mark + base64url.encode(JSON.stringify(state))
}

/** The state in a text that `wrapState` made; undefined for any other. */
export function unwrapState(text: string): ForeignState | undefined {
  if (!isWrapped(text)) return undefined
  try {
    const state = parseJson(new TextDecoder().decode(base64url.decode(text.slice(mark.length))))
    if (!isJsonObject(state) || !isJsonObject(state.opaque) || typeof state.text !== 'string')
      return undefined
    const opaque = readOpaque(state.opaque)
    return opaque && { opaque, text: state.text }
  } catch {
    return undefined
  }
}

/** State that went to a client as JSON; undefined where it is none. */
export function readOpaque(value: Json | undefined): Opaque | undefined {
  const { dialect, data, by } = objectIn(value) ?? {}
  if (typeof dialect !== 'string' || data === undefined) return undefined
  // A name that no dialect has matches none, and the state is dropped where it would be used.
  return { dialect: dialect as Opaque['dialect'], data, ...(typeof by === 'string' && { by }) }
}

/** Whether a text bears our mark, sound or not: it must not be sent to a provider. */
export function isWrapped(text: string): boolean {
  return text.startsWith(mark)
}
