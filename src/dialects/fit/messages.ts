/** Changes messages of a body one by one, and copies nothing where none changes. */
import { isJsonObject, type Json, type JsonObject } from '../../chat/json.ts'

/** The list with each object changed; the same list where every one stays itself. */
function mapObjects(list: Json[], change: (item: JsonObject) => JsonObject): Json[] {
  let changed: Json[] | undefined
  for (const [index, item] of list.entries()) {
    if (!isJsonObject(item)) continue
    const next = change(item)
    if (next === item) continue
    changed ??= [...list]
    changed[index] = next
  }
  return changed ?? list
}

/**
 * The body with the list under this name changed; the same body where the list is, or where there
 * is none.
 */
export function mapMember(
  body: JsonObject,
  name: string,
  change: (item: JsonObject) => JsonObject,
): JsonObject {
  const list = body[name]
  if (!Array.isArray(list)) return body
  const changed = mapObjects(list, change)
  return changed === list ? body : { ...body, [name]: changed }
}
