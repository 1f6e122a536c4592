/**
 * Names of tools. Gemini knows letters, digits and `_.:-`, a letter or underscore first, 64 of them at most. What it does not
 * know is written as `_0x2f_`, by its code point. The answer comes back without the request, so the name itself holds all
 * that is needed to read it again, and an underscore that would look like one of ours is written so too.
 * https://ai.google.dev/api/caching#FunctionDeclaration
 */
import { HubError } from '../../errors.ts'

const unknown = /[^A-Za-z0-9_.:-]|^[^A-Za-z_]|_(?=0x)/gu
const written = /_0x([0-9a-f]{1,6})_/g
const longest = 64

/** @throws {HubError} VALIDATION_ERROR for a name that is too long: shortened, it could not be read again. */
export function writeToolName(name: string): string {
  const known = name.replaceAll(unknown, (character) => `_0x${character.codePointAt(0)?.toString(16) ?? ''}_`)
  if (known.length <= longest) return known
  throw new HubError(
    'VALIDATION_ERROR',
    `The tool name "${name}" is too long for this provider, which knows ${longest} characters at most.`,
    { param: 'tools' },
  )
}

/** The name that `writeToolName` was given; any other text that a model may say as it is. */
export function readToolName(name: string): string {
  return name.replaceAll(written, (text, digits: string) => {
    const codePoint = Number.parseInt(digits, 16)
    return codePoint > 0x10ffff ? text : String.fromCodePoint(codePoint)
  })
}
