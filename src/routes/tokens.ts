/** Gateway tokens: made here, shown once, revoked at once. */
import { Hono } from 'hono'
import { z } from 'zod'
import { hashToken, makeToken, tokenPrefix } from '../auth/gateway-tokens.ts'
import { writeAudit } from '../db/audit.ts'
import {
  addToken,
  changeToken,
  findTokenById,
  listTokens,
  removeToken,
  type StoredToken,
} from '../db/tokens.ts'
import type { Env } from '../env.ts'
import { HubError } from '../errors.ts'
import { randomId } from '../ids.ts'
import { announceChange } from './announce.ts'
import type { HubContext } from './context.ts'
import { endpoint } from './endpoint.ts'
import { ById, listOf, ModelPatterns, Name, Time, TimeInput, toTime, toTimeOrNull } from './shapes.ts'

const TokenInput = z.strictObject({
  name: Name,
  expiresAt: TimeInput.nullish(),
  allowedModels: ModelPatterns.nullish(),
})
const TokenChange = TokenInput.partial()

const Token = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string(),
  allowedModels: z.array(z.string()).nullable(),
  expiresAt: Time.nullable(),
  lastUsedAt: Time.nullable(),
  createdAt: Time,
})
/** The secret is in this one answer and nowhere else. */
const NewToken = Token.extend({ token: z.string() })

export const tokenRoutes = new Hono<HubContext>()
  .get(
    '/',
    endpoint({ guard: 'user', summary: 'Your gateway tokens.', answer: listOf(Token) }),
    async (c) => {
      const tokens = await listTokens(c.env.DB, c.var.caller.configuration.user.id)
      return c.json({ data: tokens.map(showToken), nextCursor: null })
    },
  )
  .post(
    '/',
    endpoint({
      guard: 'user',
      summary: 'Makes a token; its secret is shown this once.',
      body: TokenInput,
      status: 201,
      answer: NewToken,
    }),
    async (c) => {
      const { name, expiresAt = null, allowedModels = null } = c.req.valid('json')
      requireFuture(expiresAt)
      const owner = c.var.caller.configuration.user.id
      const token = makeToken()
      const stored: StoredToken = {
        hash: await hashToken(token),
        id: randomId('tok'),
        owner,
        name,
        prefix: tokenPrefix(token),
        allowedModels,
        expiresAt,
        lastUsedAt: null,
        createdAt: Date.now(),
      }
      await addToken(c.env.DB, stored)
      await writeAudit(c.env.DB, {
        actor: owner,
        action: 'token.added',
        subject: stored.id,
        detail: { name },
      })
      return c.json({ ...showToken(stored), token }, 201)
    },
  )
  .patch(
    '/:id',
    endpoint({
      guard: 'user',
      summary: 'Changes what a token may do.',
      params: ById,
      body: TokenChange,
      answer: Token,
    }),
    async (c) => {
      const owner = c.var.caller.configuration.user.id
      const { name, expiresAt, allowedModels } = c.req.valid('json')
      requireFuture(expiresAt)
      const stored = await requireToken(c.env, owner, c.req.valid('param').id)
      const change = {
        name: name ?? stored.name,
        expiresAt: expiresAt === undefined ? stored.expiresAt : expiresAt,
        allowedModels: allowedModels === undefined ? stored.allowedModels : allowedModels,
      }
      await announceChange(c.env, owner, await changeToken(c.env.DB, owner, stored.id, change))
      await writeAudit(c.env.DB, { actor: owner, action: 'token.changed', subject: stored.id })
      return c.json(showToken({ ...stored, ...change }))
    },
  )
  .delete(
    '/:id',
    endpoint({ guard: 'user', summary: 'Revokes a token, at once.', params: ById, status: 204 }),
    async (c) => {
      const owner = c.var.caller.configuration.user.id
      const stored = await requireToken(c.env, owner, c.req.valid('param').id)
      await announceChange(c.env, owner, await removeToken(c.env.DB, owner, stored.id))
      await writeAudit(c.env.DB, {
        actor: owner,
        action: 'token.revoked',
        subject: stored.id,
        detail: { name: stored.name },
      })
      return c.body(null, 204)
    },
  )

async function requireToken(env: Env, owner: string, id: string): Promise<StoredToken> {
  const token = await findTokenById(env.DB, owner, id)
  if (!token) throw new HubError('NOT_FOUND', 'You have no token with this id.')
  return token
}

function requireFuture(expiresAt: number | null | undefined): void {
  if (expiresAt && expiresAt <= Date.now()) {
    throw new HubError('VALIDATION_ERROR', '"expiresAt" lies in the past.', { param: 'expiresAt' })
  }
}

function showToken(token: StoredToken): z.infer<typeof Token> {
  return {
    id: token.id,
    name: token.name,
    prefix: token.prefix,
    allowedModels: token.allowedModels,
    expiresAt: toTimeOrNull(token.expiresAt),
    lastUsedAt: toTimeOrNull(token.lastUsedAt),
    createdAt: toTime(token.createdAt),
  }
}
