/**
 * Cohere signs nothing, but what it thought must go back into the field it came from: the seal of
 * its reasoning is the name of that field. A model's plan for its tool calls ("a chain-of-thought
 * style reflection", says the reference) is reasoning too; as text it would stand beside the calls
 * as an answer to the user, which it is not.
 */
import type { Opaque } from '../../chat/request.ts'

export type ReasoningField = 'thinking' | 'tool_plan'

export function sealOf(field: ReasoningField): Opaque {
  return { dialect: 'cohere', data: field }
}

/** The field; undefined for reasoning that Cohere did not make. */
export function fieldOf(opaque: Opaque | undefined): ReasoningField | undefined {
  if (opaque?.dialect !== 'cohere') return undefined
  return opaque.data === 'thinking' || opaque.data === 'tool_plan' ? opaque.data : undefined
}
