/**
 * Sessions as requests carry them: opened at a login, renewed while they are used, closed. What a
 * session is stands in `auth/sessions.ts`.
 */
import type { Context } from 'hono'
import type { PresentedSession } from '../auth/caller.ts'
import { readCookie, removeCookie, writeCookie } from '../auth/cookies.ts'
import { deviceLifetimeMs, signDevice, verifyDevice } from '../auth/known-devices.ts'
import { expiryOf, isRenewalDue, signSession } from '../auth/sessions.ts'
import { addSession, renewSession } from '../db/sessions.ts'
import { clientAddress } from '../http/client-address.ts'
import { randomId } from '../ids.ts'
import type { HubContext } from './context.ts'

/**
 * Opens a session for a user who proved who they are, and remembers the device.
 *
 * @param reason what opens it. The audit log names registrations and new passwords themselves.
 * @returns its token, for those who take no cookies.
 */
export async function openSession(
  c: Context<HubContext>,
  userId: string,
  reason: 'login' | 'registration' | 'password',
): Promise<{ token: string; expiresAt: number }> {
  const now = Date.now()
  const id = randomId('ses')
  const expiresAt = expiryOf(now, now)
  await addSession(
    c.env.DB,
    {
      id,
      userId,
      userAgent: c.req.header('user-agent')?.slice(0, 200) ?? null,
      address: clientAddress(c.req.raw.headers, c.env),
      createdAt: now,
      lastSeenAt: now,
      expiresAt,
    },
    reason === 'login' ? { actor: userId, action: 'session.opened', subject: id } : undefined,
  )
  const token = await signSession(c.env, { userId, sessionId: id, generation: 1 }, expiresAt)
  writeCookie(c, 'hub_session', token, expiresAt - now)
  if ((await verifyDevice(c.env, readCookie(c, 'hub_device'), userId, now)) === undefined) {
    writeCookie(c, 'hub_device', await signDevice(c.env, userId, now), deviceLifetimeMs)
  }
  return { token, expiresAt }
}

/**
 * Renews the token of a session that came by cookie, where it is time. Whoever holds the token
 * themselves is not given another: they could not know.
 */
export async function keepSession(c: Context<HubContext>, session: PresentedSession): Promise<void> {
  const now = Date.now()
  const { id, userId, createdAt } = session
  let { generation, expiresAt } = session
  if (session.standing === 'newest') {
    if (!isRenewalDue(session, now)) return
    expiresAt = expiryOf(createdAt, now)
    // Of several requests at once one renews; the others are answered with what they came with.
    if (!(await renewSession(c.env.DB, session, now, expiresAt))) return
    generation++
  }
  // Who still brings the token before the newest has not received that one.
  const token = await signSession(c.env, { userId, sessionId: id, generation }, expiresAt)
  writeCookie(c, 'hub_session', token, expiresAt - now)
}

/** Takes the session's cookie away. The device stays known. */
export function forgetCookie(c: Context<HubContext>): void {
  removeCookie(c, 'hub_session')
}
