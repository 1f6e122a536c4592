/**
 * Going on from an earlier answer by its id. The hub keeps the conversation behind an answer, so that the next turn may go to
 * any provider; this is what it keeps, and how the next request is made whole again.
 * https://platform.openai.com/docs/guides/conversation-state#passing-context-from-the-previous-response
 */
import type { Json, JsonObject } from '../../chat/json.ts'
import { listIn, objectIn, textIn } from '../read.ts'
import { responseOfItem } from './ids.ts'

/** What is kept of an answer: what was asked, and what was answered. Undefined where the answer has no id. */
export function conversationOf(
  body: JsonObject,
  response: JsonObject,
): { id: string; items: Json[] } | undefined {
  const id = textIn(response.id)
  if (id === undefined || response.status === 'failed') return undefined
  return { id, items: [...itemsOf(body.input), ...listIn(response.output)] }
}

/** The request with the conversation in it instead of a reference. Instructions are not carried over, as at OpenAI. */
export function continueFrom(body: JsonObject, items: Json[]): JsonObject {
  const { previous_response_id: _reference, ...rest } = body
  return { ...rest, input: [...items.flatMap(toInput), ...itemsOf(body.input)] }
}

/** The answers whose items a request refers to one by one, as far as the ids are the hub's own. */
export function answersReferredTo(body: JsonObject): string[] {
  const answers = listIn(body.input).flatMap((item) => responseOfItem(referenceIn(item) ?? '') ?? [])
  return [...new Set(answers)]
}

/** The request with the items in it that it refers to, where they are among the kept ones. */
export function replaceReferences(body: JsonObject, kept: Json[]): JsonObject {
  const byId = new Map(kept.map((item) => [textIn(objectIn(item)?.id), item]))
  const input = listIn(body.input).flatMap((item) => {
    const found = byId.get(referenceIn(item) ?? '')
    return found === undefined ? [item] : toInput(found)
  })
  return { ...body, input }
}

/** The id in an item that only refers to another. */
function referenceIn(item: Json): string | undefined {
  const { type, id } = objectIn(item) ?? {}
  // A reference may come without its type.
  return type === 'item_reference' || (type === undefined && Object.keys(objectIn(item) ?? {}).length === 1)
    ? textIn(id)
    : undefined
}

function itemsOf(input: Json | undefined): Json[] {
  return typeof input === 'string' ? [{ type: 'message', role: 'user', content: input }] : listIn(input)
}

/** An item of an answer as input. Its id means something only to the account that made it, and only as long as it keeps it. */
function toInput(item: Json): Json[] {
  const { id, ...bare } = objectIn(item) ?? {}
  // What ran in a container is known to the account that has it, and is in the answer's words where it matters.
  if (textIn(bare.container_id) !== undefined) return []
  if (bare.type !== 'reasoning') return [bare]
  // Reasoning that is kept elsewhere cannot be given back; sealed, it needs the id that it was sealed with.
  return typeof bare.encrypted_content === 'string' ? [{ ...bare, ...(id !== undefined && { id }) }] : []
}
