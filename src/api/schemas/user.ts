/** How a person is entered and shown: to themselves, and to administrators. */
import { roles } from '../../domain/roles.ts'
import { z } from 'zod'
import type { User } from '../../db/users.ts'
import type { CapUse } from '../../user/rpc.ts'
import { HubError } from '../../errors.ts'
import { CapsState, CapsView, showCaps, showState } from './caps.ts'
import { Time, toTime } from './common.ts'

export const Username = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9._-]{1,49}$/, 'must be 2 to 50 letters, digits, dots, dashes or underscores')
export const Email = z.email().trim().toLowerCase().max(200)
export const Password = z.string().min(8, 'must have at least 8 characters').max(1_000)
/** A share of each limit of a shared account, above 0 and up to 1. */
export const MaxShare = z.number().gt(0).max(1)
export const PersonRole = z.enum(roles)

/** What somebody is known by: at least one of the two. */
export const Names = { username: Username.optional(), email: Email.optional() }

export function isNamed(input: { username?: string | undefined; email?: string | undefined }): boolean {
  return input.username !== undefined || input.email !== undefined
}

export const unnamed = { path: ['username'], message: 'is missing: give a username or an email' }

const Known = {
  id: z.string(),
  username: z.string().nullable(),
  email: z.string().nullable(),
  role: PersonRole,
  createdAt: Time,
}

/** A person as they see themselves. */
export const Person = z.object({
  ...Known,
  /** What they ask and are answered is kept, for themselves alone. */
  keepTranscripts: z.boolean(),
})

/** A person as administrators see them. */
export const UserView = z.object({
  ...Known,
  enabled: z.boolean(),
  ...CapsView,
  /** The share of each limit of a shared account that they may use; null for all of it. */
  maxShare: z.number().nullable(),
  /** The id of their team. */
  team: z.string().nullable(),
  /** The use of their own caps. */
  state: CapsState,
})

/** A person as they see themselves, with all caps that apply to them. */
export const Self = Person.extend({
  ...CapsView,
  state: CapsState,
  team: z.object({ name: z.string(), ...CapsView, state: CapsState }).nullable(),
})

export function showPerson(user: User): z.infer<typeof Person> {
  return { ...showKnown(user), keepTranscripts: user.keepTranscripts }
}

/** @param use absent where the person has no caps. */
export function showUser(user: User, use: CapUse | undefined): z.infer<typeof UserView> {
  return {
    ...showKnown(user),
    enabled: user.disabledAt === null,
    ...showCaps(user),
    maxShare: user.maxShare,
    team: user.team,
    state: showState(use),
  }
}

function showKnown({ id, username, email, role, createdAt }: User) {
  return { id, username, email, role, createdAt: toTime(createdAt) }
}

/**
 * A username or e-mail without which somebody could still log in with the other.
 * @throws {HubError} where neither would be left.
 */
export function requireName(names: Pick<User, 'username' | 'email'>): void {
  if (names.username === null && names.email === null) {
    throw new HubError('VALIDATION_ERROR', 'A user needs a username or an email.', {
      param: 'username',
    })
  }
}

/** The error for a name that somebody else has. */
export function nameTaken(input: { username?: unknown }): HubError {
  return new HubError('CONFLICT', 'This username or email is taken.', {
    param: input.username === undefined ? 'email' : 'username',
  })
}
