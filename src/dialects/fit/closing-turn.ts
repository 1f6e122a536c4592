/**
 * A history that ends with what the assistant said. Agents send one after a stream broke, and mean
 * that the model goes on. Claude from 4.6 on answers "This model does not support assistant message
 * prefill. The conversation must end with a user message", and Mistral "Expected last role User or
 * Tool". In a translation the user asks for it.
 */
import type { JsonObject } from '../../chat/json.ts'
import { abilitiesOf } from '../anthropic/generations.ts'
import { listIn, objectIn } from '../json-read.ts'
import type { BodyStep } from './fit.ts'

const request = 'Continue.'

/** For the Messages API: a user's turn of blocks. */
export const closeForClaude: BodyStep = (body, { isTranslated, model }) =>
  isTranslated && abilitiesOf(model)?.prefill === false
    ? closed(body, { role: 'user', content: [{ type: 'text', text: request }] })
    : body

/** For Mistral, whose row also says that it knows no user after a tool. */
export const closeForMistral: BodyStep = (body, { isTranslated, quirks }) =>
  isTranslated && quirks.noUserAfterTool ? closed(body, { role: 'user', content: request }) : body

function closed(body: JsonObject, turn: JsonObject): JsonObject {
  const messages = listIn(body.messages)
  return objectIn(messages.at(-1))?.role === 'assistant' ? { ...body, messages: [...messages, turn] } : body
}
