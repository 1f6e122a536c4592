/**
 * The cookies of people. Over HTTPS their names have the prefix `__Host-`: a browser takes such a
 * cookie only from this very host, so that no sibling subdomain can plant a session. A hub on plain
 * HTTP, which is a local one, has the names without it; over HTTPS those are not read.
 * https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-4.1.3.2
 */
import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'

export type HubCookie = 'hub_session' | 'hub_device'

/** Returns the value of a cookie, as the browser sent it. */
export function readCookie(c: Context, name: HubCookie): string | undefined {
  return getCookie(c, nameFor(c, name))
}

/** Whether a browser sent the cookie of a session, under a name that is read here or not. */
export function bringsSession(c: Context): boolean {
  return [getCookie(c, 'hub_session'), getCookie(c, '__Host-hub_session')].some(Boolean)
}

/** Sets a cookie that no script reads and no other site sends. @param lifetimeMs milliseconds. */
export function writeCookie(c: Context, name: HubCookie, value: string, lifetimeMs: number): void {
  setCookie(c, nameFor(c, name), value, {
    path: '/',
    httpOnly: true,
    sameSite: 'Strict',
    secure: isSecure(c),
    maxAge: Math.floor(lifetimeMs / 1000),
  })
}

export function removeCookie(c: Context, name: HubCookie): void {
  deleteCookie(c, nameFor(c, name), { path: '/', secure: isSecure(c) })
}

function nameFor(c: Context, name: HubCookie): string {
  return isSecure(c) ? `__Host-${name}` : name
}

function isSecure(c: Context): boolean {
  return new URL(c.req.url).protocol === 'https:'
}
