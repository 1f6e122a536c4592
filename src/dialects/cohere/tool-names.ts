/** Names of tools. Cohere knows letters, digits and underscores, and no digit at the beginning; clients use hyphens and dots. */
import { escapeName, unescapeName } from '../escaped-name.ts'

const unknown = /[^A-Za-z0-9_]|^[0-9]|_(?=0x)/gu

export function writeToolName(name: string): string {
  return escapeName(name, unknown)
}

/** The name that `writeToolName` was given; any other text that a model may say as it is. */
export const readToolName = unescapeName
