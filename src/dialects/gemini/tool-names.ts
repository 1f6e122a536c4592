/**
 * Names of tools. Gemini knows letters, digits and `_.:-`, a letter or underscore first, 64 of them at most.
 * https://ai.google.dev/api/caching#FunctionDeclaration
 */
import { HubError } from '../../errors.ts'
import { escapeName, unescapeName } from '../escaped-name.ts'

const unknown = /[^A-Za-z0-9_.:-]|^[^A-Za-z_]|_(?=0x)/gu
const longest = 64

/** @throws {HubError} VALIDATION_ERROR for a name that is too long: shortened, it could not be read again. */
export function writeToolName(name: string): string {
  const known = escapeName(name, unknown)
  if (known.length <= longest) return known
  throw new HubError(
    'VALIDATION_ERROR',
    `The tool name "${name}" is too long for this provider, which knows ${longest} characters at most.`,
    { param: 'tools' },
  )
}

/** The name that `writeToolName` was given; any other text that a model may say as it is. */
export const readToolName = unescapeName
