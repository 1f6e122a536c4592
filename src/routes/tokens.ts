/** Gateway tokens: made here, shown once, revoked at once. */
import { Hono } from 'hono'
import { hashToken, makeToken, tokenPrefix } from '../auth/gateway-tokens.ts'
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
import { hasLimits, rulesOf, type TokenUse } from '../user/reservation.ts'
import { userStub } from '../user/stub.ts'
import { announceChange } from './announce.ts'
import type { HubContext } from './context.ts'
import { endpoint } from './endpoint.ts'
import { ById, listOf, withoutUndefined } from './shapes.ts'
import { NewToken, showToken, Token, TokenChange, TokenInput } from './token-shapes.ts'

export const tokenRoutes = new Hono<HubContext>()
  .get(
    '/',
    endpoint({ guard: 'user', summary: 'Your gateway tokens.', answer: listOf(Token) }),
    async (c) => {
      const owner = c.var.caller.configuration.user.id
      const tokens = await listTokens(c.env.DB, owner)
      const uses = await readUses(c.env, owner, tokens)
      return c.json({ data: tokens.map((token) => showToken(token, uses.get(token.id))), nextCursor: null })
    },
  )
  .post(
    '/',
    endpoint({
      guard: 'user',
      audit: 'token.added',
      summary: 'Makes a token; its secret is shown this once.',
      body: TokenInput,
      status: 201,
      answer: NewToken,
    }),
    async (c) => {
      const input = c.req.valid('json')
      requireFuture(input.expiresAt)
      const owner = c.var.caller.configuration.user.id
      const token = makeToken()
      const stored: StoredToken = {
        hash: await hashToken(token),
        id: randomId('tok'),
        owner,
        prefix: tokenPrefix(token),
        allowedModels: null,
        expiresAt: null,
        limits: null,
        maxConcurrent: null,
        budget: null,
        defaultWait: null,
        ...withoutUndefined(input),
        name: input.name,
        lastUsedAt: null,
        createdAt: Date.now(),
      }
      await addToken(c.env.DB, stored, {
        actor: owner,
        action: 'token.added',
        subject: stored.id,
        detail: { name: stored.name },
      })
      return c.json({ ...showToken(stored, undefined), token }, 201)
    },
  )
  .patch(
    '/:id',
    endpoint({
      guard: 'user',
      audit: 'token.changed',
      summary: 'Changes what a token may do.',
      params: ById,
      body: TokenChange,
      answer: Token,
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
      return c.json(showToken(changed, (await readUses(c.env, owner, [changed])).get(stored.id)))
    },
  )
  .delete(
    '/:id',
    endpoint({
      guard: 'user',
      audit: 'token.revoked',
      summary: 'Revokes a token, at once.',
      params: ById,
      status: 204,
    }),
    async (c) => {
      const owner = c.var.caller.configuration.user.id
      const stored = await requireToken(c.env, owner, c.req.valid('param').id)
      const epoch = await removeToken(c.env.DB, owner, stored.id, {
        actor: owner,
        action: 'token.revoked',
        subject: stored.id,
        detail: { name: stored.name },
      })
      await announceChange(c.env, owner, epoch)
      await userStub(c.env, owner).forgetToken(stored.id)
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

/** What is used of the limits of those tokens that have some, by id. */
async function readUses(env: Env, owner: string, tokens: StoredToken[]): Promise<Map<string, TokenUse>> {
  const limited = tokens.filter(hasLimits)
  if (limited.length === 0) return new Map()
  const uses = await userStub(env, owner).uses(limited.map(rulesOf))
  return new Map(limited.flatMap(({ id }, index) => (uses[index] ? [[id, uses[index]] as const] : [])))
}
