/**
 * Reasoning on the Anthropic wire: `thinking` blocks with a signature, and `redacted_thinking`
 * blocks, which are state and nothing else. Clients of this dialect (Claude Code, the SDKs) send
 * both back unchanged, so the state of other dialects travels in them under our mark:
 *
 * - reasoning that can be read is a `thinking` block, whose signature is the wrapped state.
 *   Reasoning that nobody sealed gets a signature of ours too: an empty one would be a 400 at
 *   Anthropic, and would not be told from a native one here.
 * - hidden reasoning is a `redacted_thinking` block. A `thinking` block without text is legal
 *   (`display: "omitted"`) but so new that clients are known to drop it:
 *   https://github.com/openai/openai-agents-python/issues/4155
 * - the state of a tool call is a `redacted_thinking` block before it that names the call. The
 *   call's own id comes back as surely, but would have to hold kilobytes, twice, where other
 *   vendors allow 64 characters.
 *
 * No provider is ever sent a block that bears our mark: see `client-body.ts`.
 */
import type { Json, JsonObject } from '../../chat/json.ts'
import type { Opaque, ReasoningPart } from '../../chat/request.ts'
import { isWrapped, unwrapState, wrapState } from '../opaque-state.ts'
import { objectIn, textIn } from '../json-read.ts'

/** The signature of reasoning that nobody signed: a state that says nothing. */
const unsigned = wrapState({ opaque: { dialect: 'anthropic', data: null }, text: '' })

/** Native state, as the data of an `Opaque`. */
function signatureSeal(signature: string): Opaque {
  return { dialect: 'anthropic', data: { signature } }
}

function redactedSeal(data: string): Opaque {
  return { dialect: 'anthropic', data: { redacted: data } }
}

/** What a signature seals the text before it with; nothing where nobody signed. */
export function readSignature(signature: string | null | undefined): Opaque | undefined {
  if (!signature) return undefined
  if (!isWrapped(signature)) return signatureSeal(signature)
  const opaque = unwrapState(signature)?.opaque
  return opaque?.data === null && opaque.dialect === 'anthropic' ? undefined : opaque
}

/** What a redacted block holds: hidden reasoning, or the state of the tool call with this id. */
export function readRedacted(data: string): { opaque: Opaque; callId?: string } | undefined {
  if (!isWrapped(data)) return { opaque: redactedSeal(data) }
  const state = unwrapState(data)
  if (!state) return undefined
  return state.text === '' ? { opaque: state.opaque } : { opaque: state.opaque, callId: state.text }
}

/** Reasoning as a block that a client keeps for us. */
export function sealedBlock({ text, opaque }: ReasoningPart): JsonObject {
  const native = opaque && nativeBlock(text, opaque)
  if (native) return native
  return opaque && text === '' ? redactedBlock(opaque) : thinkingBlock(text, writeSignature(opaque))
}

/** The state of a tool call as the block that goes before it. */
export function callStateBlock(callId: string, opaque: Opaque): JsonObject {
  return { type: 'redacted_thinking', data: wrapState({ opaque, text: callId }) }
}

/**
 * Hidden reasoning; a `thinking` block where a model of this dialect signed it without its words.
 */
export function redactedBlock(opaque: Opaque): JsonObject {
  return nativeBlock('', opaque) ?? { type: 'redacted_thinking', data: wrapState({ opaque, text: '' }) }
}

/** The signature under a text that was already written. */
export function writeSignature(opaque: Opaque | undefined): string {
  if (!opaque) return unsigned
  return nativeSignature(opaque) ?? wrapState({ opaque, text: '' })
}

/**
 * Reasoning as the provider that made it wants it back; undefined where it was made elsewhere or
 * was never signed.
 */
export function nativeBlock(text: string, opaque: Opaque): JsonObject | undefined {
  const signature = nativeSignature(opaque)
  if (signature !== undefined) return thinkingBlock(text, signature)
  const redacted = opaque.dialect === 'anthropic' ? textIn(objectIn(opaque.data)?.redacted) : undefined
  return redacted === undefined ? undefined : { type: 'redacted_thinking', data: redacted }
}

/** Whether a block of a history is ours and means nothing to a provider. */
export function bearsMark(block: Json): boolean {
  const { type, signature, data } = objectIn(block) ?? {}
  const state = type === 'thinking' ? signature : type === 'redacted_thinking' ? data : undefined
  return typeof state === 'string' && isWrapped(state)
}

function nativeSignature({ dialect, data }: Opaque): string | undefined {
  return dialect === 'anthropic' ? textIn(objectIn(data)?.signature) : undefined
}

function thinkingBlock(thinking: string, signature: string): JsonObject {
  return { type: 'thinking', thinking, signature }
}
