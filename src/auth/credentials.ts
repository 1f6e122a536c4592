/** Where a credential stands in a request: each dialect's SDKs send theirs in another place. */
import type { Context } from 'hono'
import { readCookie } from './cookies.ts'

/** A credential, and whether the browser sent it by itself (a cookie) or the caller on purpose. */
export interface Credential {
  text: string
  fromCookie: boolean
}

/**
 * Google's SDKs may put their key into the address. Elsewhere `key` is a field like others: the log
 * is filtered by one.
 */
const keyInAddress = /^\/(v1beta\/|v1\/models(\/|$))/

/**
 * The credential of a request, looked for in the order: authorization, x-api-key, x-goog-api-key,
 * `?key=` (Gemini's), cookie.
 */
export function readCredential(context: Context): Credential | undefined {
  const request = context.req
  const sent =
    request
      .header('authorization')
      ?.replace(/^Bearer\s+/i, '')
      .trim() ||
    request.header('x-api-key')?.trim() ||
    request.header('x-goog-api-key')?.trim() ||
    (keyInAddress.test(request.path) ? request.query('key') : undefined)
  if (sent) return { text: sent, fromCookie: false }
  const cookie = readCookie(context, 'hub_session')
  return cookie ? { text: cookie, fromCookie: true } : undefined
}
