import { SignJWT, UnsecuredJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { signDevice, verifyDevice } from '../../src/auth/known-devices.ts'
import { expiryOf, isRenewalDue, signSession, standingOf, verifySession } from '../../src/auth/sessions.ts'
import type { Env } from '../../src/env.ts'

// Only the signing secret is looked at here.
const env = { JWT_SECRET: 'a-secret-for-tests-that-is-long-enough' } as Env
const other = { JWT_SECRET: 'another-secret-that-is-as-long-as-it' } as Env
const dayMs = 86_400_000
const now = Date.UTC(2100, 0, 1)
const claims = { userId: 'usr_1', sessionId: 'ses_1', generation: 3 }

describe("a session's token", () => {
  it('says whose session it is, and which of its tokens', async () => {
    const token = await signSession(env, claims, now + dayMs)
    expect(await verifySession(env, token, now)).toEqual({ type: 'valid', claims })
  })

  it('is expired after its time, and forged under another secret', async () => {
    const token = await signSession(env, claims, now + dayMs)
    expect(await verifySession(env, token, now + dayMs + 1_000)).toEqual({ type: 'expired' })
    expect(await verifySession(other, token, now)).toEqual({ type: 'forged' })
    expect(await verifySession(other, token, now + 2 * dayMs)).toEqual({ type: 'forged' })
  })

  it('is not taken without a signature, nor with another algorithm', async () => {
    const unsigned = new UnsecuredJWT({ gen: 3 })
      .setIssuer('llm-hub')
      .setAudience('session')
      .setSubject('usr_1')
      .setJti('ses_1')
      .setExpirationTime('1h')
      .encode()
    const stronger = await new SignJWT({ gen: 3 })
      .setProtectedHeader({ alg: 'HS512' })
      .setIssuer('llm-hub')
      .setAudience('session')
      .setSubject('usr_1')
      .setJti('ses_1')
      .setExpirationTime(Math.floor(now / 1000) + 60)
      .sign(new TextEncoder().encode(env.JWT_SECRET))
    expect(await verifySession(env, unsigned, now)).toEqual({ type: 'forged' })
    expect(await verifySession(env, stronger, now)).toEqual({ type: 'forged' })
  })

  it('is another thing than the token of a device: neither passes for the other', async () => {
    const device = await signDevice(env, 'usr_1', now)
    expect(await verifySession(env, device, now)).toEqual({ type: 'forged' })
    const session = await signSession(env, claims, now + dayMs)
    expect(await verifyDevice(env, session, 'usr_1', now)).toBeUndefined()
  })

  it.each(['', 'sk-1234', 'a.b.c', 'eyJhbGciOiJIUzI1NiJ9', 'eyJh bGci.e30.x'])(
    'is nothing like %j',
    async (text) => expect(await verifySession(env, text, now)).toEqual({ type: 'foreign' }),
  )
})

describe('the tokens of a session', () => {
  const row = { generation: 3, createdAt: now - 10 * dayMs, renewedAt: now }

  it('are good while they are the newest, and the one before for two minutes more', () => {
    expect(standingOf(3, row, now + 9 * dayMs)).toBe('newest')
    expect(standingOf(2, row, now + 119_999)).toBe('previous')
    expect(standingOf(2, row, now + 120_000)).toBe('superseded')
    expect(standingOf(1, row, now)).toBe('superseded')
    expect(standingOf(4, row, now)).toBe('superseded')
  })

  it('are renewed once a day', () => {
    expect(isRenewalDue(row, now + dayMs - 1)).toBe(false)
    expect(isRenewalDue(row, now + dayMs)).toBe(true)
    expect(isRenewalDue({ ...row, renewedAt: null }, now)).toBe(true)
  })

  it('end 30 days after the last renewal, and 180 days after the login whatever happens', () => {
    expect(expiryOf(now, now)).toBe(now + 30 * dayMs)
    expect(expiryOf(now, now + 100 * dayMs)).toBe(now + 130 * dayMs)
    expect(expiryOf(now, now + 170 * dayMs)).toBe(now + 180 * dayMs)
  })
})

describe('a device', () => {
  it('is known for the account that it logged in to, for a year', async () => {
    const cookie = await signDevice(env, 'usr_1', now)
    expect(await verifyDevice(env, cookie, 'usr_1', now)).toMatch(/^dev_/)
    expect(await verifyDevice(env, cookie, 'usr_2', now)).toBeUndefined()
    expect(await verifyDevice(env, cookie, undefined, now)).toBeUndefined()
    expect(await verifyDevice(other, cookie, 'usr_1', now)).toBeUndefined()
    expect(await verifyDevice(env, cookie, 'usr_1', now + 366 * dayMs)).toBeUndefined()
    expect(await verifyDevice(env, undefined, undefined, now)).toBeUndefined()
  })
})
