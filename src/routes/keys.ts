/** Provider keys: entered once, never shown again, with the live state that their pool knows. */
import { Hono } from 'hono'
import type { z } from 'zod'
import { fingerprintSecret, maskSecret, sealSecret } from '../auth/vault.ts'
import { writeAudit } from '../db/audit.ts'
import { addKey, changeKey, findAccount, findKey, listKeys, removeKey, type StoredKey } from '../db/keys.ts'
import type { Env } from '../env.ts'
import { HubError } from '../errors.ts'
import type { Directory, KnownProvider } from '../gateway/directory.ts'
import { tryKey } from '../gateway/trial.ts'
import { randomId } from '../ids.ts'
import { checkKey, originOf } from '../providers/auth.ts'
import type { KeyState } from '../quota/lease.ts'
import { poolStub } from '../quota/stub.ts'
import { announceChange } from './announce.ts'
import type { Caller } from '../auth/caller.ts'
import type { HubContext } from './context.ts'
import { directoryOf } from './directory.ts'
import { endpoint } from './endpoint.ts'
import { Key, KeyChange, KeyInput, showKey, Trial } from './key-shapes.ts'
import { ById, listOf, toTimeOrNull, withoutUndefined } from './shapes.ts'

export const keyRoutes = new Hono<HubContext>()
  .get(
    '/',
    endpoint({ guard: 'user', summary: 'Your provider keys, with their live state.', answer: listOf(Key) }),
    async (c) => {
      const { user } = c.var.caller.configuration
      const keys = await listKeys(c.env.DB, user.id)
      const states = await readStates(c.env, keys)
      return c.json({ data: keys.map((key) => showKey(key, states.get(key.id))), nextCursor: null })
    },
  )
  .post(
    '/',
    endpoint({ guard: 'user', summary: 'Adds a provider key.', body: KeyInput, status: 201, answer: Key }),
    async (c) => {
      const input = c.req.valid('json')
      const { caller } = c.var
      const owner = caller.configuration.user.id
      requireSharer(caller, input.shared)
      const known = requireProvider(directoryOf(c), input.provider)
      // The sandbox takes any text for a key, because it looks at none.
      const secret = known.id === 'sandbox' ? input.apiKey : checkKey(known.provider, input.apiKey)
      const id = randomId('key')
      const account = await chooseAccount(c.env, owner, known.id, input.account)
      const now = Date.now()
      const { apiKey: _apiKey, shared, provider: _provider, account: _account, ...settings } = input
      const context = { owner, provider: known.id, origin: originOf(known.provider), keyId: id }
      const epoch = await addKey(
        c.env.DB,
        {
          ...withoutUndefined(settings),
          id,
          owner,
          provider: known.id,
          accountId: account ?? id,
          ciphertext: await sealSecret(c.env.MASTER_KEY, secret, context),
          fingerprint: await fingerprintSecret(c.env.MASTER_KEY, secret),
          masked: maskSecret(secret),
          createdAt: now,
          updatedAt: now,
        },
        account === undefined
          ? { owner, id, provider: known.id, name: null, shared: shared ?? false, createdAt: now }
          : undefined,
      )
      if (epoch === undefined) {
        throw new HubError('CONFLICT', `This key is already among your keys for ${known.provider.name}.`, {
          param: 'apiKey',
        })
      }
      await announceChange(c.env, owner, epoch)
      await writeAudit(c.env.DB, {
        actor: owner,
        action: 'key.added',
        subject: id,
        detail: { provider: known.id },
      })
      return c.json(await readKey(c.env, owner, id), 201)
    },
  )
  .get(
    '/:id',
    endpoint({ guard: 'user', summary: 'One of your keys.', params: ById, answer: Key }),
    async (c) => c.json(await readKey(c.env, c.var.caller.configuration.user.id, c.req.valid('param').id)),
  )
  .patch(
    '/:id',
    endpoint({
      guard: 'user',
      summary: 'Changes a key, but for the secret itself.',
      params: ById,
      body: KeyChange,
      answer: Key,
    }),
    async (c) => {
      const { caller } = c.var
      const owner = caller.configuration.user.id
      const { shared, ...change } = c.req.valid('json')
      requireSharer(caller, shared)
      const stored = await requireKey(c.env, owner, c.req.valid('param').id)
      const epoch = await changeKey(c.env.DB, stored, withoutUndefined(change), shared)
      await announceChange(c.env, owner, epoch, [poolOf(stored)])
      await writeAudit(c.env.DB, {
        actor: owner,
        action: 'key.changed',
        subject: stored.id,
        detail: { fields: Object.keys(c.req.valid('json')) },
      })
      return c.json(await readKey(c.env, owner, stored.id))
    },
  )
  .delete(
    '/:id',
    endpoint({ guard: 'user', summary: 'Removes a key.', params: ById, status: 204 }),
    async (c) => {
      const owner = c.var.caller.configuration.user.id
      const stored = await requireKey(c.env, owner, c.req.valid('param').id)
      const epoch = await removeKey(c.env.DB, stored)
      await announceChange(c.env, owner, epoch, [poolOf(stored)])
      await writeAudit(c.env.DB, {
        actor: owner,
        action: 'key.removed',
        subject: stored.id,
        detail: { provider: stored.provider },
      })
      return c.body(null, 204)
    },
  )
  .post(
    '/:id/test',
    endpoint({
      guard: 'user',
      summary: 'Tries a key with the smallest request there is. A success lifts its quarantine.',
      params: ById,
      status: 201,
      answer: Trial,
    }),
    async (c) => {
      const { caller, requestId, receivedAt } = c.var
      const owner = caller.configuration.user.id
      const stored = await requireKey(c.env, owner, c.req.valid('param').id)
      const result = await tryKey({
        env: c.env,
        caller,
        requestId,
        receivedAt,
        known: requireProvider(directoryOf(c), stored.provider),
        key: stored,
        poolOwner: poolOf(stored).owner,
        clientLeft: c.req.raw.signal,
      })
      const { retryAt, ...trial } = result
      const key = await readKey(c.env, owner, stored.id)
      return c.json({ ...trial, retryAt: toTimeOrNull(retryAt), requestId, key }, 201)
    },
  )
  .post(
    '/:id/restore',
    endpoint({
      guard: 'user',
      summary: 'Lifts the quarantine and the rest of a key by hand.',
      params: ById,
      status: 201,
      answer: Key,
    }),
    async (c) => {
      const owner = c.var.caller.configuration.user.id
      const stored = await requireKey(c.env, owner, c.req.valid('param').id)
      const pool = poolOf(stored)
      await poolStub(c.env, pool.owner, pool.provider).restore(stored.id)
      await writeAudit(c.env.DB, { actor: owner, action: 'key.restored', subject: stored.id })
      return c.json(await readKey(c.env, owner, stored.id), 201)
    },
  )

/** The pool that decides about a key. */
function poolOf(key: StoredKey): { owner: string; provider: string } {
  return { owner: key.shared ? 'hub' : key.owner, provider: key.provider }
}

/** The live state of keys, from each of their pools at once. */
async function readStates(env: Env, keys: StoredKey[]): Promise<Map<string, KeyState>> {
  const pools = new Map(keys.map((key) => [`${poolOf(key).owner}/${key.provider}`, poolOf(key)]))
  const reports = await Promise.all(
    [...pools.values()].map(({ owner, provider }) => poolStub(env, owner, provider).report()),
  )
  return new Map(reports.flatMap(({ keys: states }) => states.map((state) => [state.keyId, state])))
}

async function readKey(env: Env, owner: string, id: string): Promise<z.infer<typeof Key>> {
  const key = await requireKey(env, owner, id)
  return showKey(key, (await readStates(env, [key])).get(id))
}

async function requireKey(env: Env, owner: string, id: string): Promise<StoredKey> {
  const key = await findKey(env.DB, owner, id)
  if (!key) throw new HubError('NOT_FOUND', 'You have no key with this id.')
  return key
}

function requireProvider(directory: Directory, name: string): KnownProvider {
  const known = directory.find(name)
  if (!known) {
    throw new HubError(
      'VALIDATION_ERROR',
      `"${name}" is not a provider of this hub. GET /api/providers lists them.`,
      {
        param: 'provider',
      },
    )
  }
  return known
}

/** Sharing spends a key on everyone's requests: only an admin may decide that. */
function requireSharer(caller: Caller, shared: boolean | undefined): void {
  if (shared && caller.configuration.user.role !== 'admin') {
    throw new HubError('FORBIDDEN', 'Only an administrator may share a key with everyone on this hub.', {
      param: 'shared',
    })
  }
}

async function chooseAccount(
  env: Env,
  owner: string,
  provider: string,
  id: string | undefined,
): Promise<string | undefined> {
  if (id === undefined) return undefined
  const account = await findAccount(env.DB, owner, id)
  if (!account || account.provider !== provider) {
    throw new HubError('VALIDATION_ERROR', 'You have no account with this id at this provider.', {
      param: 'account',
    })
  }
  return account.id
}
