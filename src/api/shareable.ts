/**
 * Which keys can serve everyone: those of a provider that the hub brings or that is the hub's.
 * Everyone must be able to name the provider, and its address must be for administrators to change.
 */
import type { AccountChange, StoredKey } from '../db/keys.ts'
import { HubError } from '../errors.ts'
import type { Directory, KnownProvider } from '../gateway/provider-directory.ts'
import { requireProvider } from './provider-directory.ts'

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
 * @throws {HubError} as `requireShareable` does, also where the key was entered for a person's own
 *   row.
 */
export function requireShareableKey(key: { provider: string; rowOwner: string }, param = 'shared'): void {
  if (key.rowOwner !== 'hub' && key.rowOwner !== 'built-in') throw notShareable(key.provider, param)
}

/** The row that a key goes with; where that is gone, the one that its provider's name means now. */
export function rowOfKey(
  directory: Directory,
  { provider, rowOwner }: Pick<StoredKey, 'provider' | 'rowOwner'>,
): KnownProvider {
  return directory.rowOf(provider, rowOwner) ?? requireProvider(directory, provider)
}

/**
 * The row that a key goes with after a change. One that is entered again goes with the row that its
 * provider's name means now; one that begins to serve everyone must go with one that can.
 */
export function rowAfter(
  directory: Directory,
  stored: StoredKey,
  change: AccountChange | undefined,
  isEntered: boolean,
): KnownProvider {
  const account = change?.type === 'join' ? change.account : change?.change
  const shared = account?.shared ?? stored.shared
  if (!isEntered) {
    if (shared && !stored.shared) requireShareableKey(stored)
    return rowOfKey(directory, stored)
  }
  const named = requireProvider(directory, stored.provider)
  // What was shared before people's own rows could not be is entered again for the same row.
  const isFromBefore =
    stored.shared && stored.rowOwner === stored.owner && named.row.binding.owner === stored.owner
  return shared && !isFromBefore ? requireShareable(directory, named) : named
}

function notShareable(id: string, param: string): HubError {
  return new HubError(
    'VALIDATION_ERROR',
    `Keys of your own provider "${id}" can’t be shared. Share the provider first: PATCH /api/providers/${id} with {"scope": "hub"}.`,
    { param },
  )
}
