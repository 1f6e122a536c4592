/**
 * The seal of a scripted vendor over its thoughts: only the account that it was given can use it.
 */

/** In base64, as Gemini's must be, and long as theirs are. */
export function sealOf(account: string): string {
  return btoa(`sealed for ${account} `.padEnd(96, '.'))
}
