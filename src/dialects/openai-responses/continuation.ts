/**
 * Going on from an earlier answer by its id. The hub keeps the conversation behind an answer, so
 * that the next turn may go to any provider; this is what it keeps, and how the next request is
 * made whole again.
 * https://platform.openai.com/docs/guides/conversation-state#passing-context-from-the-previous-response
 */
import type { Json, JsonObject } from '../../chat/json.ts'
import { listIn, objectIn, textIn } from '../json-read.ts'
import { isHubId } from './ids.ts'

/**
 * What is kept of an answer: what was asked, and what was answered. Undefined where the answer has
 * no id.
 */
export function conversationOf(
  body: JsonObject,
  response: JsonObject,
): { id: string; items: Json[] } | undefined {
  const id = textIn(response.id)
  if (id === undefined || response.status === 'failed') return undefined
  return { id, items: [...itemsOf(body.input), ...listIn(response.output)] }
}

/**
 * The request with the conversation in it instead of a reference. Instructions are not carried
 * over, as at OpenAI.
 */
export function continueFrom(body: JsonObject, items: Json[]): JsonObject {
  const { previous_response_id: _reference, ...rest } = body
  return { ...rest, input: [...items.flatMap(toInput), ...itemsOf(body.input)] }
}

/** The items of an answer that a client may refer to by the ids that a provider gave them. */
export function itemsOfProvider(response: JsonObject): { id: string; item: Json }[] {
  return listIn(response.output).flatMap((item) => {
    const id = textIn(objectIn(item)?.id)
    return id === undefined || isHubId(id) ? [] : [{ id, item }]
  })
}

function itemsOf(input: Json | undefined): Json[] {
  return typeof input === 'string' ? [{ type: 'message', role: 'user', content: input }] : listIn(input)
}

/**
 * An item of an answer as input. Its id means something only to the account that made it, and only
 * as long as it keeps it.
 */
export function toInput(item: Json): Json[] {
  const { id, ...bare } = objectIn(item) ?? {}
  // What ran in a container is known to the account that has it, and is in the answer's words where
  // it matters.
  if (textIn(bare.container_id) !== undefined) return []
  if (bare.type !== 'reasoning') return [bare]
  // Reasoning that is kept elsewhere cannot be given back; sealed, it needs the id that it was
  // sealed with.
  return typeof bare.encrypted_content === 'string' ? [{ ...bare, ...(id !== undefined && { id }) }] : []
}
