/** Gateway tokens: made here, shown once, revoked at once. */
import { dayMs } from '../domain/time.ts'
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { Caller } from '../auth/caller.ts'
import { hashToken, makeToken, tokenPrefix } from '../auth/gateway-tokens.ts'
import {
  addToken,
  changeToken,
  findTokenById,
  listAllTokens,
  listTokens,
  removeToken,
  type StoredToken,
} from '../db/tokens.ts'
import { type HubSettings, readSettings } from '../db/settings.ts'
import type { Env } from '../env.ts'
import { HubError } from '../errors.ts'
import { randomId } from '../ids.ts'
import { announce, announceChange } from '../announce/announce.ts'
import { usesOfTokens } from './cap-usage.ts'
import type { HubContext } from './context.ts'
import { directoryOf } from './provider-directory.ts'
import { endpoint } from './endpoint.ts'
import { ById, listOf, withoutUndefined } from './schemas/common.ts'
import { warnOfPatterns } from './model-warnings.ts'
import { ChangedToken, NewToken, showToken, Token, TokenChange, TokenInput } from './schemas/token.ts'

/** Whose tokens an administrator means: a person's by their id, or `all`. */
const TokenQuery = z.strictObject({
  owner: z.string().min(1).optional(),
  cursor: z.string().default(''),
  limit: z.coerce.number().int().min(1).max(200).default(100),
})
const TokenOwner = TokenQuery.pick({ owner: true })

export const tokenRoutes = new Hono<HubContext>()
  .get(
    '/',
    endpoint({
      guard: 'user',
      summary:
        'Your gateway tokens. Admins list those of a user with ?owner=<user id>, and all, in pages, with ?owner=all.',
      query: TokenQuery,
      answer: listOf(Token),
    }),
    async (c) => {
      const { owner, cursor, limit } = c.req.valid('query')
      const { tokens, nextCursor } =
        owner === 'all' && isAdmin(c.var.caller)
          ? await readPage(c.env, cursor, limit)
          : { tokens: await listTokens(c.env.DB, ownerFor(c.var.caller, owner)), nextCursor: null }
      const uses = await usesOfTokens(c.env, tokens)
      return c.json({ data: tokens.map((token) => showToken(token, uses.get(token.id))), nextCursor })
    },
  )
  .post(
    '/',
    endpoint({
      guard: 'user',
      audit: 'token.added',
      summary: 'Creates a token; its secret is shown only once.',
      body: TokenInput,
      status: 201,
      answer: NewToken,
    }),
    async (c) => {
      const input = c.req.valid('json')
      requireFuture(input.expiresAt)
      const owner = c.var.caller.configuration.user.id
      const token = makeToken()
      const now = Date.now()
      const { tokenDefaults } = await readSettings(c.env.DB)
      const stored: StoredToken = {
        hash: await hashToken(token),
        id: randomId('tok'),
        owner,
        prefix: tokenPrefix(token),
        allowedModels: null,
        ...defaultsOf(tokenDefaults, now),
        defaultWait: null,
        ...withoutUndefined(input),
        name: input.name,
        lastUsedAt: null,
        createdAt: now,
      }
      await addToken(c.env.DB, stored, {
        actor: owner,
        action: 'token.added',
        subject: stored.id,
        detail: { name: stored.name },
      })
      return c.json({ ...showToken(stored, undefined), warnings: warningsOf(c, stored), token }, 201)
    },
  )
  .patch(
    '/:id',
    endpoint({
      guard: 'user',
      audit: 'token.changed',
      summary: 'Changes the limits and permissions of a token.',
      params: ById,
      body: TokenChange,
      answer: ChangedToken,
    }),
    async (c) => {
      const owner = c.var.caller.configuration.user.id
      const input = withoutUndefined(c.req.valid('json'))
      requireFuture(input.expiresAt)
      const stored = await requireToken(c.env, owner, c.req.valid('param').id)
      const change = { name: stored.name, ...input }
      const epoch = await changeToken(c.env.DB, owner, stored.id, change, {
        actor: owner,
        action: 'token.changed',
        subject: stored.id,
        detail: { fields: Object.keys(input) },
      })
      await announceChange(c.env, owner, epoch)
      const changed = { ...stored, ...change }
      const use = (await usesOfTokens(c.env, [changed])).get(stored.id)
      return c.json({ ...showToken(changed, use), warnings: warningsOf(c, changed) })
    },
  )
  .delete(
    '/:id',
    endpoint({
      guard: 'user',
      audit: 'token.revoked',
      summary: 'Revokes a token immediately. Admins revoke those of other users with ?owner=<user id>.',
      params: ById,
      query: TokenOwner,
      status: 204,
    }),
    async (c) => {
      const owner = ownerFor(c.var.caller, c.req.valid('query').owner)
      const stored = await requireToken(c.env, owner, c.req.valid('param').id)
      const epoch = await removeToken(c.env.DB, owner, stored.id, {
        actor: c.var.caller.configuration.user.id,
        action: 'token.revoked',
        subject: stored.id,
        detail: { name: stored.name, owner },
      })
      await announceChange(c.env, owner, epoch)
      await announce(c.env, [{ type: 'token-revoked', user: owner, token: stored.id }])
      return c.body(null, 204)
    },
  )

/**
 * The owner whose tokens are meant.
 * @throws {HubError} FORBIDDEN where another person is meant and the caller is no administrator.
 */
function ownerFor(caller: Caller, owner: string | undefined): string {
  const self = caller.configuration.user.id
  if (owner === undefined || owner === self || isAdmin(caller)) return owner ?? self
  throw new HubError('FORBIDDEN', 'Only admins can see or revoke tokens of other users.', {
    param: 'owner',
  })
}

function isAdmin(caller: Caller): boolean {
  return caller.configuration.user.role === 'admin'
}

async function readPage(
  env: Env,
  cursor: string,
  limit: number,
): Promise<{ tokens: StoredToken[]; nextCursor: string | null }> {
  const read = await listAllTokens(env.DB, cursor, limit + 1)
  const tokens = read.slice(0, limit)
  return { tokens, nextCursor: read.length > limit ? (tokens.at(-1)?.id ?? null) : null }
}

/** The fields of a new token that its creator left out. */
function defaultsOf({ expiresInDays, ...caps }: HubSettings['tokenDefaults'], now: number) {
  return { ...caps, expiresAt: expiresInDays === null ? null : now + expiresInDays * dayMs }
}

/** What seems mistyped in the models that a token permits. */
function warningsOf(c: Context<HubContext>, { allowedModels }: StoredToken): string[] {
  return warnOfPatterns(directoryOf(c), c.var.caller.configuration.routes, allowedModels ?? [])
}

async function requireToken(env: Env, owner: string, id: string): Promise<StoredToken> {
  const token = await findTokenById(env.DB, owner, id)
  if (!token) throw new HubError('NOT_FOUND', 'Token not found.')
  return token
}

function requireFuture(expiresAt: number | null | undefined): void {
  if (expiresAt && expiresAt <= Date.now()) {
    throw new HubError('VALIDATION_ERROR', '"expiresAt" must be in the future.', { param: 'expiresAt' })
  }
}
