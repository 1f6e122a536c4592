/**
 * Which web pages of other origins may call the hub: those on the list in `CORS_ORIGINS` or in the
 * hub's settings, and no others. They send their token themselves; a browser is never told to send
 * its cookies along, so that no page acts in a person's session.
 * https://fetch.spec.whatwg.org/#http-cors-protocol
 */
import type { MiddlewareHandler } from 'hono'
import type { Env } from '../env.ts'
import { HubError } from '../errors.ts'
import { readOrigin } from './web-origin.ts'

/** Headers of an answer that a page may read. */
const exposed = [
  'retry-after',
  'x-hub-request-id',
  'x-hub-attempts',
  'x-hub-dropped',
  'x-llm-provider',
  'x-llm-model',
  'x-llm-key-id',
  'x-llm-latency-ms',
].join(', ')

const preflightAgeSeconds = '600'

/** Reads the origins that the hub's settings allow. */
export type StoredOrigins = (d1: D1Database) => Promise<readonly string[]>

/** Answers preflights, which bear no credentials, and marks what allowed pages may read. */
export function cors(storedOrigins: StoredOrigins): MiddlewareHandler<{ Bindings: Env }> {
  const allows = rememberedOrigins(storedOrigins)
  return async (c, next) => {
    const origin = c.req.header('origin')
    if (origin === undefined || origin === new URL(c.req.url).origin) return next()
    const isPreflight =
      c.req.method === 'OPTIONS' && c.req.header('access-control-request-method') !== undefined
    if (!(await allows(c.env, origin))) {
      if (isPreflight) throw refused(origin)
      return next()
    }
    if (isPreflight) {
      return c.body(null, 204, {
        ...allowedFor(origin),
        'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
        // What SDKs send differs, and none of it is dangerous: credentials are checked when they
        // come.
        'access-control-allow-headers': c.req.header('access-control-request-headers') ?? '',
        'access-control-max-age': preflightAgeSeconds,
      })
    }
    await next()
    for (const [name, value] of Object.entries(allowedFor(origin))) c.res.headers.set(name, value)
    c.res.headers.set('access-control-expose-headers', exposed)
  }
}

/** An answer to one page is not the answer to another, nor to none: caches are told so. */
function allowedFor(origin: string): Record<string, string> {
  return { 'access-control-allow-origin': origin, vary: 'Origin' }
}

function refused(origin: string): HubError {
  // The origin is the browser's word, but whoever calls by hand may write anything there.
  const shown = /^[\w.:/-]{1,200}$/.test(origin) ? `"${origin}"` : 'This origin'
  return new HubError(
    'FORBIDDEN',
    `${shown} may not call this hub from a browser. An admin can add it under Settings or in CORS_ORIGINS.`,
  )
}

const settingsAgeMs = 30_000

/** Whether an origin is on either list. What the settings say is read again after half a minute. */
function rememberedOrigins(storedOrigins: StoredOrigins) {
  let stored: { origins: readonly string[]; readAt: number } | undefined
  return async (env: Env, origin: string): Promise<boolean> => {
    if (splitOrigins(env.CORS_ORIGINS).includes(origin)) return true
    const now = Date.now()
    if (!stored || now - stored.readAt > settingsAgeMs) {
      // A hub whose settings cannot be read allows what its deployment allows.
      const origins = await storedOrigins(env.DB).catch(() => [])
      stored = { origins, readAt: now }
    }
    return stored.origins.includes(origin)
  }
}

/**
 * The origins in a list with commas, as browsers write them. `*` is none: every page means every
 * page.
 */
function splitOrigins(text: string | undefined): string[] {
  return (text ?? '').split(',').flatMap((entry) => readOrigin(entry.trim()) ?? [])
}
