/** Sessions of people: a signed token (JWT, HS256) that names a row, so that removing the row ends the session at once. */
import { jwtVerify, SignJWT } from 'jose'
import type { Env } from '../env.ts'

/** How long a session lasts, in milliseconds. */
export const sessionLifetimeMs = 30 * 24 * 60 * 60 * 1000
export const sessionCookie = 'hub_session'
const issuer = 'llm-hub'

/** The claims of a session: whose it is, and which row of `sessions` keeps it alive. */
export interface SessionClaims {
  userId: string
  sessionId: string
}

/** Signs a session. @param expiresAt milliseconds since the epoch. */
export async function signSession(env: Env, claims: SessionClaims, expiresAt: number): Promise<string> {
  return new SignJWT({})
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(issuer)
    .setSubject(claims.userId)
    .setJti(claims.sessionId)
    .setIssuedAt()
    .setExpirationTime(Math.floor(expiresAt / 1000))
    .sign(signingKey(env))
}

/** The claims of a session token, or undefined where it is forged, expired or no session token at all. */
export async function verifySession(env: Env, token: string): Promise<SessionClaims | undefined> {
  try {
    const { payload } = await jwtVerify(token, signingKey(env), { algorithms: ['HS256'], issuer })
    if (!payload.sub || !payload.jti) return undefined
    return { userId: payload.sub, sessionId: payload.jti }
  } catch {
    return undefined
  }
}

function signingKey(env: Env): Uint8Array {
  return new TextEncoder().encode(env.JWT_SECRET)
}
