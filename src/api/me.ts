/** What a person does with their own account: their names, their password, their sessions. */
import { Hono } from 'hono'
import { z } from 'zod'
import type { Caller, PresentedSession } from '../auth/caller.ts'
import { beginAttempt, passwordBucket } from '../auth/login-guard.ts'
import { noteFailure } from '../auth/failed-logins.ts'
import { inTurn } from '../auth/password-queue.ts'
import { hashPassword, verifyPassword } from '../auth/passwords.ts'
import { listSessions, removeOtherSessions, removeSession, type StoredSession } from '../db/sessions.ts'
import { findTeam } from '../db/teams.ts'
import { changeUser, findUser, type User } from '../db/users.ts'
import type { Env } from '../env.ts'
import { HubError } from '../errors.ts'
import { announce, announceChange } from '../announce/announce.ts'
import { useOfPerson, useOfTeam } from './cap-usage.ts'
import { showCaps, showState } from './schemas/caps.ts'
import type { HubContext } from './context.ts'
import { endpoint } from './endpoint.ts'
import {
  Email,
  nameTaken,
  Password,
  Person,
  requireName,
  Self,
  showPerson,
  Username,
} from './schemas/user.ts'
import { forgetCookie, openSession } from './session-cookie.ts'
import { ById, listOf, Time, toTime, toTimeOrNull, withoutUndefined } from './schemas/common.ts'

const MeChange = z.strictObject({
  username: Username.nullish(),
  email: Email.nullish(),
  keepTranscripts: z.boolean().optional(),
})
const PasswordChange = z.strictObject({ oldPassword: z.string().min(1).max(1_000), newPassword: Password })
const NewSession = z.object({ token: z.string(), expiresAt: Time })

const SessionView = z.object({
  id: z.string(),
  userAgent: z.string().nullable(),
  /** Where it was opened. */
  address: z.string().nullable(),
  createdAt: Time,
  lastSeenAt: Time.nullable(),
  expiresAt: Time,
  /** The session that asks. */
  current: z.boolean(),
})

export const meRoutes = new Hono<HubContext>()
  .post(
    '/logout',
    endpoint({ guard: 'user', audit: 'session.ended', summary: 'Ends this session.', status: 204 }),
    async (c) => {
      const { id, userId } = sessionOf(c.var.caller)
      await removeSession(c.env.DB, userId, id, { actor: userId, action: 'session.ended', subject: id })
      forgetCookie(c)
      return c.body(null, 204)
    },
  )
  .get(
    '/me',
    endpoint({
      guard: 'user',
      summary: 'The user of this session, with the caps of their account and team, and their use.',
      answer: Self,
    }),
    async (c) => c.json(await showSelf(c.env, await requireSelf(c.env, c.var.caller))),
  )
  .patch(
    '/me',
    endpoint({
      guard: 'user',
      audit: 'user.changed',
      summary:
        'Changes your username and email, and whether your messages are stored. Turning that off deletes them.',
      body: MeChange,
      answer: Person,
    }),
    async (c) => {
      const change = withoutUndefined(c.req.valid('json'))
      const self = await requireSelf(c.env, c.var.caller)
      requireName({ ...self, ...change })
      const epoch = await changeUser(c.env.DB, self.id, change, {
        actor: self.id,
        action: 'user.changed',
        subject: self.id,
        detail: { fields: Object.keys(change) },
      })
      if (epoch === 'taken') throw nameTaken(change)
      await announceChange(c.env, self.id, epoch ?? 0)
      if (change.keepTranscripts === false) {
        await announce(c.env, [{ type: 'transcripts-forgotten', user: self.id }])
      }
      return c.json(showPerson(await requireSelf(c.env, c.var.caller)))
    },
  )
  .post(
    '/password',
    endpoint({
      guard: 'user',
      audit: 'user.password-changed',
      summary: 'Changes your password. Every session ends; this answer opens a new one.',
      body: PasswordChange,
      answer: NewSession,
    }),
    async (c) => {
      const { oldPassword, newPassword } = c.req.valid('json')
      const self = await requireSelf(c.env, c.var.caller)
      // Whoever found a session open is not to find out the password with it.
      const takeBack = await beginAttempt(c.env, [passwordBucket(sessionOf(c.var.caller).id)])
      if (!(await inTurn(() => verifyPassword(self.passwordHash, oldPassword)))) {
        c.executionCtx.waitUntil(noteFailure(c.env, 'password.refused', self.id, 'wrong-old-password'))
        throw new HubError('FORBIDDEN', 'Wrong password.', { param: 'oldPassword' })
      }
      await takeBack()
      await changeUser(
        c.env.DB,
        self.id,
        { passwordHash: hashPassword(newPassword) },
        { actor: self.id, action: 'user.password-changed', subject: self.id },
      )
      const { token, expiresAt } = await openSession(c, self.id, 'password')
      return c.json({ token, expiresAt: toTime(expiresAt) })
    },
  )
  .get(
    '/sessions',
    endpoint({ guard: 'user', summary: 'Your open sessions.', answer: listOf(SessionView) }),
    async (c) => {
      const current = sessionOf(c.var.caller)
      const sessions = await listSessions(c.env.DB, current.userId, Date.now())
      return c.json({ data: sessions.map((session) => showSession(session, current.id)), nextCursor: null })
    },
  )
  .delete(
    '/sessions',
    endpoint({
      guard: 'user',
      audit: 'session.others-ended',
      summary: 'Revokes all your sessions except this one.',
      status: 204,
    }),
    async (c) => {
      const { id, userId } = sessionOf(c.var.caller)
      await removeOtherSessions(c.env.DB, userId, id, {
        actor: userId,
        action: 'session.others-ended',
        subject: userId,
      })
      return c.body(null, 204)
    },
  )
  .delete(
    '/sessions/:id',
    endpoint({
      guard: 'user',
      audit: 'session.ended',
      summary: 'Revokes one of your sessions.',
      params: ById,
      status: 204,
    }),
    async (c) => {
      const { userId } = sessionOf(c.var.caller)
      const { id } = c.req.valid('param')
      const entry = { actor: userId, action: 'session.ended', subject: id }
      if (!(await removeSession(c.env.DB, userId, id, entry)))
        throw new HubError('NOT_FOUND', 'Session not found.')
      return c.body(null, 204)
    },
  )

/** The session of a caller who passed the guard for people: nobody else does. */
function sessionOf({ session }: Caller): PresentedSession {
  if (!session) throw new Error('A person without a session has passed the guard.')
  return session
}

async function requireSelf(env: Env, caller: Caller): Promise<User> {
  const user = await findUser(env.DB, caller.configuration.user.id)
  if (!user) throw new HubError('UNAUTHORIZED', 'This account has been deleted.')
  return user
}

async function showSelf(env: Env, user: User): Promise<z.infer<typeof Self>> {
  const [use, found] = await Promise.all([
    useOfPerson(env, user),
    user.team === null ? undefined : findTeam(env.DB, user.team),
  ])
  const team = found && {
    name: found.team.name,
    ...showCaps(found.team),
    state: showState(await useOfTeam(env, found.team)),
  }
  return { ...showPerson(user), ...showCaps(user), state: showState(use), team: team ?? null }
}

function showSession(session: StoredSession, current: string): z.infer<typeof SessionView> {
  const { id, userAgent, address } = session
  return {
    id,
    userAgent,
    address,
    createdAt: toTime(session.createdAt),
    lastSeenAt: toTimeOrNull(session.lastSeenAt),
    expiresAt: toTime(session.expiresAt),
    current: id === current,
  }
}
