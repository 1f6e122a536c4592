/** How a transcript is laid out for reading. Pure. */

/** How many messages of a long conversation are shown at first. */
const tailLength = 6

/** JSON with a line for each value; anything else as it is. */
export function prettyJson(text: string): string {
  if (!/^\s*[{[]/.test(text)) return text
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

/** The end of a list, or all of it, and how many come before what is shown. */
export function tailOf<Item>(
  items: readonly Item[],
  whole: boolean,
): { hidden: number; shown: readonly Item[] } {
  const hidden = whole ? 0 : Math.max(0, items.length - tailLength)
  return { hidden, shown: items.slice(hidden) }
}
