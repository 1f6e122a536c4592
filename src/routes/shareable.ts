/**
 * Which keys can serve everyone: those of a provider that the hub brings or that is the hub's. Everyone
 * must be able to name the provider, and its address must be for administrators to change.
 */
import { HubError } from '../errors.ts'
import type { Directory, KnownProvider } from '../gateway/directory.ts'

/**
 * The row that a shared key of a provider is entered for.
 * @throws {HubError} VALIDATION_ERROR naming `param` and the remedy where it is a person's own row.
 */
export function requireShareable(
  directory: Directory,
  { id }: KnownProvider,
  param = 'shared',
): KnownProvider {
  const row = directory.rowOf(id, 'hub') ?? directory.rowOf(id, 'built-in')
  if (row) return row
  throw notShareable(id, param)
}

/**
 * Checks that a key which is there already can be shared.
 * @throws {HubError} as `requireShareable` does, also where the key was entered for a person's own row.
 */
export function requireShareableKey(key: { provider: string; rowOwner: string }, param = 'shared'): void {
  if (key.rowOwner !== 'hub' && key.rowOwner !== 'built-in') throw notShareable(key.provider, param)
}

function notShareable(id: string, param: string): HubError {
  return new HubError(
    'VALIDATION_ERROR',
    `"${id}" is a provider of your own, and a key of it cannot be shared. Make it the hub’s first: PATCH /api/providers/${id} with {"scope": "hub"}.`,
    { param },
  )
}
