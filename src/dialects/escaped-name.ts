/**
 * Names of tools, for dialects that know fewer characters than others. What is unknown is written as `_0x2d_`, by its code point.
 * The answer comes back without the request, so the name itself holds all that is needed to read it again.
 */

const written = /_0x([0-9a-f]{1,6})_/g

/**
 * The name in characters that are known.
 * @param unknown matches each character that is not, and an underscore that would look like one of ours (`_(?=0x)`).
 */
export function escapeName(name: string, unknown: RegExp): string {
  return name.replaceAll(unknown, (character) => `_0x${character.codePointAt(0)?.toString(16) ?? ''}_`)
}

/** The name that `escapeName` was given; any other text that a model may say as it is. */
export function unescapeName(name: string): string {
  return name.replaceAll(written, (text, digits: string) => {
    const codePoint = Number.parseInt(digits, 16)
    return codePoint > 0x10ffff ? text : String.fromCodePoint(codePoint)
  })
}
