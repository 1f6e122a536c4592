/** Takes members out of an object, and copies nothing where there is none of them. */
import type { JsonObject } from '../chat/json.ts'

/** @returns the object without these members; the same one where it has none of them. */
export function withoutMembers(object: JsonObject, names: readonly string[]): JsonObject {
  if (!names.some((name) => object[name] !== undefined)) return object
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)))
}
