/**
 * The text without a character at its end, however often it is there: an expression would try from
 * each place.
 */
export function withoutTrailing(text: string, character: string): string {
  let end = text.length
  while (end > 0 && text[end - 1] === character) end--
  return text.slice(0, end)
}
