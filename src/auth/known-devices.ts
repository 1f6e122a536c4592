/**
 * Devices that a person has logged in from: a cookie that names the account, and opens nothing.
 * Whoever brings it has attempts of their own at that account's password, so that others who fail
 * at it on purpose cannot lock them out. OWASP, "Slow Down Online Guessing Attacks with Device
 * Cookies": https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
 */
import { dayMs } from '../domain/time.ts'
import { jwtVerify, SignJWT } from 'jose'
import type { Env } from '../env.ts'
import { randomId } from '../ids.ts'

/** How long a device is remembered, in milliseconds. */
export const deviceLifetimeMs = 365 * dayMs
const issuer = 'llm-hub'
// A session's token is for another audience: neither passes for the other.
const audience = 'device'

/** Signs a new device of a user. */
export async function signDevice(env: Env, userId: string, now: number): Promise<string> {
  return new SignJWT({})
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(userId)
    .setJti(randomId('dev'))
    .setIssuedAt(Math.floor(now / 1000))
    .setExpirationTime(Math.floor((now + deviceLifetimeMs) / 1000))
    .sign(signingKey(env))
}

/**
 * The device's id, where the cookie is one of this user's; `userId` is undefined where the login
 * names nobody.
 */
export async function verifyDevice(
  env: Env,
  cookie: string | undefined,
  userId: string | undefined,
  now: number,
): Promise<string | undefined> {
  if (!cookie) return undefined
  try {
    const { payload } = await jwtVerify(cookie, signingKey(env), {
      algorithms: ['HS256'],
      issuer,
      audience,
      currentDate: new Date(now),
    })
    return payload.sub === userId ? payload.jti : undefined
  } catch {
    return undefined
  }
}

function signingKey(env: Env): Uint8Array {
  return new TextEncoder().encode(env.JWT_SECRET)
}
