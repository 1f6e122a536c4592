import { isExactNumber } from './exact-json.ts'

/** JSON as a type, for what is carried and not read. */
export type Json = string | number | boolean | null | Json[] | JsonObject
export interface JsonObject {
  [name: string]: Json
}

/**
 * Whether a parsed JSON value is an object: not null, no array, and no number of `parseExactly`.
 */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value)
}
