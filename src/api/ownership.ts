/** What is stored for its owner alone or for the whole hub, as the query of a request says. */
import { scopes } from '../domain/scopes.ts'
import { z } from 'zod'
import type { Caller } from '../auth/caller.ts'
import { findUser } from '../db/users.ts'
import type { Whose } from '../db/owner-filter.ts'
import { HubError } from '../errors.ts'

export const Scope = z.strictObject({ scope: z.enum(scopes).default('user') })

/**
 * Who owns what a caller stores under a scope: their id, or `hub`.
 *
 * @param change what would be done to the whole hub, as in "Only an administrator may …".
 * @throws {HubError} FORBIDDEN where the scope is the hub's and the caller is no administrator.
 */
export function ownerOf(caller: Caller, { scope }: z.infer<typeof Scope>, change: string): string {
  if (scope === 'user') return caller.configuration.user.id
  if (caller.configuration.user.role === 'admin') return 'hub'
  throw new HubError('FORBIDDEN', `Only admins can ${change}.`, { param: 'scope' })
}

/**
 * Sharing spends a key on everyone's requests: only an admin may decide that.
 * @throws {HubError} FORBIDDEN naming `param`.
 */
export function requireSharer(caller: Caller, shared: boolean | undefined, param = 'shared'): void {
  if (shared && caller.configuration.user.role !== 'admin') {
    throw new HubError('FORBIDDEN', 'Only admins can share keys with the team.', {
      param,
    })
  }
}

/** The query of what shows a person's own rows, and to an administrator everyone's. */
export const Everyone = { owner: z.literal('all').optional() }

/**
 * The query of what an administrator may also look at person by person: `all`, a user's id, or
 * `hub` for open access.
 */
export const Anyone = { owner: z.string().min(1).max(64).optional() }

/**
 * Whose rows a request may see.
 * @throws {HubError} FORBIDDEN where others' are asked for and the caller is no administrator.
 */
export function whoseOf(caller: Caller, { owner }: { owner?: string | undefined }): Whose {
  const { id, role } = caller.configuration.user
  if (owner === undefined || owner === id) return { owner: id }
  if (role === 'admin') return owner === 'all' ? 'everyone' : { owner }
  throw new HubError('FORBIDDEN', 'Only admins can see data of other users.', { param: 'owner' })
}

/**
 * Whose rows a request may see, where it may ask for one person's.
 * @throws {HubError} as `whoseOf` does, and NOT_FOUND where that person is not on this hub.
 */
export async function requireWhose(
  d1: D1Database,
  caller: Caller,
  query: { owner?: string | undefined },
): Promise<Whose> {
  const whose = whoseOf(caller, query)
  const asked = whose === 'everyone' ? undefined : whose.owner
  if (asked === undefined || asked === caller.configuration.user.id || asked === 'hub') return whose
  if (await findUser(d1, asked)) return whose
  throw new HubError('NOT_FOUND', 'User not found.', { param: 'owner' })
}
