/** Values of JSON columns in statements that are written by hand. */

/** A value as its column stores it. Null stays SQL's null. */
export function toJson(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value)
}
