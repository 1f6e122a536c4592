/** Changes the objects in a list of a body one by one, and copies nothing where none changes. */
import { isJsonObject, type Json, type JsonObject } from '../chat/json.ts'

/**
 * @param change gives what an object becomes; undefined takes it out of the list.
 * @returns the object with the changed list under this name. It is the same object where no entry
 *   changes, or where there is no list.
 */
export function mapMember(
  object: JsonObject,
  name: string,
  change: (entry: JsonObject) => JsonObject | undefined,
): JsonObject {
  const list = object[name]
  if (!Array.isArray(list)) return object
  let changed: Json[] | undefined
  for (const [index, entry] of list.entries()) {
    const next = isJsonObject(entry) ? change(entry) : entry
    if (next !== entry) changed ??= list.slice(0, index)
    if (next !== undefined) changed?.push(next)
  }
  return changed ? { ...object, [name]: changed } : object
}
