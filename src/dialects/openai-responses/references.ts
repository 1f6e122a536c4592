/**
 * References in a request to items of earlier answers, by their ids.
 * https://platform.openai.com/docs/api-reference/responses/create#responses_create-input
 */
import type { Json, JsonObject } from '../../chat/json.ts'
import { listIn, objectIn, textIn } from '../json-read.ts'
import { toInput } from './continuation.ts'

/** The ids of the items that a request refers to, each once. */
export function itemsReferredTo(body: JsonObject): string[] {
  return [...new Set(listIn(body.input).flatMap((item) => referenceIn(item) ?? []))]
}

/** Replaces references with the stored items; the same body where none of them is stored. */
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
 * The request without references to items that its receiver does not keep, and without the results
 * of the calls among those: a result whose call is missing is refused.
 * @param isGone whether the item of an id is not kept there; every item where this is absent.
 * @returns the same body where nothing is left out.
 */
export function withoutReferences(
  body: JsonObject,
  isGone: (id: string) => boolean = () => true,
): JsonObject {
  const goes = (item: Json): boolean => {
    const id = referenceIn(item)
    return id !== undefined && isGone(id)
  }
  const input = listIn(body.input)
  const left = input.filter((item) => !goes(item))
  if (left.length === input.length) return body
  // The calls may be in the conversation that the request goes on from.
  if (body.previous_response_id != null || body.conversation != null) return { ...body, input: left }
  const calls = new Set(left.flatMap((item) => (isResult(item) ? [] : (callIdIn(item) ?? []))))
  // A result of a call that is only referred to belongs to the nearest reference before it.
  let isCallGone = true
  return {
    ...body,
    input: input.filter((item) => {
      if (referenceIn(item) !== undefined) isCallGone = goes(item)
      const isOrphan = isResult(item) && !calls.has(callIdIn(item) ?? '')
      return !goes(item) && !(isCallGone && isOrphan)
    }),
  }
}

function isResult(item: Json): boolean {
  return textIn(objectIn(item)?.type)?.endsWith('_output') ?? false
}

function callIdIn(item: Json): string | undefined {
  return textIn(objectIn(item)?.call_id)
}

/** The id in a reference; undefined for other items. */
export function referenceIn(item: Json): string | undefined {
  const { type, id } = objectIn(item) ?? {}
  // A reference may come without its type.
  return type === 'item_reference' || (type === undefined && Object.keys(objectIn(item) ?? {}).length === 1)
    ? textIn(id)
    : undefined
}
