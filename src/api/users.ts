/**
 * The people of the hub, for administrators. The last administrator can be neither removed,
 * disabled nor demoted.
 */
import { Hono } from 'hono'
import { z } from 'zod'
import { hashPassword } from '../auth/passwords.ts'
import { countSharedKeys, removeUser } from '../db/user-removal.ts'
import { poolsOfUser } from '../db/keys.ts'
import { readSettings } from '../db/settings.ts'
import { findTeam, mostMembers } from '../db/teams.ts'
import { addUser, changeUser, findUser, listUsers, type User } from '../db/users.ts'
import type { Env } from '../env.ts'
import { HubError } from '../errors.ts'
import { randomId } from '../ids.ts'
import { announce, announceChange } from '../announce/announce.ts'
import { useOfPerson } from './cap-usage.ts'
import { CapsInput, withCaps } from './schemas/caps.ts'
import type { HubContext } from './context.ts'
import { endpoint } from './endpoint.ts'
import {
  Email,
  isNamed,
  MaxShare,
  Names,
  nameTaken,
  Password,
  PersonRole,
  requireName,
  showUser,
  unnamed,
  Username,
  UserView,
} from './schemas/user.ts'
import { ById, listOf, withoutUndefined } from './schemas/common.ts'

const UserQuery = z.strictObject({
  cursor: z.string().default(''),
  limit: z.coerce.number().int().min(1).max(500).default(200),
  /** The members of one team alone. */
  team: z.string().min(1).optional(),
})
/** Caps over all tokens and sessions of a person, and the id of their team. */
const Capped = { ...CapsInput, team: z.string().min(1).nullish() }
const UserInput = z
  .strictObject({
    ...Names,
    password: Password,
    role: PersonRole.default('user'),
    ...CapsInput,
    maxShare: MaxShare.nullish(),
  })
  .refine(isNamed, unnamed)
const UserChange = z.strictObject({
  username: Username.nullish(),
  email: Email.nullish(),
  password: Password.optional(),
  role: PersonRole.optional(),
  enabled: z.boolean().optional(),
  ...Capped,
  maxShare: MaxShare.nullish(),
})
/** Keys that serve everyone are not taken away by accident. */
const Removal = z.strictObject({ sharedKeys: z.enum(['keep', 'remove']).default('keep') })

export const userRoutes = new Hono<HubContext>()
  .get(
    '/',
    endpoint({
      guard: 'admin',
      summary: 'The users of this hub.',
      query: UserQuery,
      answer: listOf(UserView),
    }),
    async (c) => {
      const { cursor, limit, team } = c.req.valid('query')
      const users = await listUsers(c.env.DB, cursor, limit + 1, team)
      const page = users.slice(0, limit)
      return c.json({
        data: await Promise.all(page.map(async (user) => showUser(user, await useOfPerson(c.env, user)))),
        nextCursor: users.length > limit ? (page.at(-1)?.id ?? null) : null,
      })
    },
  )
  .post(
    '/',
    endpoint({
      guard: 'admin',
      audit: 'user.added',
      summary: 'Creates a user.',
      body: UserInput,
      status: 201,
      answer: UserView,
    }),
    async (c) => {
      const { personDefaults } = await readSettings(c.env.DB)
      const {
        username,
        email,
        password,
        role,
        maxShare = personDefaults.maxShare,
        ...sentCaps
      } = c.req.valid('json')
      const id = randomId('usr')
      const caps = { ...withCaps(personDefaults, sentCaps), maxShare }
      const added = await addUser(
        c.env.DB,
        {
          id,
          username: username ?? null,
          email: email ?? null,
          passwordHash: hashPassword(password),
          role,
          createdAt: Date.now(),
          ...caps,
        },
        {
          actor: c.var.caller.configuration.user.id,
          action: 'user.added',
          subject: id,
          detail: { role, ...caps },
        },
      )
      if (!added) throw nameTaken({ username })
      const user = await requireUser(c.env, id)
      return c.json(showUser(user, await useOfPerson(c.env, user)), 201)
    },
  )
  .patch(
    '/:id',
    endpoint({
      guard: 'admin',
      audit: 'user.changed',
      summary:
        'Changes a user. Disabling and a new password end their sessions; a new password deletes their stored messages.',
      params: ById,
      body: UserChange,
      answer: UserView,
    }),
    async (c) => {
      const { password, enabled, ...sent } = c.req.valid('json')
      const stored = await requireUser(c.env, c.req.valid('param').id)
      const change = withoutUndefined(sent)
      requireName({ ...stored, ...change })
      if (sent.team) await requireRoom(c.env, stored, sent.team)
      const { team, limits, maxConcurrent, budget, maxShare } = sent
      const epoch = await changeUser(
        c.env.DB,
        stored.id,
        {
          ...change,
          ...(password !== undefined && { passwordHash: hashPassword(password) }),
          ...(enabled !== undefined && { disabledAt: enabled ? null : (stored.disabledAt ?? Date.now()) }),
        },
        {
          actor: c.var.caller.configuration.user.id,
          action: 'user.changed',
          subject: stored.id,
          detail: {
            fields: Object.keys(c.req.valid('json')),
            ...withoutUndefined({ role: sent.role, enabled, team, limits, maxConcurrent, budget, maxShare }),
          },
        },
      )
      if (epoch === 'taken') throw nameTaken(change)
      if (epoch === undefined) {
        if (sent.team) await requireRoom(c.env, stored, sent.team)
        throw lastAdmin()
      }
      await announceChange(c.env, stored.id, epoch)
      // Whoever gives somebody a password could log in with it: what was kept for that person alone
      // is not handed over.
      if (password !== undefined) await announce(c.env, [{ type: 'transcripts-forgotten', user: stored.id }])
      const changed = await requireUser(c.env, stored.id)
      return c.json(showUser(changed, await useOfPerson(c.env, changed)))
    },
  )
  .delete(
    '/:id',
    endpoint({
      guard: 'admin',
      audit: 'user.removed',
      summary:
        'Removes an account with its keys, tokens, sessions, routes, providers and log. Keys that it shares with everyone need ?sharedKeys=remove.',
      params: ById,
      query: Removal,
      status: 204,
    }),
    async (c) => {
      const { id } = await requireUser(c.env, c.req.valid('param').id)
      const shared = await countSharedKeys(c.env.DB, id)
      if (shared > 0 && c.req.valid('query').sharedKeys === 'keep') {
        throw new HubError(
          'CONFLICT',
          `This user owns ${shared} shared key${shared === 1 ? '' : 's'}. Delete them too with ?sharedKeys=remove.`,
          { param: 'sharedKeys' },
        )
      }
      const pools = await poolsOfUser(c.env.DB, id)
      const epoch = await removeUser(c.env.DB, id, Date.now(), {
        actor: c.var.caller.configuration.user.id,
        action: 'user.removed',
        subject: id,
        detail: { sharedKeys: shared },
      })
      if (epoch === undefined) throw lastAdmin()
      await announceChange(c.env, id, epoch, pools)
      await announce(c.env, [{ type: 'person-removed', user: id }])
      return c.body(null, 204)
    },
  )

async function requireUser(env: Env, id: string): Promise<User> {
  const user = await findUser(env.DB, id)
  if (!user) throw new HubError('NOT_FOUND', 'User not found.')
  return user
}

/**
 * @throws {HubError} VALIDATION_ERROR where there is no such team, CONFLICT where it has its most
 *   people.
 */
async function requireRoom(env: Env, person: User, team: string): Promise<void> {
  const found = await findTeam(env.DB, team)
  if (!found) throw new HubError('VALIDATION_ERROR', 'Team not found.', { param: 'team' })
  if (person.team !== team && found.members >= mostMembers) {
    throw new HubError('CONFLICT', `A team can have at most ${mostMembers} members.`, { param: 'team' })
  }
}

function lastAdmin(): HubError {
  return new HubError('CONFLICT', 'This is the last admin of the hub. Make another user an admin first.')
}
