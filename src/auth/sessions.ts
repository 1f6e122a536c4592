/**
 * Sessions of people: a signed token (JWT, HS256) that names a row, so that removing the row ends
 * the session at once. The token is renewed while the session is in use; the row says which is the
 * newest. JWT: RFC 7519.
 */
import { dayMs, minuteMs } from '../domain/time.ts'
import { errors, jwtVerify, SignJWT } from 'jose'
import type { Env } from '../env.ts'

/** How long a session lasts that nobody uses, in milliseconds. */
export const sessionLifetimeMs = 30 * dayMs
/** How long a session lasts at most, however much it is used. */
const longestSessionMs = 180 * dayMs
/** The age at which a token is renewed. */
const renewAfterMs = dayMs
/**
 * How long the token before the newest is good: requests were under way with it, and an answer may
 * have been lost.
 */
const graceMs = 2 * minuteMs

const issuer = 'llm-hub'
const audience = 'session'

/**
 * The claims of a session: whose it is, which row of `sessions` keeps it alive, and which of its
 * tokens this is.
 */
export interface SessionClaims {
  userId: string
  sessionId: string
  generation: number
}

/** What a session token turned out to be. `foreign` texts do not even look like one of ours. */
export type Verified =
  | { type: 'valid'; claims: SessionClaims }
  | { type: 'expired' }
  | { type: 'forged' }
  | { type: 'foreign' }

/** Signs a session's token. @param expiresAt milliseconds since the epoch. */
export async function signSession(env: Env, claims: SessionClaims, expiresAt: number): Promise<string> {
  return new SignJWT({ gen: claims.generation })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(claims.userId)
    .setJti(claims.sessionId)
    .setIssuedAt()
    .setExpirationTime(Math.floor(expiresAt / 1000))
    .sign(signingKey(env))
}

/**
 * Whether a text has the form of a session's token: three parts of base64url, the first of them a
 * JSON object.
 */
export function looksLikeSession(text: string): boolean {
  return /^eyJ[\w-]*\.[\w-]*\.[\w-]*$/.test(text)
}

/**
 * The claims of a session token, if its signature and its time are good; its row is not looked at.
 */
export async function verifySession(env: Env, token: string, now: number): Promise<Verified> {
  if (!looksLikeSession(token)) return { type: 'foreign' }
  try {
    const { payload } = await jwtVerify(token, signingKey(env), {
      algorithms: ['HS256'],
      issuer,
      audience,
      currentDate: new Date(now),
    })
    const { sub, jti, gen } = payload
    if (!sub || !jti || typeof gen !== 'number') return { type: 'forged' }
    return { type: 'valid', claims: { userId: sub, sessionId: jti, generation: gen } }
  } catch (error) {
    // The signature is verified before the time: what is expired was once ours.
    return { type: error instanceof errors.JWTExpired ? 'expired' : 'forged' }
  }
}

/** What the row of a session says of its tokens. Times are milliseconds since the epoch. */
export interface SessionRow {
  generation: number
  createdAt: number
  /** Null until the first renewal. */
  renewedAt: number | null
}

/**
 * How a token stands to its session: the newest, the one before it within the grace, or neither.
 */
export function standingOf(
  generation: number,
  row: SessionRow,
  now: number,
): 'newest' | 'previous' | 'superseded' {
  if (generation === row.generation) return 'newest'
  const graceEndsAt = (row.renewedAt ?? 0) + graceMs
  return generation === row.generation - 1 && now < graceEndsAt ? 'previous' : 'superseded'
}

/** Whether the newest token of a session is old enough for another. */
export function isRenewalDue(row: SessionRow, now: number): boolean {
  return now - (row.renewedAt ?? row.createdAt) >= renewAfterMs
}

/** When a session ends that is opened or renewed now. */
export function expiryOf(createdAt: number, now: number): number {
  return Math.min(now + sessionLifetimeMs, createdAt + longestSessionMs)
}

function signingKey(env: Env): Uint8Array {
  return new TextEncoder().encode(env.JWT_SECRET)
}
