/**
 * Thought signatures. A model's own pass unread. State of other dialects travels to Gemini clients
 * in the same field, which they send back: as the base64 of the text that `wrapState` makes. Go and
 * Java take the field for bytes and refuse what is not base64, Python writes it back in the
 * URL-safe alphabet; base64 of letters, digits, `-` and `_` is the same text in both alphabets (no
 * six bits of it come out as 62 or 63), so that it survives all of them.
 * https://ai.google.dev/gemini-api/docs/thought-signatures
 */
import type { Opaque } from '../../chat/request.ts'
import { isWrapped, readOpaque, unwrapState, wrapState, type ForeignState } from '../opaque-state.ts'

/**
 * What Google documents for a call that the model did not make, or whose signature is lost: it is
 * not validated.
 */
export const standIn = 'skip_thought_signature_validator'

/** The beginning of every wrapped text in base64. */
const head = btoa('hub')

/** What a signature holds: one of these, or nothing. */
export interface Signature {
  /** Gemini's own, as it came. */
  own?: string
  /** Reasoning of another dialect, with its text. */
  reasoning?: ForeignState
  /** State of another dialect that belongs to the call on which it stands. */
  call?: Opaque
}

export function readSignature(signature: string | null | undefined): Signature {
  if (!signature || signature === standIn) return {}
  const wrapped = wrappedIn(signature)
  if (wrapped === undefined) return { own: signature }
  const state = unwrapState(wrapped)
  if (!state) return {}
  // Gemini's own state is never wrapped: under its name stands what a call was sealed with.
  const call = state.opaque.dialect === 'gemini' ? state.opaque.data : undefined
  if (call === undefined) return { reasoning: state }
  const opaque = readOpaque(call)
  return opaque ? { call: opaque } : {}
}

/** Whether a signature bears our mark: it must not be sent to a provider. */
export function isForeign(signature: string): boolean {
  return wrappedIn(signature) !== undefined
}

/** A state of Gemini's own as the signature it came from. */
export function ownSignature(opaque: Opaque | undefined): string | undefined {
  return opaque?.dialect === 'gemini' && typeof opaque.data === 'string' ? opaque.data : undefined
}

export function wrapReasoning(state: ForeignState): string {
  return btoa(wrapState(state))
}

export function wrapCallState(opaque: Opaque): string {
  return btoa(wrapState({ opaque: { dialect: 'gemini', data: { ...opaque } }, text: '' }))
}

function wrappedIn(signature: string): string | undefined {
  if (isWrapped(signature)) return signature
  if (!signature.startsWith(head)) return undefined
  try {
    const text = atob(signature)
    return isWrapped(text) ? text : undefined
  } catch {
    return undefined
  }
}
