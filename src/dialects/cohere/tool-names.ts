/**
 * Names of tools. Cohere knows letters, digits and underscores, and no digit at the beginning; clients use hyphens and dots.
 * What it does not know is written as `_0x2d_`, by its code point. The answer comes back without the request, so the name
 * itself holds all that is needed to read it again, and an underscore that would look like one of ours is written so too.
 */

const unknown = /[^A-Za-z0-9_]|^[0-9]|_(?=0x)/gu
const written = /_0x([0-9a-f]{1,6})_/g

export function writeToolName(name: string): string {
  return name.replaceAll(unknown, (character) => `_0x${character.codePointAt(0)?.toString(16) ?? ''}_`)
}

/** The name that `writeToolName` was given; any other text that a model may say as it is. */
export function readToolName(name: string): string {
  return name.replaceAll(written, (text, digits: string) => {
    const codePoint = Number.parseInt(digits, 16)
    return codePoint > 0x10ffff ? text : String.fromCodePoint(codePoint)
  })
}
