/**
 * Headers by which clients opt in to what a provider calls beta. They go to providers of the same
 * dialect. Pure.
 */
import { HubError } from '../errors.ts'

const names = ['anthropic-beta', 'openai-beta']

/**
 * Servers refuse requests with long headers or close the connection, which looks like their fault.
 */
const mostCharacters = 2_000

/**
 * The headers that a client sent of these, by name.
 * @throws {HubError} VALIDATION_ERROR naming one that is too long.
 */
export function readOptIn(header: (name: string) => string | undefined): Record<string, string> {
  const sent: Record<string, string> = {}
  for (const name of names) {
    const value = header(name)
    if (value === undefined) continue
    if (value.length > mostCharacters) {
      throw new HubError(
        'VALIDATION_ERROR',
        `The header "${name}" must have at most ${mostCharacters} characters.`,
        { param: name },
      )
    }
    sent[name] = value
  }
  return sent
}
