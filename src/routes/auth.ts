/** Registration, login and the session of a person. */
import { Hono, type Context } from 'hono'
import { deleteCookie, setCookie } from 'hono/cookie'
import { z } from 'zod'
import { hashPassword, isOutdated, verifyNobody, verifyPassword } from '../auth/passwords.ts'
import { isLocal } from '../auth/secrets.ts'
import { sessionCookie, sessionLifetimeMs, signSession } from '../auth/sessions.ts'
import { equalSecrets } from '../auth/compare.ts'
import { writeAudit } from '../db/audit.ts'
import { readSettings } from '../db/configuration.ts'
import {
  addFirstUser,
  addSession,
  addUser,
  findUser,
  findUserByLogin,
  hasUsers,
  removeSession,
  setPasswordHash,
  type User,
} from '../db/sessions.ts'
import { HubError } from '../errors.ts'
import { randomId } from '../ids.ts'
import type { HubContext } from './context.ts'
import { endpoint } from './endpoint.ts'
import { Time, toTime } from './shapes.ts'

const Username = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9._-]{1,49}$/, 'must be 2 to 50 letters, digits, dots, dashes or underscores')
const Email = z.email().trim().toLowerCase().max(200)
const Password = z.string().min(8, 'must have at least 8 characters').max(1_000)

const Registration = z
  .strictObject({
    username: Username.optional(),
    email: Email.optional(),
    password: Password,
    setupToken: z.string().optional(),
    invitation: z.string().optional(),
  })
  .refine((input) => input.username !== undefined || input.email !== undefined, {
    path: ['username'],
    message: 'is missing: give a username or an email',
  })

const Login = z.strictObject({ login: z.string().trim().min(1), password: z.string().min(1).max(1_000) })

const Person = z.object({
  id: z.string(),
  username: z.string().nullable(),
  email: z.string().nullable(),
  role: z.enum(['admin', 'user']),
  createdAt: Time,
})
const Session = z.object({ token: z.string(), expiresAt: Time, user: Person })

export const authRoutes = new Hono<HubContext>()
  .post(
    '/register',
    endpoint({
      guard: 'public',
      summary: 'Makes an account. The first one becomes the admin of the hub and closes registration.',
      body: Registration,
      status: 201,
      answer: Session,
    }),
    async (c) => {
      const input = c.req.valid('json')
      const user = {
        id: randomId('usr'),
        username: input.username ?? null,
        email: input.email ?? null,
        createdAt: Date.now(),
      }
      const first = !(await hasUsers(c.env.DB))
      if (first) requireSetupToken(c, input.setupToken)
      else await requireOpenRegistration(c)
      const passwordHash = hashPassword(input.password)
      const added = first
        ? await addFirstUser(c.env.DB, { ...user, passwordHash })
        : await addUser(c.env.DB, { ...user, passwordHash, role: 'user' })
      if (!added) {
        const message = first
          ? 'Somebody else has just claimed this hub.'
          : 'This username or e-mail is taken.'
        throw new HubError('CONFLICT', message, { param: input.username ? 'username' : 'email' })
      }
      await writeAudit(c.env.DB, {
        actor: user.id,
        action: 'user.registered',
        subject: user.id,
        detail: { first },
      })
      const stored = await findUser(c.env.DB, user.id)
      if (!stored) throw new Error('The user who was added is not there.')
      return c.json(await openSession(c, stored), 201)
    },
  )
  .post(
    '/login',
    endpoint({ guard: 'public', summary: 'Opens a session.', body: Login, answer: Session }),
    async (c) => {
      const { login, password } = c.req.valid('json')
      const user = await findUserByLogin(c.env.DB, login)
      const right = user ? verifyPassword(user.passwordHash, password) : verifyNobody(password)
      if (!right || !user || user.disabledAt !== null) {
        throw new HubError('UNAUTHORIZED', 'This login and password do not belong together.')
      }
      if (isOutdated(user.passwordHash)) await setPasswordHash(c.env.DB, user.id, hashPassword(password))
      return c.json(await openSession(c, user))
    },
  )
  .post('/logout', endpoint({ guard: 'user', summary: 'Ends this session.', status: 204 }), async (c) => {
    await removeSession(c.env.DB, c.var.caller.sessionId ?? '')
    deleteCookie(c, sessionCookie, { path: '/' })
    return c.body(null, 204)
  })
  .get(
    '/me',
    endpoint({ guard: 'user', summary: 'The person of this session.', answer: Person }),
    async (c) => {
      const user = await findUser(c.env.DB, c.var.caller.configuration.user.id)
      if (!user) throw new HubError('UNAUTHORIZED', 'This account is no more.')
      return c.json(showPerson(user))
    },
  )

/** A fresh production hub is claimed with the secret that only its deployer knows. */
function requireSetupToken(c: Context<HubContext>, given: string | undefined): void {
  if (isLocal(c.env, new URL(c.req.url))) return
  const expected = c.env.SETUP_TOKEN
  if (!expected) {
    throw new HubError(
      'FORBIDDEN',
      'This hub has no SETUP_TOKEN yet. Set one with: openssl rand -hex 32 | npx wrangler secret put SETUP_TOKEN',
      { param: 'setupToken' },
    )
  }
  if (!given || !equalSecrets(given, expected)) {
    throw new HubError(
      'FORBIDDEN',
      'The first account needs the SETUP_TOKEN that this hub was deployed with.',
      {
        param: 'setupToken',
      },
    )
  }
}

async function requireOpenRegistration(c: Context<HubContext>): Promise<void> {
  const { registration } = await readSettings(c.env.DB)
  if (registration !== 'open')
    throw new HubError('FORBIDDEN', 'Registration is closed; ask an administrator of this hub.')
}

async function openSession(c: Context<HubContext>, user: User): Promise<z.infer<typeof Session>> {
  const now = Date.now()
  const expiresAt = now + sessionLifetimeMs
  const id = randomId('ses')
  await addSession(c.env.DB, {
    id,
    userId: user.id,
    userAgent: c.req.header('user-agent')?.slice(0, 200) ?? null,
    createdAt: now,
    expiresAt,
  })
  const token = await signSession(c.env, { userId: user.id, sessionId: id }, expiresAt)
  setCookie(c, sessionCookie, token, {
    path: '/',
    httpOnly: true,
    sameSite: 'Strict',
    secure: new URL(c.req.url).protocol === 'https:',
    maxAge: sessionLifetimeMs / 1000,
  })
  return { token, expiresAt: toTime(expiresAt), user: showPerson(user) }
}

function showPerson(user: User): z.infer<typeof Person> {
  const { id, username, email, role, createdAt } = user
  return { id, username, email, role, createdAt: toTime(createdAt) }
}
