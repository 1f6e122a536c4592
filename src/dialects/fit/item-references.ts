/** References to items that neither the hub nor a provider of the Responses dialect has stored. */
import { withoutReferences } from '../openai-responses/references.ts'
import type { BodyStep } from './fit.ts'

/**
 * Leaves out references at known rows that store no items. The hub has already replaced those that
 * it knows. Custom rows may have stored the items of their answers.
 */
export const leaveOutReferences: BodyStep = (body, { isKnownRow, quirks }, dropped) => {
  if (!isKnownRow || quirks.keepsAnswers) return body
  const whole = withoutReferences(body)
  if (whole !== body) dropped.push('input[].item_reference')
  return whole
}
