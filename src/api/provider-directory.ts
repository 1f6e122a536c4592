/** What the caller of a request can reach, and whether the sandbox is offered to it. */
import type { Context } from 'hono'
import { isLocal } from '../auth/secrets.ts'
import { HubError } from '../errors.ts'
import { type Directory, type KnownProvider, makeDirectory } from '../gateway/provider-directory.ts'
import type { HubContext } from './context.ts'

/** The sandbox is on in local runs, and elsewhere where `SANDBOX=true` says so. */
export function offersSandbox(c: Context<HubContext>): boolean {
  return c.env.SANDBOX === 'true' || (c.env.SANDBOX !== 'false' && isLocal(c.env, new URL(c.req.url)))
}

export function directoryOf(c: Context<HubContext>): Directory {
  return makeDirectory(c.var.caller.configuration, c.env, offersSandbox(c))
}

/**
 * The provider that a body names.
 * @throws {HubError} VALIDATION_ERROR naming `provider`.
 */
export function requireProvider(directory: Directory, name: string): KnownProvider {
  const known = directory.find(name)
  if (known) return known
  throw new HubError(
    'VALIDATION_ERROR',
    `"${name}" is not a provider of this hub. GET /api/providers lists them.`,
    { param: 'provider' },
  )
}
