/** References to items that a row of the Responses dialect does not keep, and the hub neither. */
import { withoutReferences } from '../openai-responses/references.ts'
import type { BodyStep } from './fit.ts'

/**
 * Leaves out what the request only refers to, at rows that are known to keep no items. The hub has
 * replaced the references that it knows before. Others may keep what they gave out.
 */
export const leaveOutReferences: BodyStep = (body, { isKnownRow, quirks }, dropped) => {
  if (!isKnownRow || quirks.keepsAnswers) return body
  const whole = withoutReferences(body)
  if (whole !== body) dropped.push('input[].item_reference')
  return whole
}
