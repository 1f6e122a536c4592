/**
 * Adds items to the end of a list. `list.push(...items)` makes each an argument of one call: more
 * than some 120,000 overflow the stack, and a body or an answer may hold as many.
 */
export function append<T>(list: T[], items: Iterable<T>): void {
  for (const item of items) list.push(item)
}
