/**
 * Open access, for internal use: a request without a credential acts as nobody in particular, on
 * shared accounts only, with a limit for each client address. Off until an admin switches it on.
 */
import { minuteMs } from '../domain/time.ts'
import { readOpenConfiguration } from '../db/configuration.ts'
import type { Env } from '../env.ts'
import { HubError } from '../errors.ts'
import type { Caller } from './caller.ts'
import { throttleStub } from './throttle-stub.ts'

/**
 * For so long an isolate takes it that open access is still off, so that requests without a
 * credential cost no query each.
 */
const offForMs = 10_000
let offSince = -Infinity

/**
 * Makes this isolate look again whether open access is on: it may just have been switched on here.
 */
export function lookAgain(): void {
  offSince = -Infinity
}

/**
 * The caller that a request without a credential is, once it has been counted.
 * @throws {HubError} UNAUTHORIZED where open access is off; RATE_LIMIT_EXCEEDED where this address
 *   has used its requests up.
 */
export async function identifyOpenCaller(env: Env, address: string, now: number): Promise<Caller> {
  if (now - offSince < offForMs) throw noCredential()
  // That it is on is never remembered: once it is switched off, the next request is refused.
  const caller = await loadOpenCaller(env, now)
  const limit = caller.configuration.settings.openAccessPerMinute
  const pass = await throttleStub(env, `open/${address}`).take({ limit, perMs: minuteMs })
  if (pass.type === 'refused') {
    throw new HubError(
      'RATE_LIMIT_EXCEEDED',
      `Requests without a token are limited to ${limit} per minute for one address. Send a token.`,
      { retryAt: pass.retryAt },
    )
  }
  return caller
}

/**
 * The same, read again and not counted.
 * @throws {HubError} UNAUTHORIZED where open access is off.
 */
export async function loadOpenCaller(env: Env, now: number): Promise<Caller> {
  const configuration = await readOpenConfiguration(env.DB)
  if (!configuration) {
    offSince = now
    throw noCredential()
  }
  return { configuration, token: null, session: null, readAt: now }
}

/** Whether a caller came by open access. */
export function isOpen(caller: Caller): boolean {
  return !caller.token && !caller.session
}

/** The error for a request that says nothing of who asks. */
export function noCredential(): HubError {
  return new HubError('UNAUTHORIZED', 'Missing token. Send "Authorization: Bearer <token>".')
}
