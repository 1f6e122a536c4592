/**
 * Refusals of a request for the state in it: a signature, encrypted reasoning or an item's id that
 * another account or vendor made. The vendors' own words, each seen in public reports.
 */
import type { Fault } from '../errors.ts'

const codes = new Set([
  'invalid_encrypted_content',
  'thinking_signature_invalid',
  'invalid_thought_signature',
  'previous_response_not_found',
])

/**
 * Words of the client are read with the provider's: they blame nobody, and cost one more call at
 * most.
 */
const words =
  /encrypted[_ ]content\b.{0,120}\b(?:could not|cannot|can't|failed|invalid|not match)|\binvalid\b.{0,20}encrypted[_ ]content|organization_id did not match|\binvalid\b.{0,40}\bsignature\b.{0,40}\bthinking\b|(?:corrupted|invalid|malformed|missing an?) .{0,20}thought[_ ]?signature|thought[_ ]?signature.{0,40}\b(?:not valid|invalid|corrupt)|\b(?:item|previous response) with id\b.{0,100}\bnot found|\bitem_reference\b|without its required .{0,20}\breasoning\b.{0,20}\bitem|(?:thinking|reasoning_content).{0,60}must be passed back/i

/** Errors of strict Chat servers about reasoning in the history. */
const unknownReasoning =
  /\b(?:reasoning_content|reasoning_details|messages\S{0,40}reasoning)\b.{0,120}\b(?:unsupported|not (?:supported|permitted|allowed)|unknown|unrecogni[sz]ed|unexpected|forbidden|extra)\b|\b(?:unsupported|unknown|unrecogni[sz]ed|unexpected|extra|additional)\b.{0,120}\breasoning_(?:content|details)\b/i

/** Whether a provider refused a request because of reasoning that the client sent back. */
export function refusesReasoning({ status, message }: Fault): boolean {
  return (status === 400 || status === 422) && unknownReasoning.test(message)
}

/** Whether a provider refused a request for state that it cannot read. */
export function isUnreadableState({ status, code, type, message }: Fault): boolean {
  if (status !== 400 && status !== 404 && status !== 422) return false
  return codes.has(code ?? '') || codes.has(type ?? '') || words.test(message)
}

/** The fault as one of the request, which harms no key and no model. */
export function unreadableState({
  retryAt: _retryAt,
  period: _period,
  doubtful: _doubtful,
  ...fault
}: Fault): Fault {
  return { ...fault, blame: 'request', verdict: 'unreadable-state' }
}
