/** Registration and login. What a person does with their own account afterwards is in `me.ts`. */
import { Hono, type Context } from 'hono'
import { z } from 'zod'
import { identifyCaller } from '../auth/caller.ts'
import { equalSecrets } from '../auth/constant-time.ts'
import { readCredential } from '../auth/credentials.ts'
import { readCookie } from '../auth/cookies.ts'
import { verifyDevice } from '../auth/known-devices.ts'
import { noteFailure } from '../auth/failed-logins.ts'
import { inTurn } from '../auth/password-queue.ts'
import { hashToken } from '../auth/gateway-tokens.ts'
import {
  type Attempt,
  beginAttempt,
  bucketsOf,
  invitationBuckets,
  nobodyNamed,
  registrationBuckets,
  setupBucket,
} from '../auth/login-guard.ts'
import { hashPassword, isOutdated, verifyNobody, verifyPassword } from '../auth/passwords.ts'
import { isLocal } from '../auth/secrets.ts'
import type { AuditEntry } from '../db/audit.ts'
import { addInvitedUser, isInvitationGood } from '../db/invitations.ts'
import { hasSessionFrom } from '../db/sessions.ts'
import { defaultSettings, readSettings } from '../db/settings.ts'
import {
  addFirstUser,
  addUser,
  findUser,
  findUserByLogin,
  hasUsers,
  type NewUser,
  renewPasswordHash,
  type User,
} from '../db/users.ts'
import { HubError } from '../errors.ts'
import { clientAddress } from '../http/client-address.ts'
import { randomId } from '../ids.ts'
import type { HubContext } from './context.ts'
import { endpoint } from './endpoint.ts'
import { meRoutes } from './me.ts'
import { isNamed, Names, nameTaken, Password, Person, showPerson, unnamed } from './schemas/user.ts'
import { keepSession, openSession } from './session-cookie.ts'
import { Time, toTime } from './schemas/common.ts'

const Registration = z
  .strictObject({
    ...Names,
    password: Password,
    setupToken: z.string().optional(),
    invitation: z.string().optional(),
  })
  .refine(isNamed, unnamed)

const Login = z.strictObject({
  login: z.string().trim().min(1).max(200),
  password: z.string().min(1).max(1_000),
})

const Session = z.object({ token: z.string(), expiresAt: Time, user: Person })
const CurrentSession = z.object({ user: Person.nullable(), expiresAt: Time.nullable() })

export const authRoutes = new Hono<HubContext>()
  .post(
    '/register',
    endpoint({
      guard: 'public',
      audit: 'user.registered',
      summary:
        'Creates an account. The first one becomes the admin of the hub and closes registration. Later, an invite opens it once.',
      body: Registration,
      status: 201,
      answer: Session,
    }),
    async (c) => {
      const { username, email, password, setupToken, invitation } = c.req.valid('json')
      const first = !(await hasUsers(c.env.DB))
      const invited = first || invitation === undefined ? undefined : await hashToken(invitation)
      const takeBack = first
        ? await requireSetupToken(c, setupToken)
        : invited !== undefined
          ? await requireInvitation(c, invited)
          : await requireOpenRegistration(c)
      const user: NewUser = {
        id: randomId('usr'),
        username: username ?? null,
        email: email ?? null,
        passwordHash: await inTurn(() => hashPassword(password)),
        createdAt: Date.now(),
        ...(first ? defaultSettings : await readSettings(c.env.DB)).personDefaults,
      }
      const entry = {
        actor: user.id,
        action: 'user.registered',
        subject: user.id,
        detail: { first, invited: invited !== undefined },
      }
      if (first) await claimHub(c, user, entry)
      else if (invited !== undefined) await joinByInvitation(c, user, invited, entry)
      else if (!(await addUser(c.env.DB, { ...user, role: 'user' }, entry))) throw nameTaken({ username })
      await takeBack()
      const stored = await findUser(c.env.DB, user.id)
      if (!stored) throw new Error('The user who was added is not there.')
      return c.json(await enter(c, stored, 'registration'), 201)
    },
  )
  .post(
    '/login',
    endpoint({
      guard: 'public',
      audit: 'session.opened',
      summary: 'Opens a session.',
      body: Login,
      answer: Session,
    }),
    async (c) => {
      const { login, password } = c.req.valid('json')
      const user = await findUserByLogin(c.env.DB, login)
      const takeBack = await beginAttempt(c.env, bucketsOf(await describeAttempt(c, login, user)))
      const right = await inTurn(() =>
        user ? verifyPassword(user.passwordHash, password) : verifyNobody(password),
      ).catch(async (busy: unknown) => {
        await takeBack()
        throw busy
      })
      if (!right || !user || user.disabledAt !== null) {
        const why = !user ? 'unknown-login' : right ? 'disabled' : 'wrong-password'
        c.executionCtx.waitUntil(noteFailure(c.env, 'login.failed', user?.id, why))
        throw new HubError('UNAUTHORIZED', 'Wrong username or password.')
      }
      await takeBack()
      if (isOutdated(user.passwordHash)) await renewPasswordHash(c.env.DB, user.id, hashPassword(password))
      return c.json(await enter(c, user, 'login'))
    },
  )
  .get(
    '/session',
    endpoint({
      guard: 'public',
      summary: 'The user of this session, or null. It is no error if none is open.',
      answer: CurrentSession,
    }),
    async (c) => c.json(await readCurrentSession(c)),
  )
  .route('/', meRoutes)

/** Gives an attempt back that succeeded. */
type TakeBack = () => Promise<void>

/** A fresh production hub is claimed with the secret that only its deployer knows. */
async function requireSetupToken(c: Context<HubContext>, given: string | undefined): Promise<TakeBack> {
  if (isLocal(c.env, new URL(c.req.url))) return async () => {}
  const expected = c.env.SETUP_TOKEN
  if (!expected) {
    throw new HubError(
      'FORBIDDEN',
      'This hub has no SETUP_TOKEN yet. Set one with: openssl rand -hex 32 | npx wrangler secret put SETUP_TOKEN',
      { param: 'setupToken' },
    )
  }
  const takeBack = await beginAttempt(c.env, [setupBucket(clientAddress(c.req.raw.headers, c.env))])
  if (!given || !equalSecrets(given, expected)) {
    if (given) c.executionCtx.waitUntil(noteFailure(c.env, 'setup.refused', undefined, 'wrong-token'))
    throw registrationClosed()
  }
  return takeBack
}

async function requireOpenRegistration(c: Context<HubContext>): Promise<TakeBack> {
  const { registration } = await readSettings(c.env.DB)
  if (registration !== 'open') {
    // A stranger must not read from the answer whether the hub has an owner.
    if (!isLocal(c.env, new URL(c.req.url))) {
      await beginAttempt(c.env, [setupBucket(clientAddress(c.req.raw.headers, c.env))])
    }
    throw registrationClosed()
  }
  await beginAttempt(c.env, registrationBuckets(clientAddress(c.req.raw.headers, c.env)))
  // Each account counts, because it costs.
  return async () => {}
}

/** The same words for a hub that is claimed and for one that is not. */
function registrationClosed(): HubError {
  return new HubError(
    'FORBIDDEN',
    'Registration is closed. Ask an admin for an invite. The first account of a new hub needs its SETUP_TOKEN.',
    { param: 'setupToken' },
  )
}

/**
 * Asked before a password is hashed for nothing; the statement that uses the invitation asks again.
 */
async function requireInvitation(c: Context<HubContext>, hash: string): Promise<TakeBack> {
  const address = clientAddress(c.req.raw.headers, c.env)
  const takeBack = await beginAttempt(c.env, invitationBuckets(address, hash))
  if (!(await isInvitationGood(c.env.DB, hash, Date.now()))) throw notInvited()
  return takeBack
}

async function claimHub(c: Context<HubContext>, user: NewUser, entry: AuditEntry): Promise<void> {
  if (!(await addFirstUser(c.env.DB, user, entry)))
    throw new HubError('CONFLICT', 'This hub already has an admin.')
}

async function joinByInvitation(
  c: Context<HubContext>,
  user: NewUser,
  hash: string,
  entry: AuditEntry,
): Promise<void> {
  const outcome = await addInvitedUser(c.env.DB, user, hash, entry)
  switch (outcome) {
    case 'added':
      return
    case 'taken':
      throw nameTaken({ username: user.username ?? undefined })
    case 'not-good':
      throw notInvited()
  }
}

function notInvited(): HubError {
  return new HubError('FORBIDDEN', 'This invite has expired or was already used. Ask for a new one.', {
    param: 'invitation',
  })
}

/**
 * What is known of a login before its password is looked at. The same questions are asked whether
 * or not it names somebody.
 */
async function describeAttempt(
  c: Context<HubContext>,
  login: string,
  user: User | undefined,
): Promise<Attempt> {
  const now = Date.now()
  const address = clientAddress(c.req.raw.headers, c.env)
  const account = user?.id ?? (await nobodyNamed(login))
  const [device, knownAddress] = await Promise.all([
    verifyDevice(c.env, readCookie(c, 'hub_device'), user?.id, now),
    hasSessionFrom(c.env.DB, account, address, now),
  ])
  return { account, address, device, knownAddress }
}

async function enter(
  c: Context<HubContext>,
  user: User,
  reason: 'login' | 'registration',
): Promise<z.infer<typeof Session>> {
  const { token, expiresAt } = await openSession(c, user.id, reason)
  return { token, expiresAt: toTime(expiresAt), user: showPerson(user) }
}

async function readCurrentSession(c: Context<HubContext>): Promise<z.infer<typeof CurrentSession>> {
  const nobody = { user: null, expiresAt: null }
  const credential = readCredential(c)
  if (!credential || credential.text.startsWith('llm_')) return nobody
  try {
    const presented = { credential: credential.text, address: clientAddress(c.req.raw.headers, c.env) }
    const { session } = await identifyCaller(c.env, presented, Date.now(), (work) =>
      c.executionCtx.waitUntil(work),
    )
    const user = session && (await findUser(c.env.DB, session.userId))
    if (!session || !user) return nobody
    if (credential.fromCookie) await keepSession(c, session)
    return { user: showPerson(user), expiresAt: toTime(session.expiresAt) }
  } catch (thrown) {
    if (thrown instanceof HubError && thrown.code === 'UNAUTHORIZED') return nobody
    throw thrown
  }
}
