/**
 * Items that a request only refers to, by the id that an earlier answer gave them.
 * https://platform.openai.com/docs/api-reference/responses/create#responses_create-input
 */
import type { Json, JsonObject } from '../../chat/json.ts'
import { listIn, objectIn, textIn } from '../json-read.ts'
import { toInput } from './continuation.ts'

/** The ids of the items that a request refers to one by one, each once. */
export function itemsReferredTo(body: JsonObject): string[] {
  return [...new Set(listIn(body.input).flatMap((item) => referenceIn(item) ?? []))]
}

/** The request with the items in it that it refers to, where they are among the kept ones. */
export function replaceReferences(body: JsonObject, kept: ReadonlyMap<string, Json>): JsonObject {
  const input = listIn(body.input)
  if (!input.some((item) => kept.has(referenceIn(item) ?? ''))) return body
  return {
    ...body,
    input: input.flatMap((item) => {
      const found = kept.get(referenceIn(item) ?? '')
      return found === undefined ? [item] : toInput(found)
    }),
  }
}

/**
 * The request without references, for whoever cannot look them up, and without the results of calls
 * that went with them: a result whose call is missing is refused.
 * @returns the same body where it refers to nothing.
 */
export function withoutReferences(
  body: JsonObject,
  isGone: (id: string) => boolean = () => true,
): JsonObject {
  const input = listIn(body.input)
  const left = input.filter((item) => {
    const id = referenceIn(item)
    return id === undefined || !isGone(id)
  })
  if (left.length === input.length) return body
  // The calls may be in the conversation that the request goes on from.
  if (body.previous_response_id != null || body.conversation != null) return { ...body, input: left }
  const members = left.map((item) => objectIn(item) ?? {})
  const calls = new Set(
    members.flatMap(({ type, call_id: id }) => (isResult(type) ? [] : (textIn(id) ?? []))),
  )
  return {
    ...body,
    input: left.filter((_item, index) => {
      const { type, call_id: id } = members[index] ?? {}
      return !isResult(type) || calls.has(textIn(id) ?? '')
    }),
  }
}

function isResult(type: Json | undefined): boolean {
  return textIn(type)?.endsWith('_output') ?? false
}

/** The id in an item that only refers to another. */
export function referenceIn(item: Json): string | undefined {
  const { type, id } = objectIn(item) ?? {}
  // A reference may come without its type.
  return type === 'item_reference' || (type === undefined && Object.keys(objectIn(item) ?? {}).length === 1)
    ? textIn(id)
    : undefined
}
