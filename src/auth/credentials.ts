/** Where a credential stands in a request: each dialect's SDKs send theirs in another place. */
import { getCookie } from 'hono/cookie'
import type { Context } from 'hono'
import { sessionCookie } from './sessions.ts'

/** A credential, and whether the browser sent it by itself (a cookie) or the caller on purpose. */
export interface Credential {
  text: string
  fromCookie: boolean
}

/** The credential of a request, looked for in the order: authorization, x-api-key, x-goog-api-key, `?key=`, cookie. */
export function readCredential(context: Context): Credential | undefined {
  const request = context.req
  const sent =
    request
      .header('authorization')
      ?.replace(/^Bearer\s+/i, '')
      .trim() ||
    request.header('x-api-key')?.trim() ||
    request.header('x-goog-api-key')?.trim() ||
    request.query('key')
  if (sent) return { text: sent, fromCookie: false }
  const cookie = getCookie(context, sessionCookie)
  return cookie ? { text: cookie, fromCookie: true } : undefined
}
