/**
 * The name of a model without the date at its end: `claude-haiku-4-5` of
 * `claude-haiku-4-5-20251001`.
 */
export function undated(id: string): string {
  return id.replace(/-(?:\d{8}|\d{4}-\d{2}-\d{2})$/, '')
}
