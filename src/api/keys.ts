/** Provider keys: entered once, never shown again, with the live state that their pool knows. */
import type { Reserve } from '../domain/limits.ts'
import { Hono } from 'hono'
import { z } from 'zod'
import {
  type AccountChange,
  addKey,
  changeKey,
  hasSameKey,
  listKeyPage,
  removeKey,
  type StoredKey,
} from '../db/keys.ts'
import type { Env } from '../env.ts'
import { HubError } from '../errors.ts'
import type { KnownProvider } from '../gateway/provider-directory.ts'
import { forgetRests } from '../gateway/pool-hints.ts'
import { tryKey } from '../gateway/test-key.ts'
import { actingAddress, noteEntry } from '../http/current-request.ts'
import { randomId } from '../ids.ts'
import { poolStub } from '../quota/stub.ts'
import { accountToJoin, ownAccount } from './accounts.ts'
import { announceChange } from '../announce/announce.ts'
import type { Caller } from '../auth/caller.ts'
import type { HubContext } from './context.ts'
import { directoryOf, requireProvider } from './provider-directory.ts'
import { endpoint } from './endpoint.ts'
import { environmentKeys } from './environment-keys.ts'
import { explainKey, ExplainedKey } from './explain.ts'
import { keyImportRoutes } from './key-import.ts'
import { Key, KeyInput, KeyPatch, type ShownKey, showKey, Trial } from './schemas/key.ts'
import { poolOf, readKey, readStates, readUsableKey, requireKey, requireUsableKey } from './key-states.ts'
import { requireSharer } from './ownership.ts'
import { sealKey } from './seal-key.ts'
import { requireShareable, rowAfter, rowOfKey } from './shareable.ts'
import { ById, listOf, toTimeOrNull, withoutUndefined } from './schemas/common.ts'

const KeyQuery = z.strictObject({
  cursor: z.string().max(100).default(''),
  limit: z.coerce.number().int().min(1).max(500).default(500),
})

export const keyRoutes = new Hono<HubContext>()
  .get(
    '/',
    endpoint({
      guard: 'user',
      summary:
        'Your provider keys, with their live state, in pages; for administrators the last page has also those that variables of the deployment hold.',
      query: KeyQuery,
      answer: listOf(Key),
    }),
    async (c) => {
      const { caller } = c.var
      const { cursor, limit } = c.req.valid('query')
      const owner = caller.configuration.user.id
      const { keys: stored, nextCursor } = await listKeyPage(c.env.DB, owner, cursor, limit)
      const environment = nextCursor === null ? environmentKeys(c.env, caller) : []
      const states = await readStates(c.env, [...stored, ...environment])
      // Where a shared key is stored, the deployment's own is not in use.
      const keys: ShownKey[] = [...stored, ...environment.filter(({ id }) => states.has(id))]
      return c.json({ data: keys.map((key) => showKey(key, states.get(key.id))), nextCursor })
    },
  )
  .post(
    '/',
    endpoint({
      guard: 'user',
      audit: 'key.added',
      summary: 'Adds a provider key.',
      body: KeyInput,
      status: 201,
      answer: Key,
    }),
    async (c) => {
      const input = c.req.valid('json')
      const { caller } = c.var
      const owner = caller.configuration.user.id
      requireSharer(caller, input.shared)
      const directory = directoryOf(c)
      const named = requireProvider(directory, input.provider)
      const id = randomId('key')
      const now = Date.now()
      const account =
        input.account === undefined
          ? ownAccount({ owner, id, provider: named.id, createdAt: now }, input.shared, input.reserve)
          : await accountToJoin(c.env, caller, named.id, { ...input, id: input.account })
      const known = account.shared ? requireShareable(directory, named) : named
      const sealed = await sealKey(c.env, known, input.apiKey, { owner, id })
      const {
        apiKey: _apiKey,
        shared: _shared,
        reserve: _reserve,
        provider: _provider,
        account: _account,
        ...settings
      } = input
      const epoch = await addKey(
        c.env.DB,
        {
          ...withoutUndefined(settings),
          id,
          owner,
          provider: known.id,
          accountId: account.id,
          ...sealed.columns,
          createdAt: now,
          updatedAt: now,
        },
        account,
        { actor: owner, action: 'key.added', subject: id, detail: { provider: known.id } },
        sealed.fingerprints,
      )
      if (epoch === undefined) throw sameKey(known)
      await announceChange(c.env, owner, epoch)
      return c.json(await readKey(c.env, owner, id), 201)
    },
  )
  .route('/import', keyImportRoutes)
  .get(
    '/:id',
    endpoint({ guard: 'user', summary: 'One of your keys.', params: ById, answer: Key }),
    async (c) => c.json(await readUsableKey(c.env, c.var.caller, c.req.valid('param').id)),
  )
  .patch(
    '/:id',
    endpoint({
      guard: 'user',
      audit: 'key.changed',
      summary: 'Changes a key. `apiKey` replaces its secret, or enters the same one again.',
      params: ById,
      body: KeyPatch,
      answer: Key,
    }),
    async (c) => {
      const { caller } = c.var
      const owner = caller.configuration.user.id
      const { shared, reserve, account, apiKey, ...change } = c.req.valid('json')
      requireSharer(caller, shared)
      const stored = await requireKey(c.env, owner, c.req.valid('param').id)
      const accountChange = await changeOfAccount(c.env, caller, stored, account, { shared, reserve })
      const row = rowAfter(directoryOf(c), stored, accountChange, apiKey !== undefined)
      const secret = apiKey === undefined ? {} : await sealAgain(c.env, stored, row, apiKey)
      const epoch = await changeKey(
        c.env.DB,
        stored,
        { ...withoutUndefined(change), ...secret },
        accountChange,
        {
          actor: owner,
          action: 'key.changed',
          subject: stored.id,
          detail: { fields: Object.keys(c.req.valid('json')) },
        },
      )
      await announceChange(c.env, owner, epoch, [poolOf(stored)])
      return c.json(await readKey(c.env, owner, stored.id))
    },
  )
  .delete(
    '/:id',
    endpoint({ guard: 'user', audit: 'key.removed', summary: 'Removes a key.', params: ById, status: 204 }),
    async (c) => {
      const owner = c.var.caller.configuration.user.id
      const stored = await requireKey(c.env, owner, c.req.valid('param').id)
      const epoch = await removeKey(c.env.DB, stored, {
        actor: owner,
        action: 'key.removed',
        subject: stored.id,
        detail: { provider: stored.provider },
      })
      await announceChange(c.env, owner, epoch, [poolOf(stored)])
      return c.body(null, 204)
    },
  )
  .get(
    '/:id/explain',
    endpoint({
      guard: 'user',
      summary: 'Reasons why a key would or would not serve a request for a model; without a call.',
      params: ById,
      query: z.strictObject({ model: z.string().max(200).optional() }),
      answer: ExplainedKey,
    }),
    async (c) => {
      const { caller, requestId } = c.var
      const stored = await requireUsableKey(c.env, caller, c.req.valid('param').id)
      const explained = await explainKey(
        { env: c.env, caller, requestId, input: {}, asked: c.req.valid('query').model ?? '' },
        {
          id: stored.id,
          poolOwner: poolOf(stored).owner,
          known: rowOfKey(directoryOf(c), stored),
        },
      )
      return c.json(explained)
    },
  )
  .post(
    '/:id/test',
    endpoint({
      guard: 'user',
      audit: 'none: a test changes nothing that a person set',
      summary: 'Sends a minimal test request with this key. A success lifts its quarantine.',
      params: ById,
      status: 201,
      answer: Trial,
    }),
    async (c) => {
      const { caller, requestId, receivedAt } = c.var
      const stored = await requireUsableKey(c.env, caller, c.req.valid('param').id)
      const result = await tryKey({
        env: c.env,
        caller,
        requestId,
        receivedAt,
        known: rowOfKey(directoryOf(c), stored),
        key: stored,
        poolOwner: poolOf(stored).owner,
        clientLeft: c.req.raw.signal,
      })
      if (result.ok) forgetRests(poolOf(stored).owner, stored.provider)
      const { retryAt, ...trial } = result
      const key = await readUsableKey(c.env, caller, stored.id)
      return c.json({ ...trial, retryAt: toTimeOrNull(retryAt), requestId, key }, 201)
    },
  )
  .post(
    '/:id/restore',
    endpoint({
      guard: 'user',
      audit: 'key.restored',
      summary: 'Ends the quarantine and the cooldown of a key by hand.',
      params: ById,
      status: 201,
      answer: Key,
    }),
    async (c) => {
      const { caller } = c.var
      const stored = await requireUsableKey(c.env, caller, c.req.valid('param').id)
      const pool = poolOf(stored)
      // The pool is another store than D1: it writes the entry itself, in the moment of its change.
      const actor = caller.configuration.user.id
      const entry = { actor, action: 'key.restored', subject: stored.id, address: actingAddress() }
      noteEntry()
      if (!(await poolStub(c.env, pool.owner, pool.provider).restore(stored.id, entry)))
        throw new HubError('CONFLICT', 'This key is moving to another pool. Try again.')
      forgetRests(pool.owner, pool.provider)
      return c.json(await readUsableKey(c.env, caller, stored.id), 201)
    },
  )

/**
 * What the fields `account`, `shared` and `reserve` ask for: the key moves, or its account changes
 * with all its keys, or nothing does.
 */
async function changeOfAccount(
  env: Env,
  caller: Caller,
  stored: StoredKey,
  account: string | null | undefined,
  { shared, reserve }: { shared: boolean | undefined; reserve: Reserve | null | undefined },
): Promise<AccountChange | undefined> {
  if (typeof account === 'string' && account !== stored.accountId) {
    return {
      type: 'join',
      account: await accountToJoin(env, caller, stored.provider, { id: account, shared, reserve }),
    }
  }
  // A key that leaves an account leaves its sharing behind, unless it is said again.
  if (account === null && stored.accountId !== stored.id) {
    return { type: 'join', account: ownAccount({ ...stored, createdAt: Date.now() }, shared, reserve) }
  }
  const change = withoutUndefined({ shared, reserve })
  return Object.keys(change).length > 0 ? { type: 'share', change } : undefined
}

/**
 * Another secret for a key that is there: its quarantine ends, because it is not judged by what the
 * old one did.
 */
async function sealAgain(env: Env, stored: StoredKey, known: KnownProvider, entered: string) {
  const { columns, fingerprints } = await sealKey(env, known, entered, stored)
  if (await hasSameKey(env.DB, stored, fingerprints)) throw sameKey(known)
  return { ...columns, secretVersion: stored.secretVersion + 1 }
}

function sameKey({ provider }: KnownProvider): HubError {
  return new HubError('CONFLICT', `You have already added this key for ${provider.name}.`, {
    param: 'apiKey',
  })
}
